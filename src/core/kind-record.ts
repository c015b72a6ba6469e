/** An object of which only the `kind` is known where it is read: what its other fields may be depends on that. */
import { z } from "zod";
import { objectOfKind } from "./explain-issue.ts";

/** @param kinds named in the message where something else stands, such as a kind alone */
export function kindRecord(kinds: readonly unknown[]) {
  return z.record(z.string(), z.json(), {
    error: ({ code, input }) =>
      code === "invalid_type" && input !== undefined ? objectOfKind(input, kinds) : undefined,
  });
}
