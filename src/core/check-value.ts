/** A value from outside against its schema: the same mistake reads the same wherever it is made. */
import type { z } from "zod";
import { explainIssue } from "./explain-issue.ts";

/** What is wrong with a value. */
export interface Wrong {
  /** The path of a field and what is wrong there: one for each. */
  readonly problems: readonly string[];
  readonly cause: z.ZodError;
}

/** What the schema makes of the value, or every problem with it. */
export type CheckedValue<T> = { readonly data: T } | Wrong;

/**
 * @param whole what a problem is with that is not one of a field
 * @param place of the value, before the path of each field
 */
export function checkValue<T>(
  schema: z.ZodType<T>,
  value: unknown,
  whole = "file",
  place: readonly string[] = [],
): CheckedValue<T> {
  const { success, data, error } = schema.safeParse(value, { error: explainIssue });
  if (success) return { data };
  const problems = error.issues.map(({ path, message }) => `${[...place, ...path].join(".") || whole}: ${message}`);
  return { problems, cause: error };
}
