/** The pool of the shipped experts as a page. */
import { markdownTable, percent, short } from "../markdown.ts";
import type { PoolResults } from "../results.ts";

export function poolPage({ pool, rows, subsets, conditions }: PoolResults): string {
  const weights = Object.entries(pool.weights).map(([modality, weight]) => `${modality} ${weight.toFixed(2)}`);
  return [
    "# How the shipped experts are pooled",
    "",
    "Written by `npm run bench -- pool --root DATA --write`, which also writes `models/pool.json`.",
    "",
    `Weights ${weights.join(", ")} (the largest is 1), fitted on composed validation rows: a text of GoEmotions, a face of FER2013 and a`,
    "voice of RAVDESS with the same label, from different people. Such channels are independent by design, which people are not: the",
    `independence of the pool is therefore not fitted and stays at ${pool.independence}, and the gain of fusing is larger here than it will be on people.`,
    "",
    `Accuracy over seven classes on ${rows} composed test rows, the same number of each class:`,
    "",
    markdownTable(
      ["Channels", "Fitted weights", "All weights alike"],
      subsets.map(({ subset, accuracy, unfitted }) => [subset.join(" + "), short(accuracy), short(unfitted)]),
    ),
    "",
    "The share of a channel is its weight times the quality of this very signal. The same rows, spoilt:",
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
      conditions.map(({ condition, weights: shares, accuracy, ignoringQuality, bestAlone }) => [
        condition,
        percent(shares.text),
        percent(shares.face),
        percent(shares.speech),
        short(accuracy),
        short(ignoringQuality),
        short(bestAlone),
      ]),
    ),
    "",
  ].join("\n");
}
