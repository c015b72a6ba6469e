/** Results as files to take along. */
import { EMOTIONS } from "../../core/emotion.ts";
import type { Explanation } from "../../core/explanation.ts";
import type { Prediction } from "../../core/prediction.ts";
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

/** A number, or the most likely value, by modality and field: `text.valence`. */
function columnCells({ modalities }: Prediction): Map<string, number | string> {
  const cells = new Map<string, number | string>();
  for (const [modality, own] of Object.entries(modalities)) {
    if (!own.present) continue;
    const { numbers = {}, categories = {} } = own.columns ?? {};
    for (const [field, value] of Object.entries(numbers)) cells.set(`${modality}.${field}`, value);
    for (const [field, [top]] of Object.entries(categories)) cells.set(`${modality}.${field}`, top?.label ?? "");
  }
  return cells;
}

/**
 * One line per item: name, kind, speaker and time where a table names them, label (empty where none was named),
 * confidence, a column per emotion, problem, and where models have further columns one for each.
 */
export function toCsv(items: readonly Item[]): string {
  const further = items.map(({ progress }) =>
    progress.state === "done" ? columnCells(progress.prediction) : new Map<string, number | string>(),
  );
  const columns = [...new Set(further.flatMap((cells) => [...cells.keys()]))];
  const head = ["name", "kind", "speaker", "time", "label", "confidence", ...EMOTIONS, "problem", ...columns];
  const lines = items.map(({ name, kind, progress, speaker, at }, index) => {
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
      ...columns.map((column) => further[index]?.get(column) ?? ""),
    ];
  });
  return [head, ...lines].map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}
