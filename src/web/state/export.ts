/** Results as files to take along. */
import { EMOTIONS } from "../../core/emotion.ts";
import type { Explanation } from "../../core/explanation.ts";
import type { Item } from "./files.ts";

function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The prediction stands beside it already. */
function withoutPrediction({ prediction: _prediction, ...rest }: Explanation): Omit<Explanation, "prediction"> {
  return rest;
}

/** Everything that is known, as JSON: an array of `{ name, kind, text?, speaker?, at?, prediction | problem, explanation? }`. */
export function toJson(items: readonly Item[]): string {
  const rows = items.map(({ name, kind, content, progress, speaker, at, why }) => ({
    name,
    kind,
    // The name of a row of a table is the beginning of its text only.
    ...(typeof content === "string" && content !== "" ? { text: content } : {}),
    ...(speaker === undefined ? {} : { speaker }),
    ...(at === undefined ? {} : { at }),
    ...(progress.state === "done" ? { prediction: progress.prediction } : {}),
    ...(why?.state === "done" ? { explanation: withoutPrediction(why.explanation) } : {}),
    ...(progress.state === "failed" ? { problem: problemOf(progress.error) } : {}),
  }));
  return `${JSON.stringify(rows, null, 2)}\n`;
}

/** Spreadsheets take a cell that begins like a formula for one: it is quoted away. */
function cell(value: string | number): string {
  const text = typeof value === "string" ? value.replace(/^[=+\-@\t\r]/u, "'$&") : String(value);
  return /[",\n\r]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One line per item: name, kind, speaker and time where a table names them, label (empty where none was named), confidence, a column per emotion, problem. */
export function toCsv(items: readonly Item[]): string {
  const head = ["name", "kind", "speaker", "time", "label", "confidence", ...EMOTIONS, "problem"];
  const lines = items.map(({ name, kind, progress, speaker, at }) => {
    const prediction = progress.state === "done" ? progress.prediction : undefined;
    const scores = EMOTIONS.map((emotion) => prediction?.scores.find(({ label }) => label === emotion)?.score ?? "");
    return [
      name,
      kind,
      speaker ?? "",
      at ?? "",
      prediction?.label ?? "",
      prediction?.confidence ?? "",
      ...scores,
      progress.state === "failed" ? problemOf(progress.error) : "",
    ];
  });
  return [head, ...lines].map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}
