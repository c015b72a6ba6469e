/** Abstention in and out of domain as a page. */
import { markdownTable, percent } from "../markdown.ts";
import type { TrustResults } from "../results.ts";

export function trustPage({ sets }: TrustResults): string {
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
  return [
    "# How often the models abstain",
    "",
    "Written by `npm run bench -- trust --root DATA --write`. Each contract states a confidence below which no label is named: the one",
    "that answers 90 % of the validation rows. In domain about 10 % should stay without a label; outside more, and the more the better.",
    "",
    "Asked without the detectors that stand before them:",
    "",
    table(
      sets.filter(({ model }) => model !== "recognizer"),
      "Model",
    ),
    "",
    "Through the whole recognizer, which also refuses a picture without a face, sound without speech and a text that is in no language",
    "that a model reads; the confidence is of what it answered:",
    "",
    table(
      sets.filter(({ model }) => model === "recognizer"),
      "",
    ),
    "",
    "In brackets: 95 % intervals (Wilson). Music, noise, drawings and patterns are made by the benchmark, seeded.",
    "",
  ].join("\n");
}
