/** Where the crops of a face training come from: decoded here, or by whatever the platform has for it. */
import { AffektError } from "../../core/errors.ts";
import type { Media } from "../../core/ports.ts";
import type { Box } from "../../core/prediction.ts";
import { parseLocator } from "../../data/locator.ts";
import type { Manifest } from "../../data/manifest.ts";
import { joinPath } from "../../data/paths.ts";
import type { Row } from "../../data/row.ts";
import { squareCrops } from "../../preprocess/face/square-crops.ts";

/** A picture, and the parts of it that are wanted; undefined for all of it. */
export interface FaceSheet {
  readonly path: string;
  readonly boxes: readonly (Box | undefined)[];
}

/**
 * `[boxes, side, side]` grey levels of each sheet, in order. No more sheets are taken than the reader keeps up with.
 *
 * @throws AffektError `media`, `file`, `limit` at the sheet that cannot be decoded
 */
export type CropSheets = (sheets: Iterable<FaceSheet>, side: number) => AsyncIterable<Uint8Array>;

/** What a face training sees pictures with. */
export interface FaceMedia extends Pick<Media, "picture"> {
  /** Decodes beside the training. By default, pictures are decoded one after the other in its own process. */
  readonly crops?: CropSheets;
}

/** A picture, and which row each of its boxes belongs to. */
interface RowSheet extends FaceSheet {
  readonly boxes: (Box | undefined)[];
  readonly rows: number[];
}

function sheetOf({ base }: Pick<Manifest, "base">, { id, image }: Row, row: number): RowSheet {
  if (image === undefined) {
    throw new AffektError("manifest", `Row ${id} has no image.`, "Train a face model on rows with images.");
  }
  const { path, box } = parseLocator(image);
  return { path: joinPath(base, path), boxes: [box], rows: [row] };
}

function oneByOne({ picture }: Pick<Media, "picture">): CropSheets {
  return async function* (sheets, side) {
    for (const { path, boxes } of sheets) yield squareCrops(await picture(path), boxes, side);
  };
}

/** The crops of each sheet. @throws AffektError that names the row whose picture cannot be decoded */
async function* cropsOf(
  sheets: Iterable<RowSheet>,
  rows: readonly Row[],
  side: number,
  media: FaceMedia,
): AsyncGenerator<{ readonly sheet: RowSheet; readonly crops: Uint8Array }> {
  const asked: RowSheet[] = [];
  function* noted(): Generator<RowSheet> {
    for (const sheet of sheets) {
      asked.push(sheet);
      yield sheet;
    }
  }
  const decode = media.crops ?? oneByOne(media);
  try {
    for await (const crops of decode(noted(), side)) yield { sheet: asked.shift() as RowSheet, crops };
  } catch (cause) {
    // Answers are in order, so it is the first one without an answer that failed.
    const row = rows[asked[0]?.rows[0] ?? Number.NaN];
    if (!(cause instanceof AffektError) || cause.code === "aborted" || row === undefined) throw cause;
    throw new AffektError(cause.code, `Row ${row.id}: ${cause.message}`, cause.hint, { cause });
  }
}

/**
 * Every row's crop, each picture decoded once.
 *
 * @returns `[rows, side, side]` grey levels
 * @throws AffektError `manifest` if a row has no image; `media`, `file`, `limit` with the row
 */
export async function allCrops(
  manifest: Pick<Manifest, "base">,
  rows: readonly Row[],
  side: number,
  media: FaceMedia,
): Promise<Uint8Array> {
  const sheets = new Map<string, RowSheet>();
  for (const [at, row] of rows.entries()) {
    const sheet = sheetOf(manifest, row, at);
    const known = sheets.get(sheet.path);
    if (known === undefined) sheets.set(sheet.path, sheet);
    else {
      known.boxes.push(...sheet.boxes);
      known.rows.push(at);
    }
  }
  const area = side * side;
  const pixels = new Uint8Array(rows.length * area);
  for await (const { sheet, crops } of cropsOf(sheets.values(), rows, side, media)) {
    for (const [at, row] of sheet.rows.entries()) pixels.set(crops.subarray(at * area, (at + 1) * area), row * area);
  }
  return pixels;
}

/** Crops of rows in the order in which they are drawn, decoded anew each time. */
export type CropStream = (order: Iterable<number>) => AsyncIterable<Uint8Array>;

/** @throws AffektError `manifest` if a row has no image; later `media`, `file`, `limit` with the row */
export function cropStream(
  manifest: Pick<Manifest, "base">,
  rows: readonly Row[],
  side: number,
  media: FaceMedia,
): CropStream {
  const sheets = rows.map((row, at) => sheetOf(manifest, row, at));
  function* drawn(order: Iterable<number>): Generator<RowSheet> {
    for (const row of order) yield sheets[row] as RowSheet;
  }
  return async function* (order) {
    for await (const { crops } of cropsOf(drawn(order), rows, side, media)) yield crops;
  };
}
