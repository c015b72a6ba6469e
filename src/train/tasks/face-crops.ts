/** Where the crops of a face training come from: decoded here, or by whatever the platform has for it. */
import { AffektError } from "../../core/errors.ts";
import type { Media } from "../../core/ports.ts";
import type { Box } from "../../core/prediction.ts";
import { type Settled, settled } from "../../core/settled.ts";
import { parseLocator } from "../../data/locator.ts";
import type { Manifest } from "../../data/manifest.ts";
import { joinPath } from "../../data/paths.ts";
import type { Row } from "../../data/row.ts";
import { squareCrops } from "../../preprocess/face/square-crops.ts";
import { leaveOut, type OnUndecodable, someDecoded } from "./undecodable.ts";

/** A picture, and the parts of it that are wanted; undefined for all of it. */
export interface FaceSheet {
  readonly path: string;
  readonly boxes: readonly (Box | undefined)[];
}

/**
 * `[boxes, side, side]` grey levels of each sheet, in order, with an error in the place of one that cannot be decoded.
 * No more sheets are taken than the reader keeps up with.
 */
export type CropSheets = (sheets: Iterable<FaceSheet>, side: number) => AsyncIterable<Settled<Uint8Array>>;

/** What a face training sees pictures with. */
export interface FaceMedia extends Pick<Media, "picture"> {
  /** Decodes beside the training. By default, pictures are decoded one after the other in its own process. */
  readonly crops?: CropSheets;
  /** Told of rows whose picture cannot be decoded, which are then left out. By default the first one ends the training. */
  readonly undecodable?: OnUndecodable | undefined;
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

export function oneByOne({ picture }: Pick<Media, "picture">): CropSheets {
  return async function* (sheets, side) {
    for (const { path, boxes } of sheets) {
      yield await settled(picture(path).then((whole) => squareCrops(whole, boxes, side)));
    }
  };
}

/** The crops of each sheet; undefined where its rows are left out. @throws AffektError see `leaveOut` */
async function* cropsOf(
  sheets: Iterable<RowSheet>,
  rows: readonly Row[],
  side: number,
  media: FaceMedia,
): AsyncGenerator<{ readonly sheet: RowSheet; readonly crops: Uint8Array | undefined }> {
  const asked: RowSheet[] = [];
  function* noted(): Generator<RowSheet> {
    for (const sheet of sheets) {
      asked.push(sheet);
      yield sheet;
    }
  }
  const decode = media.crops ?? oneByOne(media);
  for await (const answer of decode(noted(), side)) {
    const sheet = asked.shift() as RowSheet;
    if ("error" in answer) for (const row of sheet.rows) leaveOut(rows[row]?.id ?? "", answer.error, media.undecodable);
    yield { sheet, crops: "value" in answer ? answer.value : undefined };
  }
}

/**
 * Every row's crop, each picture decoded once.
 *
 * @returns `[rows, side, side]` grey levels, of the rows that could be decoded
 * @throws AffektError `manifest` if a row has no image; `media`, `file`, `limit` with the row, unless they are left out
 */
export async function allCrops(
  manifest: Pick<Manifest, "base">,
  rows: readonly Row[],
  side: number,
  media: FaceMedia,
): Promise<{ readonly pixels: Uint8Array; readonly rows: readonly Row[] }> {
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
  const seen = new Uint8Array(rows.length);
  for await (const { sheet, crops } of cropsOf(sheets.values(), rows, side, media)) {
    if (crops === undefined) continue;
    for (const [at, row] of sheet.rows.entries()) {
      pixels.set(crops.subarray(at * area, (at + 1) * area), row * area);
      seen[row] = 1;
    }
  }
  let kept = 0;
  for (let row = 0; row < rows.length; row++) {
    if (seen[row] === 1) pixels.copyWithin(kept++ * area, row * area, (row + 1) * area);
  }
  someDecoded("pictures", rows.length, kept);
  return { pixels: pixels.subarray(0, kept * area), rows: rows.filter((_, row) => seen[row] === 1) };
}

/** Rows a file on average from which on streaming waits for the same files again and again. */
const SHARED = 2;

/** What has to be said before pictures are streamed that lie in one file with many others; undefined if few do. */
export function sharedSheets(rows: readonly Row[]): string | undefined {
  const paths = new Set(rows.flatMap(({ image }) => (image === undefined ? [] : [parseLocator(image).path])));
  if (rows.length <= SHARED * paths.size) return undefined;
  return (
    `features.stream: ${rows.length} training pictures lie in ${paths.size} ${paths.size === 1 ? "file" : "files"}, and ` +
    "a whole file is decoded for each picture that is drawn, so that the training will wait most of the time; leave " +
    "stream out, or save each picture as a file of its own"
  );
}

/** A crop and the row that it is of. */
export interface DrawnCrop {
  readonly row: number;
  readonly crop: Uint8Array;
}

/**
 * Crops of rows in the order in which they are drawn, decoded anew each time: as many as rows are drawn. The place of
 * rows that are left out is taken by those that were drawn first.
 */
export type CropStream = (order: Int32Array) => AsyncIterable<DrawnCrop>;

/**
 * @throws AffektError `manifest` if a row has no image; later `media`, `file`, `limit` with the row, unless they are
 *   left out; `data` if none of the rows drawn can be decoded
 */
export function cropStream(
  manifest: Pick<Manifest, "base">,
  rows: readonly Row[],
  side: number,
  media: FaceMedia,
): CropStream {
  const sheets = rows.map((row, at) => sheetOf(manifest, row, at));
  const broken = new Set<number>();
  function* drawn(order: Iterable<number>): Generator<RowSheet> {
    for (const row of order) yield sheets[row] as RowSheet;
  }
  return async function* (order) {
    let given = 0;
    while (given < order.length) {
      const again = given === 0 ? order : order.filter((row) => !broken.has(row)).subarray(0, order.length - given);
      const before = given;
      for await (const { sheet, crops } of cropsOf(drawn(again), rows, side, media)) {
        const row = sheet.rows[0] as number;
        if (crops === undefined) broken.add(row);
        else {
          given++;
          yield { row, crop: crops };
        }
      }
      someDecoded("pictures drawn", order.length, given - before);
    }
  };
}
