/** A value from outside against its schema: the same mistake reads the same wherever it is made. */
import type { z } from "zod";
import { explainContent, explainIssue } from "./explain-issue.ts";

/** What is wrong with a value. */
export interface Wrong {
  /** The path of a field and what is wrong there: one for each. */
  readonly problems: readonly string[];
  readonly cause: z.ZodError;
}

/** What the schema makes of the value, or every problem with it. */
export type CheckedValue<T> = { readonly data: T } | Wrong;

function check<T>(
  schema: z.ZodType<T>,
  value: unknown,
  whole: string,
  place: readonly string[],
  error: typeof explainIssue,
): CheckedValue<T> {
  const checked = schema.safeParse(value, { error });
  if (checked.success) return { data: checked.data };
  const { issues } = checked.error;
  const problems = issues.map(({ path, message }) => `${[...place, ...path].join(".") || whole}: ${message}`);
  return { problems, cause: checked.error };
}

/**
 * Of what people wrote down for the program to read: what was received stands in the problems.
 *
 * @param whole what a problem is with that is not one of a field
 * @param place of the value, before the path of each field
 */
export function checkValue<T>(
  schema: z.ZodType<T>,
  value: unknown,
  whole = "file",
  place: readonly string[] = [],
): CheckedValue<T> {
  return check(schema, value, whole, place, explainIssue);
}

/** As `checkValue`, of what people said: of what was received, the problems name the type alone. */
export function checkContent<T>(schema: z.ZodType<T>, value: unknown, whole: string): CheckedValue<T> {
  return check(schema, value, whole, [], explainContent);
}
