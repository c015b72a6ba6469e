/** Files that a person chose → items. Tables become one item per text. */
import { type Item, kindOf } from "../state/files.ts";
import { SaidError } from "../state/said-error.ts";
import { readTable } from "../state/tables.ts";

const NAME_CHARACTERS = 60;

type Fresh = Omit<Item, "id">;

function short(text: string): string {
  const line = text.replace(/\s+/gu, " ").trim();
  return line.length > NAME_CHARACTERS ? `${line.slice(0, NAME_CHARACTERS)}…` : line;
}

/** @throws SaidError if the file is in another encoding, or no text at all */
async function textOf(file: File): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    throw new SaidError("files.notUtf8", "files.notUtf8Hint", { name: file.name });
  }
}

export async function itemsOf(file: File): Promise<Fresh[]> {
  const { name } = file;
  const kind = kindOf(file);
  const failed = (error: unknown): Fresh => ({ name, kind: "text", content: "", progress: { state: "failed", error } });
  try {
    if (kind === undefined) throw new SaidError("files.unknown", "files.kinds");
    if (file.size === 0) throw new SaidError("files.emptyFile", "files.emptyFileHint", { name });
    if (kind === "table") {
      const { rows, problems } = await readTable(name, await textOf(file));
      const texts = rows.map(({ text, ...about }): Fresh => {
        return { name: short(text), kind: "text", content: text, progress: { state: "waiting" }, ...about };
      });
      return [...texts, ...problems.map(failed)];
    }
    const content = kind === "text" ? await textOf(file) : file;
    if (typeof content === "string" && content.trim() === "") {
      throw new SaidError("files.blankText", "files.emptyFileHint", { name });
    }
    return [{ name, kind, content, progress: { state: "waiting" } }];
  } catch (error) {
    return [failed(error)];
  }
}
