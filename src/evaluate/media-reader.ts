/** Reads the pictures and sounds of many rows: here one after the other; a platform may decode them ahead of the reader. */
import { AffektError } from "../core/errors.ts";
import type { Picture, Waveform } from "../core/media.ts";
import type { Media } from "../core/ports.ts";
import { type Settled, settled } from "../core/settled.ts";
import type { Locator } from "../data/locator.ts";
import { crop } from "../preprocess/face/crop.ts";

/** Decoded files kept: rows of a strip follow each other. */
const KEPT = 2;
/** No utterance of a corpus is longer. */
const MOST_SECONDS = 120;

export interface MediaReader {
  /** What each locator cuts out, in order. What cannot be decoded is an error in its place. */
  pictures(places: Iterable<Locator>): AsyncIterable<Settled<Picture>>;
  /** Whole sounds, mono at `sampleRate` Hz; one longer than two minutes is the error `limit` in its place. */
  sounds(places: Iterable<Locator>, sampleRate: number): AsyncIterable<Settled<Waveform>>;
}

const fileName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** @throws AffektError `limit` */
export function checkSeconds({ path }: Locator, seconds: number): void {
  if (seconds <= MOST_SECONDS) return;
  const name = fileName(path);
  throw new AffektError(
    "limit",
    `The sound of ${name} is longer than ${MOST_SECONDS} s.`,
    "Cut it with #t=start,end, or evaluate the whole recognizer.",
  );
}

/** Cuts pictures out of files, each file decoded once as long as the places in it follow each other. */
export function pictureCutter({ picture }: Pick<Media, "picture">): (place: Locator) => Promise<Picture> {
  const decoded = new Map<string, Promise<Picture>>();
  function whole(path: string): Promise<Picture> {
    const known = decoded.get(path);
    if (known !== undefined) return known;
    for (const oldest of decoded.keys()) {
      if (decoded.size < KEPT) break;
      decoded.delete(oldest);
    }
    const own = picture(path);
    decoded.set(path, own);
    return own;
  }
  return async ({ path, box }) => {
    const picture = await whole(path);
    return box === undefined ? picture : crop(picture, box);
  };
}

/** A part of a recording that begins behind its end is no sound. @throws AffektError `media` */
export function checkHeard({ path, startMs = 0, endMs }: Locator, { samples }: Waveform): void {
  if (samples.length > 0) return;
  const until = endMs === undefined ? "on" : `to ${endMs / 1000} s`;
  throw new AffektError(
    "media",
    `Cannot decode ${fileName(path)}: it has no sound from ${startMs / 1000} s ${until}.`,
    "Mend the seconds in #t=start,end.",
  );
}

/** The part of a decoded sound that the locator names. @throws AffektError `media` if there is none */
export function cutOut(place: Locator, { samples, sampleRate }: Waveform): Waveform {
  const at = (ms: number): number => Math.round((ms * sampleRate) / 1000);
  const { startMs = 0, endMs = Number.POSITIVE_INFINITY } = place;
  const part = { samples: samples.subarray(at(startMs), at(endMs)), sampleRate };
  checkHeard(place, part);
  return part;
}

/**
 * The part of a sound that the locator names, of which no more is decoded than that.
 *
 * @throws AffektError `media`, also if there is no such part; `file`; `limit` if it is too long
 */
export async function cutSound(place: Locator, { sound }: Pick<Media, "sound">, sampleRate: number): Promise<Waveform> {
  const { path, startMs = 0, endMs = Number.POSITIVE_INFINITY } = place;
  const pieces: Float32Array[] = [];
  let atMs = 0;
  let length = 0;
  for await (const { samples } of sound(path, { sampleRate, pieceMs: 10_000 })) {
    const index = (ms: number): number => Math.max(0, Math.round(((ms - atMs) * sampleRate) / 1000));
    const part = samples.subarray(index(startMs), Math.min(samples.length, index(endMs)));
    pieces.push(part);
    length += part.length;
    atMs += (1000 * samples.length) / sampleRate;
    if (atMs >= endMs) break;
    checkSeconds(place, length / sampleRate);
  }
  const samples = new Float32Array(length);
  let at = 0;
  for (const piece of pieces) {
    samples.set(piece, at);
    at += piece.length;
  }
  const part = { samples, sampleRate };
  checkHeard(place, part);
  return part;
}

/** Decodes in this process, nothing ahead. */
export function oneByOne(media: Pick<Media, "picture" | "sound">): MediaReader {
  const cut = pictureCutter(media);
  return {
    async *pictures(places) {
      for (const place of places) yield await settled(cut(place));
    },
    async *sounds(places, sampleRate) {
      for (const place of places) yield await settled(cutSound(place, media, sampleRate));
    },
  };
}
