/**
 * FER2013: 48×48 grey crops of faces from the web, seven labels, official split, with the ten FER+ votes.
 *
 * Pictures lie in strips; a row's image is `train-0.png#xywh=0,336,48,48`. For the cleaning that the training wants,
 * rows say: `imageSource` ("jpeg-up" pictures are blurred copies), `notAFace` (FER+ majority), `dupGroup` (same number,
 * same pixels), `testTwin` (a training picture that also stands in a test split), `inTrain` (the reverse).
 *
 * Sources: Goodfellow et al. (2013), arXiv:1307.0414; FER+: Barsoum et al. (2016), arXiv:1608.01041.
 */
import { EMOTIONS } from "../../core/emotion.ts";
import { pictureLocator } from "../locator.ts";
import { type TableRecord, tableRecords } from "../readers/csv.ts";
import type { Row, Split } from "../row.ts";
import { type Dataset, rowCollector } from "./dataset.ts";

const SIDE = 48;
const SPLIT_NAMES: Readonly<Record<string, Split>> = {
  Training: "train",
  PublicTest: "validation",
  PrivateTest: "test",
};
const VOTES = {
  v_neutral: "neutral",
  v_happiness: "joy",
  v_surprise: "surprise",
  v_sadness: "sadness",
  v_anger: "anger",
  v_disgust: "disgust",
  v_fear: "fear",
  v_contempt: "contempt",
  v_unknown: "unknown",
  v_NF: "notAFace",
} as const;

export const fer2013: Dataset = {
  name: "fer2013",
  title: "FER2013 with FER+ votes",
  folder: "face/fer2013",
  landmark: "labels.csv",
  version: "1",
  modalities: ["face"],
  languages: [],
  labels: EMOTIONS,
  licence: "no text from the authors was found; FER+ votes: MIT",
  terms: "unstated",
  source: "reconstruction in the original row order; votes: github.com/microsoft/FERPlus @ae2128a",
  citation: "Goodfellow et al. (2013), arXiv:1307.0414; Barsoum et al. (2016), arXiv:1608.01041",
  counts: { train: 28_709, validation: 3_589, test: 3_589 },
  async prepare({ files }) {
    const { add, rows, problems } = rowCollector();
    const records: TableRecord[] = [];
    const splitsOfGroup = new Map<string, Set<Split>>();
    for await (const record of tableRecords(files.lines("labels.csv"))) {
      records.push(record);
      const { split: name = "", dup_group: group } = record.field;
      const split = SPLIT_NAMES[name];
      if (group === undefined || split === undefined) continue;
      const splits = splitsOfGroup.get(group) ?? new Set<Split>();
      splitsOfGroup.set(group, splits.add(split));
    }
    for (const { line, field } of records) {
      const split = SPLIT_NAMES[field.split ?? ""];
      const offset = Number(field.offset);
      const from = { file: "labels.csv", line };
      if (split === undefined || field.file === undefined || !Number.isInteger(offset)) {
        problems.push({ ...from, code: "schema", reason: "has no known split, file or offset" });
        continue;
      }
      const splits = splitsOfGroup.get(field.dup_group ?? "");
      const votes = Object.fromEntries(
        Object.entries(VOTES).flatMap(([column, name]) => {
          const count = Number(field[column] ?? 0);
          return count > 0 ? [[name, count]] : [];
        }),
      );
      add(
        {
          id: `fer2013-${field.row}`,
          image: pictureLocator(field.file, { x: 0, y: SIDE * offset, width: SIDE, height: SIDE }),
          label: field.label,
          split,
          imageSource: field.image_source,
          labelSource: field.label_source,
          votes,
          ferplusMajority: field.ferplus_majority,
          notAFace: field.ferplus_majority === "NF",
          ...(field.dup_group === undefined ? {} : { dupGroup: Number(field.dup_group) }),
          ...(split === "train"
            ? { testTwin: splits !== undefined && (splits.has("validation") || splits.has("test")) }
            : { inTrain: splits?.has("train") ?? false }),
        },
        from,
      );
    }
    return { rows, problems };
  },
};

/** Should a training on FER2013 leave this row out? Blurred copies, not a face, and twins of test pictures. */
export function ferDropped(row: Row): boolean {
  return row.extra.imageSource === "jpeg-up" || row.extra.notAFace === true || row.extra.testTwin === true;
}

/**
 * Shares of the FER+ votes over the seven emotions; contempt, unknown and not-a-face votes do not count.
 *
 * @returns undefined if no vote is left
 */
export function ferPlusDistribution(row: Row): Record<string, number> | undefined {
  const votes = row.extra.votes;
  if (typeof votes !== "object" || votes === null || Array.isArray(votes)) return undefined;
  const counts = EMOTIONS.map((emotion) => Number((votes as Record<string, unknown>)[emotion] ?? 0));
  const sum = counts.reduce((total, count) => total + count, 0);
  if (sum === 0) return undefined;
  return Object.fromEntries(EMOTIONS.map((emotion, at) => [emotion, (counts[at] ?? 0) / sum]));
}
