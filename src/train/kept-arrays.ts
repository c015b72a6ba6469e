/**
 * Arrays kept between runs in a folder, each under the name of what it was made of. Parts are only added, so that what
 * is new costs what is new, an interrupted run goes on, and two runs at a time do not lose each other's.
 */
import { AffektError } from "../core/errors.ts";
import type { WritableFiles } from "../core/ports.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

/** New ones after which what was made is written down, so that an interrupted run goes on from there. */
export const KEPT_EVERY = 128;

const ENDING = ".safetensors";

/** What is there of these. A damaged part counts as nothing: what was in it is made anew. */
export async function keptArrays(
  files: WritableFiles,
  folder: string,
  wanted: (name: string) => boolean,
): Promise<Map<string, Float32Array>> {
  const found = new Map<string, Float32Array>();
  if (!(await files.exists(folder))) return found;
  for (const part of await files.list(folder)) {
    if (!part.endsWith(ENDING)) continue;
    try {
      const { arrays } = decodeSafetensors(await files.readBytes(`${folder}/${part}`), wanted);
      for (const [name, data] of arrays) found.set(name, data);
    } catch (error) {
      if (!(error instanceof AffektError && error.code === "checkpoint")) throw error;
    }
  }
  return found;
}

/** Adds a part; nothing if there is nothing in it. @param sha256 of a text */
export async function keepArrays(
  files: WritableFiles,
  folder: string,
  arrays: ReadonlyMap<string, Float32Array>,
  sha256: (text: string) => string,
): Promise<void> {
  if (arrays.size === 0) return;
  const part = sha256([...arrays.keys()].sort().join()).slice(0, 24);
  await files.write(`${folder}/${part}${ENDING}`, encodeSafetensors({ arrays, metadata: {} }));
}
