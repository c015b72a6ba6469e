/** What a text network reads of the rows of a split, held as far as a budget goes. */
import { AffektError } from "../../core/errors.ts";
import { growing } from "../../core/growing.ts";
import { createHashIndex } from "../../data/hash-index.ts";
import type { Row } from "../../data/row.ts";
import { targetVector } from "../../data/target.ts";
import type { TextInputs } from "../../encode/table.ts";
import { textNgrams } from "../../preprocess/text/ngrams.ts";
import type { SubwordTokenizer } from "../../preprocess/text/subwords.ts";
import { HELD_BYTES } from "../bounded-reader.ts";
import { type RecordsOptions, recordsWriter } from "../bounded-records.ts";
import { type Alike, allAlike } from "./all-alike.ts";
import type { Further } from "./further-columns.ts";
import { type TextRow, textCodec, textRow } from "./text-record.ts";

/** Texts of one split. */
export interface TextSet {
  readonly rows: number;
  /** `[labels]`, sums over the rows. */
  readonly mass: Float64Array;
  /** Rows of these numbers, in this order. Each is right until the next one is asked for. */
  read(order: Iterable<number>): AsyncGenerator<TextRow>;
  /** Of what a network reads of them. */
  readonly alike: Pick<Alike, "check">;
  /** Number of the author of each row, where all rows say so. */
  readonly subjects?: Int32Array;
  /** Bytes that are held now, and the most that ever were. */
  held(): { readonly now: number; readonly most: number };
}

export interface TextSetOptions {
  readonly labels: readonly string[];
  /** `multi` where a text may have several labels; else its shares are made to sum to 1. */
  readonly task: "single" | "multi";
  readonly tokenizer: SubwordTokenizer;
  readonly maxTokens: number;
  readonly ngramLimit: number;
  readonly buckets: number;
  /** Which ids the network reads; the others are not made. */
  readonly reads: readonly (keyof TextInputs)[];
  readonly further?: Further | undefined;
}

/** Where the ids of texts go that are more than what may be held. */
export interface TextSetPorts extends Pick<RecordsOptions, "files"> {
  readonly cacheFolder: string;
  /** Bytes of features that a training may hold in memory. Default `HELD_BYTES`. */
  readonly heldBytes?: number;
}

/** Of what a training may hold: half a million texts of 15 words. What sounds and faces may hold is beside it. */
const TEXT_SHARE = 1 / 4;
/** Of that, the part of the rows that are trained on; the others are fewer and are read in order. */
const TRAINING_SHARE = 7 / 8;

export interface TextSetWriter {
  /** @throws AffektError `manifest`, `label`, `file` */
  add(row: Row): Promise<void>;
  finish(): Promise<TextSet>;
}

/** @throws AffektError `manifest` if the row has none */
export function textOf(row: Row): string {
  if (row.text !== undefined) return row.text;
  throw new AffektError("manifest", `Row ${row.id} has no text.`, "Train a text model on rows with text.");
}

/** @param training whether the rows are those that are trained on */
export function textSetWriter(
  options: TextSetOptions,
  { files, cacheFolder, heldBytes = HELD_BYTES }: TextSetPorts,
  training: boolean,
): TextSetWriter {
  const { labels, task, tokenizer, maxTokens, ngramLimit, buckets, reads, further } = options;
  const shape = { maxTokens, ngramLimit, labels: labels.length, further: further?.width ?? 0 };
  const budget = heldBytes * TEXT_SHARE * (training ? TRAINING_SHARE : 1 - TRAINING_SHARE);
  const writer = recordsWriter({ files, folder: cacheFolder, budget });
  const codec = textCodec(shape);
  const into = textRow(shape);
  const mass = new Float64Array(labels.length);
  const names = createHashIndex();
  const subjects = growing((length) => new Int32Array(length));
  const alike = allAlike("texts", "empty, or all one text");
  let rows = 0;

  function place(ids: ArrayLike<number>, at: Int32Array): void {
    at.set(ids);
    at.fill(0, ids.length);
  }

  return {
    async add(row) {
      const text = textOf(row);
      if (reads.includes("tokens")) place(tokenizer.encode(text, maxTokens), into.tokens);
      if (reads.includes("ngrams")) place(textNgrams(text, { buckets, limit: ngramLimit }), into.ngrams);
      alike.see(into.tokens, into.ngrams);
      const target = targetVector(row, labels, into.targets);
      if (task === "single") {
        const sum = target.reduce((a, b) => a + b, 0);
        for (let at = 0; at < target.length; at++) target[at] = (target[at] as number) / sum;
      }
      for (const [label, share] of target.entries()) mass[label]! += share;
      if (further) into.further.set(further.targets([row]));
      if (row.subject !== undefined && subjects.length() === rows) {
        const known = names.add(row.subject, names.size);
        subjects.push(known < 0 ? names.size - 1 : known);
      }
      rows++;
      await writer.add(codec.encode(into));
    },
    async finish() {
      const records = await writer.finish();
      return {
        rows,
        mass,
        alike,
        async *read(order) {
          for await (const record of records.read(order)) yield codec.decode(record);
        },
        held: records.held,
        ...(subjects.length() === rows ? { subjects: subjects.all() } : {}),
      };
    },
  };
}
