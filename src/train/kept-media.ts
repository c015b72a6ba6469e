/**
 * What networks see of media, kept on disk between runs by the content that it was made of, and read back item by item.
 * An item that is damaged while it is needed is made anew, and refused where it is not what the first reading gave.
 */
import { AffektError } from "../core/errors.ts";
import type { WritableFiles } from "../core/ports.ts";
import type { Settled } from "../core/settled.ts";
import { contentNames } from "../data/content-name.ts";
import { KEPT_EVERY, type KeptPlace, keepArrays, keptPlaces, readKept } from "./kept-arrays.ts";
import type { SavedArray } from "./safetensors.ts";

export interface KeptMediaOptions<Kept extends SavedArray> {
  readonly files: WritableFiles;
  /** Lower-case hexadecimal SHA-256 of a text. */
  readonly sha256: (text: string) => string;
  /** Where the arrays of this kind lie. */
  readonly folder: string;
  /** Beginnings of the names of an item's arrays: empty, or ending with `/`. */
  readonly kinds: readonly string[];
  /** The arrays of what each locator leads to, one a kind, with an error in the place of what cannot be decoded. */
  readonly make: (locators: readonly string[]) => AsyncIterable<Settled<readonly Kept[]>>;
  /** Bytes of new arrays after which they are written down. */
  readonly mostMade: number;
}

export interface KeptMedia<Kept extends SavedArray> {
  /** Why items are not there. */
  readonly failed: ReadonlyMap<number, AffektError>;
  /** Bytes of each array of an item that is there. */
  sizes(item: number): readonly number[];
  /** Arrays of items that are there, in order. @throws AffektError the failure of one that is not as it was any more */
  load(items: readonly number[]): Promise<readonly (readonly Kept[])[]>;
}

const placeKey = ({ part, start }: KeptPlace): string => `${part} ${start}`;

/**
 * What is not kept yet is made, and written down. What cannot be decoded is tried anew in every run: it may be mended,
 * or its decoder.
 *
 * @param locators a distinct one an item
 * @throws AffektError `file` if nothing can be kept
 */
export async function openKeptMedia<Kept extends SavedArray>(
  locators: readonly string[],
  options: KeptMediaOptions<Kept>,
): Promise<KeptMedia<Kept>> {
  const { files, sha256, folder, kinds, make, mostMade } = options;
  const places: (readonly KeptPlace[] | undefined)[] = locators.map(() => undefined);
  const broken = new Set<string>();
  /** Of the arrays that the first reading gave, one a kind. */
  const sums = new Float64Array(locators.length * kinds.length).fill(-1);

  /** Finds or makes these. @returns why some are not there */
  async function find(items: Iterable<number>): Promise<Map<number, AffektError>> {
    const failed = new Map<number, AffektError>();
    const nameOf = contentNames(files, sha256);
    const itemsOf = new Map<string, number[]>();
    for (const item of items) {
      try {
        const name = await nameOf(locators[item] as string);
        itemsOf.set(name, [...(itemsOf.get(name) ?? []), item]);
      } catch (error) {
        if (!(error instanceof AffektError && error.code === "file")) throw error;
        failed.set(item, error);
      }
    }
    const found = await keptPlaces(
      files,
      folder,
      (name) => itemsOf.has(name.slice(name.lastIndexOf("/") + 1)),
      (place) => broken.has(placeKey(place)),
    );
    const placesOf = (name: string): readonly KeptPlace[] => kinds.flatMap((kind) => found.get(`${kind}${name}`) ?? []);
    const missing = [...itemsOf].filter(([name]) => placesOf(name).length < kinds.length);
    const made = new Map<string, Kept>();
    let [done, bytes] = [0, 0];
    async function keep(): Promise<void> {
      for (const [name, place] of await keepArrays(files, folder, made, sha256)) found.set(name, place);
      made.clear();
      bytes = 0;
    }
    const wanted = missing.map(([, [first]]) => locators[first as number] as string);
    for await (const answer of wanted.length > 0 ? make(wanted) : []) {
      const [name, own] = missing[done++] as [string, number[]];
      if ("error" in answer) for (const item of own) failed.set(item, answer.error);
      else {
        for (const [at, kind] of kinds.entries()) {
          const data = answer.value[at] as Kept;
          made.set(`${kind}${name}`, data);
          bytes += data.byteLength;
        }
      }
      if (done % KEPT_EVERY === 0 || bytes > mostMade) await keep();
    }
    await keep();
    for (const [name, own] of itemsOf) {
      const all = placesOf(name);
      if (all.length === kinds.length) for (const item of own) places[item] = all;
    }
    return failed;
  }

  /** Undefined if it is not there, or not what it was. */
  async function readOne(item: number): Promise<readonly Kept[] | undefined> {
    const arrays: Kept[] = [];
    const own = places[item] ?? [];
    for (const [at, place] of own.entries()) {
      const read = await readKept(files, place);
      const first = sums[item * kinds.length + at] as number;
      if (read === undefined || (first >= 0 && read.sum !== first)) {
        // Damage seldom comes alone: what else the same part has of it is not asked for again either.
        for (const one of own) broken.add(placeKey(one));
        return undefined;
      }
      sums[item * kinds.length + at] = read.sum;
      arrays.push(read.data as Kept);
    }
    return arrays;
  }

  async function renew(items: readonly number[]): Promise<void> {
    const [first] = await find(items);
    if (first === undefined) return;
    const [item, error] = first;
    throw new AffektError(
      error.code,
      `What was kept of ${locators[item]} is damaged or gone, and it cannot be made anew. ${error.message}`,
      "Bring the file back, and run the same command again.",
    );
  }

  const failed = await find(locators.keys());
  return {
    failed,
    sizes: (item) => (places[item] ?? []).map(({ start, end }) => end - start),
    async load(items) {
      const out = await Promise.all(items.map(readOne));
      const lost = items.filter((_, at) => out[at] === undefined);
      if (lost.length > 0) await renew(lost);
      for (const [at, item] of items.entries()) {
        out[at] ??= await readOne(item);
        if (out[at] !== undefined) continue;
        throw new AffektError(
          "data",
          `What was kept of ${locators[item]} is damaged, and what is made of it now is not the same.`,
          "The file, or what decodes it, has changed meanwhile. Run the same command again.",
        );
      }
      return out as (readonly Kept[])[];
    },
  };
}
