/** The pool of the shipped experts as a page. */
import { markdownTable, percent, short } from "../markdown.ts";
import type { PoolResults } from "../results.ts";

export function poolPage({ pool, rows, subsets, conditions }: PoolResults): string {
  const said = (values: object): string =>
    Object.entries(values)
      .map(([modality, value]) => `${modality} ${Number(value).toFixed(2)}`)
      .join(", ");
  const powers = pool.qualityPower === undefined ? "" : `, exponents of the quality ${said(pool.qualityPower)}`;
  return [
    "# How the shipped experts are pooled",
    "",
    "Written by `npm run bench -- pool --root DATA --write`, which also writes `models/pool.json`.",
    "",
    `Weights ${said(pool.weights)} (the largest is 1)${powers}.`,
    "Fitted on composed validation rows: a text of GoEmotions, a face of FER2013 and a voice of RAVDESS with the same label, from",
    "different people, half of the faces and voices spoilt as below. Such channels are independent by design, which people are not: the",
    `independence of the pool is therefore not fitted and stays at ${pool.independence}, and the gain of fusing is larger here than it will be on people.`,
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
  ].join("\n");
}
