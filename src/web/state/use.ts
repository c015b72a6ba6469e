/** What a person says recognition by the server is for. */
import type { Use } from "../engine/engine.ts";

/** What was typed; an empty text is none. */
export interface TypedUse {
  readonly scenario: string;
  readonly subject: string;
  readonly jurisdiction: string;
}

export const NO_USE: TypedUse = { scenario: "", subject: "", jurisdiction: "" };

/** What of it is said to the server. */
export function saidUse(typed: TypedUse): Partial<Use> {
  const said = Object.entries(typed).map(([name, value]) => [name, value.trim()] as const);
  return Object.fromEntries(said.filter(([, value]) => value !== ""));
}
