/** How the media of many rows are decoded: a few in this process, more in worker processes ahead of whoever reads them. */
import type { Waveform } from "../../core/media.ts";
import { type Settled, settled } from "../../core/settled.ts";
import type { Locator } from "../../data/locator.ts";
import { checkHeard, checkSeconds, type MediaReader, oneByOne } from "../../evaluate/media-reader.ts";
import { createDecodePool, type DecodePool, type DecodePoolOptions } from "./decode-pool.ts";
import { nodeMedia } from "./media.ts";

/** Starting a worker costs as much as decoding some dozens of clips. */
const WORTH_WORKERS = 200;

/** A pool's answers with the checks that decoding one by one has. */
async function* limited(places: readonly Locator[], sounds: AsyncIterable<Settled<Waveform>>) {
  let at = 0;
  for await (const sound of sounds) {
    const place = places[at++] as Locator;
    yield "error" in sound ? sound : await settled(checked(place, sound.value));
  }
}

async function checked(place: Locator, sound: Waveform): Promise<Waveform> {
  checkHeard(place, sound);
  checkSeconds(place, sound.samples.length / sound.sampleRate);
  return sound;
}

/** Reads what the workers of a pool decode. */
export function pooledReader(pool: Pick<DecodePool, "pictures" | "clips">): MediaReader {
  return {
    pictures: (places) => pool.pictures(places),
    sounds(places, sampleRate) {
      const all = [...places];
      return limited(all, pool.clips(all, sampleRate));
    },
  };
}

/** @param rows how many there are to decode */
export function openDecoding(
  rows: number,
  options: DecodePoolOptions = {},
): { readonly reader: MediaReader; close(): void } {
  const { signal } = options;
  if (rows < WORTH_WORKERS) return { reader: oneByOne(nodeMedia(signal ? { signal } : {})), close() {} };
  const pool = createDecodePool(options);
  return { reader: pooledReader(pool), close: pool.close };
}
