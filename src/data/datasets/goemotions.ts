/**
 * GoEmotions: English Reddit comments, several labels each, official split.
 *
 * Labels are Ekman's seven, as the authors map them; the 28 fine ones are kept in `fine`.
 */
import { EMOTIONS } from "../../core/emotion.ts";
import { type Dataset, rowCollector } from "./dataset.ts";

const FILES = [
  ["train", "train"],
  ["dev", "validation"],
  ["test", "test"],
] as const;

async function names(lines: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines) if (line.trim() !== "") found.push(line.trim());
  return found;
}

export const goemotions: Dataset = {
  name: "goemotions",
  title: "GoEmotions (Ekman and 28 labels)",
  folder: "text/goemotions",
  landmark: "ekman/train.tsv",
  version: "b75f9d3",
  modalities: ["text"],
  languages: ["en"],
  labels: EMOTIONS,
  licence: "Apache-2.0; CC BY 4.0",
  terms: "permissive",
  source: "github.com/monologg/GoEmotions-pytorch @b75f9d3a8b76bc1060687925b04ca98a1b8ea66b",
  citation: "Demszky et al. (2020), GoEmotions, ACL",
  counts: { train: 43_410, validation: 5_426, test: 5_427 },
  async prepare({ files }) {
    const { add, rows, problems } = rowCollector();
    const coarse = await names(files.lines("ekman/labels.txt"));
    const hasFine = await files.exists("original/labels.txt");
    const fine = hasFine ? await names(files.lines("original/labels.txt")) : [];
    const decode = (ids: string | undefined, table: readonly string[]): string[] =>
      (ids ?? "").split(",").map((id) => table[Number(id)] ?? id);
    for (const [file, split] of FILES) {
      const fineIds = new Map<string, string>();
      if (hasFine) {
        for await (const line of files.lines(`original/${file}.tsv`)) {
          const [, ids, comment] = line.split("\t");
          if (ids !== undefined && comment !== undefined) fineIds.set(comment, ids);
        }
      }
      let line = 0;
      for await (const record of files.lines(`ekman/${file}.tsv`)) {
        line++;
        const from = { file: `ekman/${file}.tsv`, line };
        const [text, ids, comment] = record.split("\t");
        if (comment === undefined) {
          problems.push({ ...from, code: "syntax", reason: "has fewer than three columns" });
          continue;
        }
        const fineOfRow = fineIds.get(comment);
        add(
          {
            id: `goemotions-${comment}`,
            text,
            labels: decode(ids, coarse),
            split,
            language: "en",
            ...(fineOfRow === undefined ? {} : { fine: decode(fineOfRow, fine) }),
          },
          from,
        );
      }
    }
    return { rows, problems };
  },
};
