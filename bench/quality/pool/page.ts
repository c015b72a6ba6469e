/** The pool of the shipped experts as a page. */
import { earlierFiles } from "../earlier-files.ts";
import { markdownTable, percent, short } from "../markdown.ts";
import type { Measured, PoolResults } from "../results.ts";

type Condition = PoolResults["conditions"][number];

/** Below this a gain is no more than a few rows. */
const WORTH_NAMING = 0.005;

/** Whether fusing is ever worse than one of its channels. */
function againstTheBest(subsets: PoolResults["subsets"], conditions: readonly Condition[]): string {
  const lost = subsets
    .filter(({ accuracy, bestAlone }) => accuracy < bestAlone)
    .map(({ subset }) => subset.join(" + "));
  const worse = conditions
    .filter(({ accuracy, bestAlone }) => accuracy < bestAlone)
    .map(
      ({ condition, accuracy, bestAlone, best }) =>
        `${condition} (${short(accuracy)} against ${short(bestAlone)}, ${best})`,
    );
  return (
    `On clean rows fusing is ${lost.length === 0 ? `never worse than the best channel alone, in all ${subsets.length} subsets` : `worse than the best channel alone in ${lost.join(", ")}`}; ` +
    `spoilt, all three together are ${worse.length === 0 ? "not worse either" : `worse: ${worse.join("; ")}`}.`
  );
}

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${short(Math.abs(value))}`;

/** What looking at the quality gains, by what was spoilt. */
function worthOfQuality(conditions: readonly Condition[]): string {
  const gains = (of: (condition: string) => boolean): number[] =>
    conditions
      .filter(({ condition }) => of(condition))
      .map(({ accuracy, ignoringQuality }) => accuracy - ignoringQuality)
      .sort((a, b) => a - b);
  const face = (condition: string): boolean => condition.startsWith("face");
  const voice = (condition: string): boolean => condition.includes("voice");
  const told = (name: string, found: readonly number[]): string =>
    `${name} ${signed(found[0] ?? 0)} to ${signed(found.at(-1) ?? 0)}`;
  const voices = gains((condition) => voice(condition) && !face(condition));
  const parts = [
    told(
      "spoilt faces",
      gains((condition) => face(condition) && !voice(condition)),
    ),
    told("voices in noise", voices),
    told(
      "both",
      gains((condition) => face(condition) && voice(condition)),
    ),
  ];
  const shown = (voices.at(-1) ?? 0) >= WORTH_NAMING;
  return `What regarding quality gains: ${parts.join(", ")}${shown ? "" : ": for noise in the voice alone, no gain is shown here"}.`;
}

/** @param committed checksums of the models as they are now, where the results may be of earlier ones */
export function poolPage(
  { pool, rows, subsets, conditions, models }: PoolResults,
  committed: Measured = models,
): string {
  const said = (values: object): string =>
    Object.entries(values)
      .map(([modality, value]) => `${modality} ${Number(value).toFixed(2)}`)
      .join(", ");
  const powers = pool.qualityPower === undefined ? "" : `, exponents of the quality ${said(pool.qualityPower)}`;
  return [
    "# How the shipped experts are pooled",
    "",
    ...earlierFiles(models, committed),
    "Written by `npm run bench -- pool --root DATA --write`, which also writes `models/pool.json`.",
    "",
    `Weights ${said(pool.weights)} (the largest is 1)${powers}.`,
    "Fitted on composed validation rows: a text of GoEmotions, a face of FER2013 and a voice of RAVDESS with the same label, from",
    "different people, half of the faces and voices spoilt as below. Such channels are independent by design, which people are not: the",
    `independence of the pool is therefore not fitted and stays at ${pool.independence}, and the gain of fusing is larger here than it will be on people.`,
    "The weight of text is fitted on the English model alone and used for the Chinese one as well, for which no rows were composed.",
    "",
    `Accuracy over seven classes on ${rows} composed test rows, the same number of each class:`,
    "",
    markdownTable(
      ["Channels", "Fitted weights", "All weights alike", "The best of them alone"],
      subsets.map(({ subset, accuracy, unfitted, bestAlone }) => [
        subset.join(" + "),
        short(accuracy),
        short(unfitted),
        short(bestAlone),
      ]),
    ),
    "",
    "The share of a channel is its weight times a power of the quality of this very signal. The same rows, spoilt:",
    "",
    markdownTable(
      [
        "Condition",
        "Share of text",
        "Share of face",
        "Share of speech",
        "Accuracy",
        "If quality were ignored",
        "Best channel alone",
      ],
      conditions.map(({ condition, weights: shares, accuracy, ignoringQuality, best, bestAlone }) => [
        condition,
        percent(shares.text),
        percent(shares.face),
        percent(shares.speech),
        short(accuracy),
        short(ignoringQuality),
        `${short(bestAlone)} (${best})`,
      ]),
    ),
    "",
    againstTheBest(subsets, conditions),
    worthOfQuality(conditions),
    "",
  ].join("\n");
}
