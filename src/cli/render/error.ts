/** A failure as a person reads it: code, message, hint. */
import type { AffektError } from "../../core/errors.ts";
import type { Terminal } from "../terminal.ts";
import { visible } from "./visible.ts";

function stacks(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\ncaused by: ${stacks(error.cause)}` : own;
}

export function renderError(error: AffektError, terminal: Pick<Terminal, "paint">, debug: boolean): string {
  const lines = [
    `${terminal.paint("red", "error")} ${terminal.paint("bold", error.code)}: ${visible(error.message)}`,
    `  hint: ${visible(error.hint)}`,
  ];
  if (debug) lines.push(stacks(error));
  return `${lines.join("\n")}\n`;
}
