/** Two evaluations of the same model, of two seeds for instance, under names that differ. */
import type { Evaluation } from "../evaluate/evaluate.ts";

/** @param names what the caller called them by */
export function toldApart<First extends Evaluation, Second extends Evaluation>(
  first: First,
  second: Second,
  names: readonly [string, string],
): [First, Second] {
  if (first.report.model !== second.report.model) return [first, second];
  const named = <E extends Evaluation>(own: E, name: string): E => ({
    ...own,
    report: { ...own.report, model: `${own.report.model} (${name})` },
  });
  return [named(first, names[0]), named(second, names[1])];
}
