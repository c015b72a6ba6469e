/** JSON Lines: one object a line. */
import { notJson } from "../../core/parse-json.ts";
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
    } catch {
      yield { line, problem: notJson(body, { lines: false }) };
      continue;
    }
    yield { line, value };
  }
}
