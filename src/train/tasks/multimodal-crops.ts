/** Crops of the faces of manifests, whole in memory where they fit into it, else kept on disk. */
import { AffektError } from "../../core/errors.ts";
import { parseLocator } from "../../data/locator.ts";
import type { Manifest } from "../../data/manifest.ts";
import { mediaPath } from "../../data/read.ts";
import type { Row } from "../../data/row.ts";
import { boundedReader, HELD_BYTES } from "../bounded-reader.ts";
import { openKeptMedia } from "../kept-media.ts";
import { type CropSheets, type FaceMedia, type FaceSheet, oneByOne } from "./face-crops.ts";
import type { SoundPorts } from "./speech-clips.ts";
import { leaveOut, type OnUndecodable, someDecoded } from "./undecodable.ts";

/** To be raised whenever other crops come of the same pictures. */
const CROPS_VERSION = 1;

export interface CropPorts extends Omit<SoundPorts, "sounds"> {
  readonly media: FaceMedia;
}

export interface Crops {
  /**
   * The rows whose picture can be decoded, and the number of the crop of each.
   *
   * @throws AffektError `manifest` if a row has no image; `media`, `file`, `limit` with the row, unless it is left out;
   *   `data` if none can be decoded
   */
  take(
    manifest: Manifest,
    rows: readonly Row[],
  ): Promise<{ readonly rows: readonly Row[]; readonly crops: readonly number[] }>;
  /** `[side, side]` grey levels of the crops of these numbers, in order. @throws AffektError see `KeptMedia.load` */
  read(crops: Iterable<number>): AsyncIterable<Uint8Array>;
  /** Bytes of crops that are held now, and the most that ever were. */
  held(): { readonly now: number; readonly most: number };
}

function imageOf(manifest: Manifest, row: Row): string {
  const locator = mediaPath(manifest, row, "image");
  if (locator !== undefined) return locator;
  throw new AffektError("manifest", `Row ${row.id} has no image.`, "Train a face model on rows with images.");
}

/** Parts of one picture that follow each other are cut from it together. */
function sheetsOf(locators: readonly string[]): FaceSheet[] {
  const sheets: { path: string; boxes: FaceSheet["boxes"][number][] }[] = [];
  for (const locator of locators) {
    const { path, box } = parseLocator(locator);
    const last = sheets.at(-1);
    if (last?.path === path) last.boxes.push(box);
    else sheets.push({ path, boxes: [box] });
  }
  return sheets;
}

function cropMaker(decode: CropSheets, side: number) {
  return async function* (locators: readonly string[]) {
    const sheets = sheetsOf(locators);
    let next = 0;
    for await (const answer of decode(sheets, side)) {
      const { boxes } = sheets[next++] as FaceSheet;
      for (const at of boxes.keys()) {
        yield "error" in answer ? answer : { value: [answer.value.slice(at * side * side, (at + 1) * side * side)] };
      }
    }
  };
}

/** What is known of pictures by their locators: the number of each one's crop, and why some have none. */
interface Known {
  readonly numbers: ReadonlyMap<string, number>;
  readonly failed: ReadonlyMap<number, AffektError>;
}

/** What `Crops.take` gives of rows whose pictures are all known. */
function taken(manifest: Manifest, rows: readonly Row[], { numbers, failed }: Known, undecodable?: OnUndecodable) {
  const found = rows.flatMap((row) => {
    const crop = numbers.get(imageOf(manifest, row)) as number;
    const error = failed.get(crop);
    if (error) leaveOut(row.id, error, undecodable);
    return error ? [] : [{ row, crop }];
  });
  someDecoded("pictures", rows.length, found.length);
  return { rows: found.map(({ row }) => row), crops: found.map(({ crop }) => crop) };
}

/** Decoded when a row of theirs is taken for the first time, and held from then on. */
function cropsInMemory(side: number, { media, undecodable }: CropPorts): Crops {
  const make = cropMaker(media.crops ?? oneByOne(media), side);
  const numbers = new Map<string, number>();
  const failed = new Map<number, AffektError>();
  const held = new Map<number, Uint8Array>();
  return {
    async take(manifest, rows) {
      const fresh = new Map(rows.map((row) => [imageOf(manifest, row), row]));
      for (const locator of numbers.keys()) fresh.delete(locator);
      const sorted = [...fresh.keys()].sort();
      let next = 0;
      for await (const answer of make(sorted)) {
        const locator = sorted[next++] as string;
        const crop = numbers.size;
        if ("error" in answer) {
          // Nobody wants to go on without it, so that the others need not be decoded.
          if (!undecodable) leaveOut((fresh.get(locator) as Row).id, answer.error, undecodable);
          failed.set(crop, answer.error);
        } else held.set(crop, answer.value[0] as Uint8Array);
        numbers.set(locator, crop);
      }
      return taken(manifest, rows, { numbers, failed }, undecodable);
    },
    async *read(crops) {
      for (const crop of crops) yield held.get(crop) as Uint8Array;
    },
    held() {
      const now = held.size * side * side;
      return { now, most: now };
    },
  };
}

async function cropsOnDisk(locators: Iterable<string>, side: number, budget: number, ports: CropPorts): Promise<Crops> {
  const { files, sha256, cacheFolder, media, undecodable } = ports;
  // Sorted, so that the parts of one picture follow each other.
  const sorted = [...locators].sort();
  const numbers = new Map(sorted.map((locator, crop) => [locator, crop]));
  const kept = await openKeptMedia<Uint8Array>(sorted, {
    ...{ files, sha256 },
    folder: `${cacheFolder}/crops-${sha256(JSON.stringify({ side, version: CROPS_VERSION })).slice(0, 24)}`,
    kinds: [""],
    mostMade: budget / 2,
    make: cropMaker(media.crops ?? oneByOne(media), side),
  });
  const { read, held } = boundedReader({
    ...{ count: sorted.length, budget },
    bytesOf: () => side * side,
    load: async (crops) => (await kept.load(crops)).map(([pixels]) => pixels as Uint8Array),
  });
  const known = { numbers, failed: kept.failed };
  return { read, held, take: async (manifest, rows) => taken(manifest, rows, known, undecodable) };
}

/** Whatever split the rows are of, so that the crops of all of them fit together into the memory, or none is held. */
export async function openCrops(manifests: readonly Manifest[], side: number, ports: CropPorts): Promise<Crops> {
  const budget = ports.heldBytes ?? HELD_BYTES;
  let rows = 0;
  const locators = new Set<string>();
  for (const manifest of manifests) {
    for (const row of manifest.rows) {
      const locator = mediaPath(manifest, row, "image");
      if (locator === undefined) continue;
      rows++;
      locators.add(locator);
    }
  }
  return rows * side * side <= budget ? cropsInMemory(side, ports) : cropsOnDisk(locators, side, budget, ports);
}
