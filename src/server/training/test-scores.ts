/** What an evaluation on the test rows of a training says, as far as a page shows it at a glance. */
import { z } from "zod";

const Metric = z.number().nullable();
const rows = {
  n: z.int().meta({ description: "Test rows that have it." }),
  without: z.int().meta({ description: "Those that lack it, left out." }),
};

export const ColumnScore = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("number"), ...rows, ccc: Metric, pearson: Metric, mae: Metric }),
    z.object({ kind: z.literal("category"), ...rows, accuracy: Metric, uar: Metric, macroF1: Metric }),
  ])
  .meta({ id: "ColumnScore", description: "Null where a metric has no value." });

export interface TestScores {
  readonly scores: Record<string, number>;
  /** By field; null where the model has no further columns. */
  readonly columnScores: Record<string, z.infer<typeof ColumnScore>> | null;
}

const NAMES = ["n", "accuracy", "uar", "macroF1", "ece"];

/** @param text of an evaluation that the service wrote itself */
export function testScores(text: string): TestScores {
  const { report } = JSON.parse(text) as { report: Record<string, unknown> };
  const scores = NAMES.flatMap((name) => (typeof report[name] === "number" ? [[name, report[name]] as const] : []));
  const columns = z.record(z.string(), ColumnScore).safeParse(report["columns"]);
  return { scores: Object.fromEntries(scores), columnScores: columns.success ? columns.data : null };
}
