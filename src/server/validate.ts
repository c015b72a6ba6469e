/** Checks what a client sent, and says everything that is wrong with it at once. */
import type { z } from "zod";
import { AffektError } from "../core/errors.ts";

/** Issues that a message spells out; the problem document lists all. */
const SPELLED_OUT = 5;

/**
 * @param where what is checked, for the message
 * @throws AffektError `input`; its cause is a ZodError with one issue per wrong field
 */
export function validate<T>(
  schema: z.ZodType<T>,
  value: unknown,
  where: "body" | "query" | "path" | "message" | "header",
): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const said = issues.slice(0, SPELLED_OUT).map(({ path, message }) => `${path.join(".") || where}: ${message}`);
  const more = issues.length > SPELLED_OUT ? `; and ${issues.length - SPELLED_OUT} more` : "";
  throw new AffektError(
    "input",
    `The ${where} is wrong: ${said.join("; ")}${more}.`,
    "See /docs for what is expected.",
    {
      cause: parsed.error,
    },
  );
}
