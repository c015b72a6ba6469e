/** Abstention in and out of domain as a page. */
import { earlierFiles } from "../earlier-files.ts";
import { markdownTable, percent, short } from "../markdown.ts";
import type { Measured, TrustResults } from "../results.ts";

/** @param committed checksums of the models as they are now, where the results may be of earlier ones */
export function trustPage({ sets, models }: TrustResults, committed: Measured = models): string {
  const table = (rows: TrustResults["sets"], first: string): string =>
    markdownTable(
      [first, "Shown", "n", "Names no label", "Mean confidence"],
      rows.map(({ model, title, inDomain, rows: n, share, low, high, confidence }) => [
        model,
        inDomain ? `**${title}** (in domain)` : title,
        n,
        `${percent(share)} (${percent(low)}–${percent(high)})`,
        confidence > 0 ? confidence.toFixed(2) : "–",
      ]),
    );
  const surest = sets.filter((set) => set.surest !== undefined);
  return [
    "# How often the models abstain",
    "",
    ...earlierFiles(models, committed),
    "Written by `npm run bench -- trust --root DATA --write`. Each contract states a confidence below which no label is named: the one",
    "that answers 90 % of the validation rows. In domain about 10 % should stay without a label; outside more, and the more the better.",
    "",
    "Asked without the detectors that stand before them; sounds unlike all speech are doubted, however sure the model is:",
    "",
    table(
      sets.filter(({ model }) => model !== "recognizer"),
      "Model",
    ),
    "",
    "Through the whole recognizer, which also refuses a picture without a face, sound without speech, a text that is in no language",
    "that a model reads and a text that is code, a log or numbers; the confidence is of what it answered:",
    "",
    table(
      sets.filter(({ model }) => model === "recognizer"),
      "",
    ),
    "",
    "## Answering only when sure",
    "",
    "Accuracy on the test rows of the domain when only the most confident share of them is answered; the thresholds stand near 90 %.",
    "",
    markdownTable(
      ["Model", ...(surest[0]?.surest ?? []).map(({ condition }) => condition)],
      surest.map(({ model, surest: points = [] }) => [model, ...points.map(({ share }) => short(share))]),
    ),
    "",
    ...surest.flatMap(({ model }) => [`![${model}: accuracy by the share that is answered](trust/${model}.svg)`, ""]),
    "In brackets: 95 % intervals (Wilson). Music, noise, drawings and patterns are made by the benchmark, seeded.",
    "",
  ].join("\n");
}
