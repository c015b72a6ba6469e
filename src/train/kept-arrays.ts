/**
 * Arrays kept between runs in a folder, each under the name of what it was made of. Parts are only added, so that what
 * is new costs what is new, an interrupted run goes on, and two runs at a time do not lose each other's.
 */
import { AffektError } from "../core/errors.ts";
import type { Files, WritableFiles } from "../core/ports.ts";
import { checksum } from "./checksum.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsHeader,
  type SavedArray,
  safetensorsHeader,
  safetensorsStart,
} from "./safetensors.ts";

/** New ones after which what was made is written down, so that an interrupted run goes on from there. */
export const KEPT_EVERY = 128;

const ENDING = ".safetensors";
/** The header of a part of `KEPT_EVERY` arrays fits into it. */
const FIRST_READ = 1 << 16;

/** Where a kept array lies. */
export interface KeptPlace {
  /** Path of the part. */
  readonly part: string;
  /** Bytes of it. */
  readonly start: number;
  readonly end: number;
  readonly type: "F32" | "U8";
  /** Of what lies there; undefined in parts of earlier versions. */
  readonly checksum: number | undefined;
}

function whole(data: Float32Array, wanted: string | undefined): boolean {
  return wanted === undefined || checksum(data) === Number(wanted);
}

/** What `read` gives of each part; undefined for a damaged one. */
async function eachPart<T>(
  files: Files,
  folder: string,
  read: (part: string) => Promise<T>,
  use: (found: T) => void,
): Promise<void> {
  if (!(await files.exists(folder))) return;
  for (const part of await files.list(folder)) {
    if (!part.endsWith(ENDING)) continue;
    try {
      use(await read(`${folder}/${part}`));
    } catch (error) {
      if (!(error instanceof AffektError && error.code === "checkpoint")) throw error;
    }
  }
}

/** What is there of these. What is damaged counts as nothing: it is made anew. */
export async function keptArrays(
  files: Files,
  folder: string,
  wanted: (name: string) => boolean,
): Promise<Map<string, Float32Array>> {
  const found = new Map<string, Float32Array>();
  await eachPart(
    files,
    folder,
    async (part) => decodeSafetensors(await files.readBytes(part), wanted),
    ({ arrays, metadata }) => {
      for (const [name, data] of arrays) if (whole(data, metadata[name])) found.set(name, data);
    },
  );
  return found;
}

const BYTES: Readonly<Record<string, number>> = { F32: 4, U8: 1 } satisfies Record<KeptPlace["type"], number>;

function placesIn(part: string, { entries, metadata }: SafetensorsHeader): [string, KeptPlace][] {
  const places: [string, KeptPlace][] = [];
  for (const { name, dtype, start, end } of entries) {
    const bytes = BYTES[dtype];
    if (bytes === undefined || end < start || (end - start) % bytes !== 0) continue;
    const kept = metadata[name];
    const sum = kept === undefined ? undefined : Number(kept);
    places.push([name, { part, start, end, type: dtype as KeptPlace["type"], checksum: sum }]);
  }
  return places;
}

async function readHeader(files: Files, part: string): Promise<SafetensorsHeader> {
  const first = await files.readRange(part, 0, FIRST_READ);
  const start = safetensorsStart(first);
  const header = safetensorsHeader(start <= first.length ? first : await files.readRange(part, 0, start));
  const end = header.entries.reduce((last, entry) => Math.max(last, entry.end), start);
  if ((await files.readRange(part, end - 1, end)).length === 1) return header;
  throw new AffektError("checkpoint", `${part} breaks off.`, "Delete it: what was in it is made anew.");
}

/**
 * Where these are, without reading them. A part that breaks off counts as nothing.
 *
 * @param broken places that were found damaged
 */
export async function keptPlaces(
  files: Files,
  folder: string,
  wanted: (name: string) => boolean,
  broken: (place: KeptPlace) => boolean = () => false,
): Promise<Map<string, KeptPlace>> {
  const found = new Map<string, KeptPlace>();
  await eachPart(
    files,
    folder,
    async (part) => placesIn(part, await readHeader(files, part)),
    (places) => {
      for (const [name, place] of places) if (wanted(name) && !broken(place)) found.set(name, place);
    },
  );
  return found;
}

/** What lies there and its checksum, or undefined if it is not there any more, or not what was kept. */
export async function readKept(
  files: Files,
  { part, start, end, type, checksum: wanted }: KeptPlace,
): Promise<{ readonly data: SavedArray; readonly sum: number } | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await files.readRange(part, start, end);
  } catch (error) {
    if (error instanceof AffektError && error.code === "file") return undefined;
    throw error;
  }
  if (bytes.length !== end - start) return undefined;
  const data = type === "U8" ? bytes : new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const sum = checksum(data);
  return wanted === undefined || sum === wanted ? { data, sum } : undefined;
}

/** Adds a part; nothing if there is nothing in it. @param sha256 of a text. @returns where the arrays lie */
export async function keepArrays(
  files: WritableFiles,
  folder: string,
  arrays: ReadonlyMap<string, SavedArray>,
  sha256: (text: string) => string,
): Promise<Map<string, KeptPlace>> {
  if (arrays.size === 0) return new Map();
  // In the order of the name: of two runs at a time that made the same, neither moves what the other one reads.
  const sorted = new Map([...arrays].sort(([a], [b]) => (a < b ? -1 : 1)));
  const part = `${folder}/${sha256([...sorted.keys()].join()).slice(0, 24)}${ENDING}`;
  const metadata = Object.fromEntries([...sorted].map(([name, data]) => [name, String(checksum(data))]));
  const bytes = encodeSafetensors({ arrays: sorted, metadata });
  await files.write(part, bytes);
  return new Map(placesIn(part, safetensorsHeader(bytes)));
}
