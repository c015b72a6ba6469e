/** Many utterances from JSONL to JSONL. A broken line is answered with its error and does not stop the rest. */
import { dirname, isAbsolute, join } from "node:path";
import { AffektError } from "../core/errors.ts";
import { receivedType, unknownFields } from "../core/explain-issue.ts";
import { notJson } from "../core/parse-json.ts";
import type { Inputs } from "../core/prediction.ts";
import { asAffektError } from "./exit-codes.ts";
import { startProgress } from "./progress.ts";
import type { OpenRecognizer, Tools } from "./tools.ts";

/** Lines recognized together. */
const GROUP = 16;
const FIELDS = ["text", "image", "audio", "video"] as const;

interface Line {
  readonly id?: string | number;
  readonly inputs: Inputs;
}

/** @param base folder that media paths start from */
function parseLine(line: string, base: string): Line {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new AffektError("input", `The line ${notJson(line, { lines: false })}.`, "Write one JSON object a line.", {
      cause,
    });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new AffektError("input", "The line is not a JSON object.", 'Write { "text": "…" } or { "image": "…" }.');
  }
  const row = value as Record<string, unknown>;
  const inputs: Record<string, string> = {};
  for (const [field, content] of Object.entries(row)) {
    if (field === "id" || content === null) continue;
    if (!(FIELDS as readonly string[]).includes(field)) {
      throw new AffektError(
        "input",
        `The line has an ${unknownFields([field], ["id", ...FIELDS])}.`,
        "Correct its name, or leave it out.",
      );
    }
    if (typeof content !== "string") {
      throw new AffektError(
        "input",
        `The field ${field} is wrong: received ${receivedType(content)}; expected text.`,
        field === "text" ? "Put the text in quotes." : "Name one file.",
      );
    }
    inputs[field] = field === "text" || isAbsolute(content) ? content : join(base, content);
  }
  if (Object.keys(inputs).length === 0) {
    throw new AffektError("input", "The line holds nothing to recognize.", `Give one of ${FIELDS.join(", ")}.`);
  }
  const { id } = row;
  return typeof id === "string" || typeof id === "number" ? { id, inputs } : { inputs };
}

/** A line, or what is wrong with it. */
type Asked = { readonly head: Record<string, unknown> } & ({ readonly inputs: Inputs } | { readonly error: unknown });

function ask(content: string, line: number, base: string): Asked {
  try {
    const { id, inputs } = parseLine(content, base);
    return { head: id === undefined ? { line } : { line, id }, inputs };
  } catch (error) {
    return { head: { line }, error };
  }
}

/**
 * Prints one JSON line per line of input, in the same order: `{ line, id?, … }` with the prediction or an `error`.
 * Lines of a file are recognized in groups; standard input is answered line by line, since its writer may wait.
 *
 * @param source path of a JSONL file, or `-`
 * @throws AffektError of the first line that failed, after all lines were answered
 */
export async function recognizeBatch(source: string, recognizer: OpenRecognizer, tools: Tools): Promise<void> {
  const { terminal, files } = tools;
  const [base, most] = source === "-" ? [".", 1] : [dirname(source), GROUP];
  const progress = startProgress(terminal, "recognized");
  let [line, done, failed] = [0, 0, 0];
  let first: AffektError | undefined;
  let group: Asked[] = [];
  async function answer(): Promise<void> {
    const inputs = group.flatMap((asked) => ("inputs" in asked ? [asked.inputs] : []));
    const results = (inputs.length === 0 ? [] : await recognizer.recognizeSettled(inputs)).values();
    for (const asked of group) {
      const result = "inputs" in asked ? results.next().value : { status: "rejected" as const, reason: asked.error };
      if (result?.status === "fulfilled") terminal.print(JSON.stringify({ ...asked.head, ...result.value }));
      else {
        const { code, message, hint } = asAffektError(result?.reason);
        first ??= new AffektError(code, `Line ${String(asked.head.line)}: ${message}`, hint);
        failed++;
        terminal.print(JSON.stringify({ ...asked.head, error: { code, message, hint } }));
      }
      progress.update(++done, failed === 0 ? "" : `${failed} failed`);
    }
    group = [];
  }
  for await (const content of source === "-" ? terminal.stdinLines() : files.lines(source)) {
    line++;
    if (content.trim() !== "") group.push(ask(content, line, base));
    if (group.length >= most) await answer();
  }
  await answer();
  progress.end();
  if (first !== undefined) {
    terminal.note(`${failed} of ${done} lines failed; the first one:\n`);
    throw first;
  }
}
