/** The table that the speech corpora share: one clip a line, with its emotion, speaker and words. */
import type { Files } from "../../core/ports.ts";
import { csvRecords } from "../readers/csv.ts";

export interface SpeechRecord {
  readonly line: number;
  /** By column name; empty cells are absent. */
  readonly field: Readonly<Record<string, string>>;
}

/** Records of `labels.csv`. */
export async function speechTable(files: Files): Promise<SpeechRecord[]> {
  const records: SpeechRecord[] = [];
  let columns: readonly string[] | undefined;
  for await (const { line, fields } of csvRecords(files.lines("labels.csv"), ",")) {
    if (columns === undefined) columns = fields;
    else {
      const cells = columns.map((column, at) => [column, fields[at] ?? ""] as const);
      records.push({ line, field: Object.fromEntries(cells.filter(([, text]) => text !== "")) });
    }
  }
  return records;
}

/** Sex, age and words of the clip. The words are not `text`: acted carrier sentences say nothing of the emotion. */
export function speakerFields(field: SpeechRecord["field"]): Record<string, string | number> {
  return {
    ...(field.gender === undefined ? {} : { sex: field.gender }),
    ...(field.age === undefined ? {} : { age: Number(field.age) }),
    ...(field.text === undefined ? {} : { transcript: field.text }),
  };
}
