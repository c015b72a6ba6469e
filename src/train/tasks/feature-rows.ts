/** Ready-made features of rows: where each lies, and how it is read from there, held as far as a budget goes. */
import { AffektError } from "../../core/errors.ts";
import { MODALITIES, type Modality } from "../../core/modality.ts";
import type { Files } from "../../core/ports.ts";
import { parseLocator } from "../../data/locator.ts";
import { joinPath } from "../../data/paths.ts";
import { checkNpyRow } from "../../data/readers/npy.ts";
import { type NpyRows, openNpyRows } from "../../data/readers/npy-rows.ts";
import type { Row } from "../../data/row.ts";
import { boundedReader } from "../bounded-reader.ts";
import { checksum } from "../checksum.ts";
import { type FeatureLayout, packed } from "./feature-layout.ts";

export interface SourcedRow {
  readonly row: Row;
  /** Folder that its locators are relative to. */
  readonly base: string;
}

/** Opens each .npy file once. */
export type NpyOpener = (path: string) => Promise<NpyRows>;

export function npyOpener(files: Pick<Files, "readBytes" | "readRange">): NpyOpener {
  const opened = new Map<string, Promise<NpyRows>>();
  return (path) => {
    const known = opened.get(path) ?? openNpyRows(files, path);
    opened.set(path, known);
    return known;
  };
}

/** Rows in the order that they are asked for. */
export interface RowReader {
  /**
   * Each row as `packed` lays it out: raw, NaN where a number is missing, 0 where the modality is.
   *
   * @throws AffektError `file`; `data` if a row is not what it was at its first reading
   */
  read(order: Iterable<number>): AsyncIterable<Float32Array>;
  /** Bytes that are held now, and the most that ever were. */
  held(): { readonly now: number; readonly most: number };
}

/** Where the features of rows are. */
export interface FoundFeatures {
  /** In the order of `MODALITIES`. */
  readonly layout: readonly FeatureLayout[];
  /** `[rows, modalities]`, 1 present and 0 absent. */
  readonly presence: Float32Array;
  /** Of all rows. */
  readonly bytes: number;
  /** @param budget bytes that may be held */
  reader(budget: number): RowReader;
}

/** Where the features of one modality are, per row. */
interface Column {
  readonly files: readonly NpyRows[];
  /** Index of its file; -1 without the modality. */
  readonly file: Int32Array;
  readonly row: Int32Array;
  /** Length of a sequence, where it is told; else -1. */
  readonly length: Int32Array;
}

function layoutOf(modality: Modality, { path, shape }: NpyRows): FeatureLayout {
  const [, first = 0, second] = shape;
  if (shape.length === 2) return { modality, dim: first };
  if (shape.length === 3 && second !== undefined) return { modality, dim: second, steps: first };
  throw new AffektError(
    "data",
    `The ${modality} features in ${path} have the shape [${shape.join(", ")}]; expected 2 or 3 dimensions.`,
    "Save them as [rows, dim], or as [rows, steps, dim] for sequences.",
  );
}

async function findColumn(
  from: readonly SourcedRow[],
  modality: Modality,
  open: NpyOpener,
): Promise<{ layout: FeatureLayout; column: Column } | undefined> {
  const files: NpyRows[] = [];
  const numbers = new Map<string, number>();
  const empty = () => new Int32Array(from.length).fill(-1);
  const [file, row, length] = [empty(), empty(), empty()];
  let layout: FeatureLayout | undefined;
  for (const [index, { row: own, base }] of from.entries()) {
    const locator = own.features?.[modality];
    if (locator === undefined) continue;
    const { path, row: at = 0, steps } = parseLocator(locator);
    const full = joinPath(base, path);
    const number = numbers.get(full) ?? files.push(await open(full)) - 1;
    numbers.set(full, number);
    const rows = files[number] as NpyRows;
    checkNpyRow(rows, at);
    layout ??= layoutOf(modality, rows);
    // As many numbers in another order would be read as what they are not.
    const expected = layout.steps === undefined ? [layout.dim] : [layout.steps, layout.dim];
    const received = rows.shape.slice(1);
    if (received.join() !== expected.join()) {
      throw new AffektError(
        "data",
        `The ${modality} features of row ${own.id} in ${full} have the shape [${received.join(", ")}]; ` +
          `expected [${expected.join(", ")}], as before it.`,
        "Bring all rows to one shape; pad sequences with zeros.",
      );
    }
    if (steps !== undefined && steps > (layout.steps ?? steps)) {
      throw new AffektError(
        "data",
        `The ${modality} features of row ${own.id}, ${locator}, are to be ${steps} steps of ${full}, whose rows have ` +
          `${layout.steps}.`,
        "Mend the number after steps=, which counts the steps before the padding, or save the file with all steps.",
      );
    }
    [file[index], row[index], length[index]] = [number, at, steps ?? -1];
  }
  return layout === undefined ? undefined : { layout, column: { files, file, row, length } };
}

/** 1 for so many steps; without a length for those with a number that is not 0. */
function fillSteps(open: Float32Array, data: Float32Array, dim: number, length: number): void {
  if (length >= 0) open.fill(1, 0, length);
  else {
    for (let step = 0; step < open.length; step++) {
      if (data.subarray(step * dim, (step + 1) * dim).some((value) => value !== 0)) open[step] = 1;
    }
  }
}

/** Calls with each stretch of rows that stand side by side in a file, and the places in `items` that want each. */
function stretches({ file, row }: Column, items: readonly number[]): { first: number; slots: number[][] }[] {
  const place = (slot: number): [number, number] => {
    const item = items[slot] as number;
    return [file[item] as number, row[item] as number];
  };
  const slots = [...items.keys()].filter((slot) => place(slot)[0] >= 0);
  slots.sort((a, b) => place(a)[0] - place(b)[0] || place(a)[1] - place(b)[1]);
  const found: { of: number; first: number; slots: number[][] }[] = [];
  for (const slot of slots) {
    const [of, at] = place(slot);
    const last = found.at(-1);
    const offset = last?.of === of ? at - last.first : -1;
    if (last !== undefined && offset >= 0 && offset <= last.slots.length) (last.slots[offset] ??= []).push(slot);
    else found.push({ of, first: at, slots: [[slot]] });
  }
  return found;
}

/**
 * Looks into the head of every file, and reads no features yet.
 *
 * @param modalities that are wanted, of those that occur
 * @throws AffektError `data` if shapes differ or a file is broken, `file`
 */
export async function findFeatures(
  from: readonly SourcedRow[],
  modalities: readonly Modality[],
  open: NpyOpener,
): Promise<FoundFeatures> {
  const columns: Column[] = [];
  const layout: FeatureLayout[] = [];
  for (const modality of MODALITIES) {
    const found = modalities.includes(modality) ? await findColumn(from, modality, open) : undefined;
    if (found === undefined) continue;
    layout.push(found.layout);
    columns.push(found.column);
  }
  const presence = new Float32Array(from.length * columns.length);
  for (const [at, { file }] of columns.entries()) {
    for (const [row, own] of file.entries()) if (own >= 0) presence[row * columns.length + at] = 1;
  }
  const { places, size } = packed(layout);
  const bytes = size * Float32Array.BYTES_PER_ELEMENT;

  async function load(items: readonly number[]): Promise<Float32Array[]> {
    const out = items.map(() => new Float32Array(size));
    const reads = columns.flatMap((column, at) => {
      const { start, size: numbers, dim, open: steps } = places[at] as (typeof places)[number];
      return stretches(column, items).map(async ({ first, slots }) => {
        const file = column.files[column.file[items[slots[0]?.[0] as number] as number] as number] as NpyRows;
        const values = await file.read(first, first + slots.length - 1);
        for (const [offset, wanting] of slots.entries()) {
          const own = values.subarray(offset * numbers, (offset + 1) * numbers);
          for (const slot of wanting) {
            const into = out[slot] as Float32Array;
            into.set(own, start);
            if (steps === undefined) continue;
            const mask = into.subarray(steps, steps + numbers / dim);
            fillSteps(mask, own, dim, column.length[items[slot] as number] as number);
          }
        }
      });
    });
    await Promise.all(reads);
    return out;
  }

  function reader(budget: number): RowReader {
    /** Of the first reading. */
    const sums = new Float64Array(from.length).fill(-1);
    return boundedReader({
      count: from.length,
      budget,
      bytesOf: () => bytes,
      async load(items) {
        const rows = await load(items);
        for (const [at, item] of items.entries()) {
          const sum = checksum(rows[at] as Float32Array);
          if (sums[item] === -1) sums[item] = sum;
          if (sums[item] === sum) continue;
          const row = from[item]?.row;
          const named = layout.flatMap(({ modality }) => row?.features?.[modality] ?? []).join(", ");
          throw new AffektError(
            "data",
            `The features of row ${row?.id} (${named}) are not what they were when they were read first.`,
            "Leave the files alone until all is done, and start again.",
          );
        }
        return rows;
      },
    });
  }
  return { layout, presence, bytes: bytes * from.length, reader };
}
