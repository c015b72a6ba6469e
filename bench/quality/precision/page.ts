/** Size, validation metric and time of each shipped model by the precision of its weights. */
import { earlierFiles } from "../earlier-files.ts";
import { markdownTable, short } from "../markdown.ts";
import type { Measured } from "../results.ts";

export interface PrecisionResult {
  readonly model: string;
  /** Of the shipped file that all were made of. */
  readonly sha256: string;
  readonly precision: "float32" | "float16" | "int8";
  readonly shipped: boolean;
  readonly bytes: number;
  readonly dataset: string;
  readonly metric: "accuracy" | "uar" | "macroF1";
  readonly rows: number;
  readonly value: number;
  /** Mean processor time of an answer, in milliseconds. */
  readonly ms: number;
}

export interface PrecisionResults {
  readonly processor: string;
  readonly results: readonly PrecisionResult[];
}

/** Of the metric: what is worth half the size. */
const MAY_COST = 0.005;

const METRICS = { accuracy: "accuracy", uar: "UAR", macroF1: "macro-F1" } as const;

/** @param committed checksums of the models as they are now, where the results may be of earlier ones */
export function precisionPage({ processor, results }: PrecisionResults, committed: Measured = {}): string {
  const measured = Object.fromEntries(results.map(({ model, sha256 }) => [model, sha256]));
  const widest = (model: string): PrecisionResult => results.find((one) => one.model === model) as PrecisionResult;
  const open = results
    .filter(({ model, precision, shipped, value }) => {
      return precision === "int8" && !shipped && widest(model).value - value < MAY_COST;
    })
    .map(({ model, bytes }) => ({
      model,
      saved: (results.find((one) => one.model === model && one.shipped)?.bytes ?? bytes) - bytes,
    }));
  const saved = open.reduce((sum, one) => sum + one.saved, 0);
  return [
    "# Precision of the weights",
    "",
    ...earlierFiles(measured, committed),
    "Written by `npm run bench -- precision --root DATA --write`: the shipped weights in float32, float16 and int8 (one scale per output",
    "unit), on validation rows. Where a model is shipped in int8 or float16, the wider files hold the rounded weights and can be no",
    "better; what the text models reached before they were rounded is in [tried.md](tried.md#text). Weights are",
    "widened when a file is opened and the arithmetic is float32 everywhere, so that fewer bits save download and disk, not time.",
    "",
    markdownTable(
      ["Model", "Weights", "Size", "Validation", "Rows", "Metric", "Against float32", "Processor time"],
      results.map((one) => [
        one.model,
        one.shipped ? `**${one.precision}** (shipped)` : one.precision,
        `${(one.bytes / 1e6).toFixed(2)} MB`,
        one.dataset,
        one.rows,
        `${METRICS[one.metric]} ${short(one.value)}`,
        `${one.value >= widest(one.model).value ? "+" : ""}${short(one.value - widest(one.model).value)}`,
        `${one.ms.toFixed(1)} ms`,
      ]),
    ),
    "",
    `Time: from the decoded input to the opinion, one thread, warm, mean of twenty, on ${processor}.`,
    ...(open.length === 0
      ? []
      : [
          `On these rows int8 would cost ${open.map(({ model }) => model).join(" and ")} less than .005 and save ${(saved / 1e6).toFixed(1)} MB, about half of theirs. Not taken: to do.`,
        ]),
    "",
  ].join("\n");
}
