/** JSON Lines: one object a line. */
import type { Parsed } from "../manifest.ts";

/** Blank lines are skipped; a line that is not JSON becomes a problem. */
export async function* readJsonl(lines: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Parsed> {
  let line = 0;
  for await (const text of lines) {
    line++;
    const body = line === 1 ? text.replace(/^\uFEFF/u, "") : text;
    if (body.trim() === "") continue;
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch (cause) {
      yield { line, problem: `is not JSON: ${cause instanceof Error ? cause.message : String(cause)}` };
      continue;
    }
    yield { line, value };
  }
}
