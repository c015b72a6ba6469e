/** Crops of the faces of manifests, whole in memory where they fit into it, else kept on disk. */
import { AffektError } from "../../core/errors.ts";
import { parseLocator } from "../../data/locator.ts";
import type { Manifest } from "../../data/manifest.ts";
import { mediaPath } from "../../data/read.ts";
import type { Row } from "../../data/row.ts";
import { boundedReader, HELD_BYTES } from "../bounded-reader.ts";
import { openKeptMedia } from "../kept-media.ts";
import { allCrops, type CropSheets, type FaceMedia, type FaceSheet, oneByOne } from "./face-crops.ts";
import type { SoundPorts } from "./speech-clips.ts";
import { leaveOut, someDecoded } from "./undecodable.ts";

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
}

/** Decoded when rows are taken, and held from then on. */
function cropsInMemory(side: number, { media, undecodable }: CropPorts): Crops {
  const held: Uint8Array[] = [];
  return {
    async take(manifest, rows) {
      const found = await allCrops(manifest, rows, side, { ...media, undecodable });
      const first = held.length;
      const area = side * side;
      for (let row = 0; row < found.rows.length; row++) held.push(found.pixels.subarray(row * area, (row + 1) * area));
      return { rows: found.rows, crops: found.rows.map((_, row) => first + row) };
    },
    async *read(crops) {
      for (const crop of crops) yield held[crop] as Uint8Array;
    },
  };
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
  const { read } = boundedReader({
    ...{ count: sorted.length, budget },
    bytesOf: () => side * side,
    load: async (crops) => (await kept.load(crops)).map(([pixels]) => pixels as Uint8Array),
  });
  return {
    read,
    async take(manifest, rows) {
      const found = rows.flatMap((row) => {
        const crop = numbers.get(imageOf(manifest, row)) as number;
        const error = kept.failed.get(crop);
        if (error) leaveOut(row.id, error, undecodable);
        return error ? [] : [{ row, crop }];
      });
      someDecoded("pictures", rows.length, found.length);
      return { rows: found.map(({ row }) => row), crops: found.map(({ crop }) => crop) };
    },
  };
}

function imageOf(manifest: Manifest, row: Row): string {
  const locator = mediaPath(manifest, row, "image");
  if (locator !== undefined) return locator;
  throw new AffektError("manifest", `Row ${row.id} has no image.`, "Train a face model on rows with images.");
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
