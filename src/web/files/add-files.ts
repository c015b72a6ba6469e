/** Files that a person chose → items. Tables become one item per text. */
import { AffektError } from "../../core/errors.ts";
import { csvRecords } from "../../data/readers/csv.ts";
import { type Item, kindOf } from "../state/files.ts";

/** Texts of one table; more would make the page slow. */
const MOST_ROWS = 2_000;
const NAME_CHARACTERS = 60;

type Fresh = Omit<Item, "id">;

function short(text: string): string {
  return text.length > NAME_CHARACTERS ? `${text.slice(0, NAME_CHARACTERS)}…` : text;
}

function textItem(text: string): Fresh {
  return { name: short(text), kind: "text", content: text, progress: { state: "waiting" } };
}

/** Texts under `text` of a CSV, TSV or JSONL file. @throws AffektError `input` if there is no such column */
async function tableTexts(name: string, content: string): Promise<string[]> {
  const lines = content.split(/\r?\n/u);
  const texts: string[] = [];
  if (name.toLowerCase().endsWith(".jsonl")) {
    for (const line of lines.slice(0, MOST_ROWS)) {
      if (line.trim() === "") continue;
      const row = JSON.parse(line) as { text?: unknown };
      if (typeof row.text === "string") texts.push(row.text);
    }
    return texts;
  }
  let at = -1;
  for await (const { fields } of csvRecords(lines)) {
    if (at === -1) {
      at = fields.findIndex((field) => field.trim().toLowerCase() === "text");
      if (at === -1) {
        throw new AffektError("input", `${name} has no column text.`, `It has ${fields.join(", ")}.`);
      }
      continue;
    }
    const text = fields[at];
    if (text !== undefined && text.trim() !== "") texts.push(text);
    if (texts.length === MOST_ROWS) break;
  }
  return texts;
}

export async function itemsOf(file: File): Promise<Fresh[]> {
  const kind = kindOf(file);
  const failed = (error: unknown): Fresh[] => [
    { name: file.name, kind: "text", content: "", progress: { state: "failed", error } },
  ];
  try {
    if (kind === undefined) {
      return failed(new AffektError("content-type", "This kind of file is not known here.", "Use another format."));
    }
    if (kind === "table") return (await tableTexts(file.name, await file.text())).map(textItem);
    const content = kind === "text" ? await file.text() : file;
    return [{ name: file.name, kind, content, progress: { state: "waiting" } }];
  } catch (error) {
    return failed(error);
  }
}
