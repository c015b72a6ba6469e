/** The media of manifest rows, row by row. */
import type { Picture, Waveform } from "../core/media.ts";
import type { Settled } from "../core/settled.ts";
import { type Locator, parseLocator } from "../data/locator.ts";
import type { Manifest } from "../data/manifest.ts";
import { mediaPath } from "../data/read.ts";
import type { Row } from "../data/row.ts";
import type { MediaReader } from "./media-reader.ts";

/** What is wanted of rows. */
export interface Wanted {
  readonly pictures?: boolean;
  /** The rate at which sounds are wanted, in Hz. */
  readonly sampleRate?: number;
  /** Whether the sound of a film counts where a row has no other. Default true. */
  readonly films?: boolean;
}

/** What of it a row has. */
export interface RowContent {
  readonly picture?: Settled<Picture>;
  /** Mono. */
  readonly sound?: Settled<Waveform>;
}

export interface RowMedia {
  /** Of each row in order. */
  of(rows: readonly Row[], wanted: Wanted): AsyncIterable<RowContent>;
}

/** Whether the picture of a row is cut out of a larger one. */
export function isPart({ image }: Row): boolean {
  return image !== undefined && parseLocator(image).box !== undefined;
}

/** Places of those rows that have one, and what was read there beside each row. */
function beside<T>(
  rows: readonly Row[],
  locatorOf: ((row: Row) => string | undefined) | undefined,
  read: (places: Iterable<Locator>) => AsyncIterable<Settled<T>>,
): { next(): Promise<Settled<T> | undefined>; end(): Promise<void> } {
  const places = rows.map((row) => {
    const locator = locatorOf?.(row);
    return locator === undefined ? undefined : parseLocator(locator);
  });
  const answers = read(places.filter((place) => place !== undefined))[Symbol.asyncIterator]();
  let at = 0;
  return {
    next: async () => (places[at++] === undefined ? undefined : ((await answers.next()).value as Settled<T>)),
    end: async () => void (await answers.return?.()),
  };
}

export function rowMedia(manifest: Pick<Manifest, "base">, reader: MediaReader): RowMedia {
  return {
    async *of(rows, { pictures: seen = false, sampleRate, films = true }) {
      const heard = (row: Row) =>
        mediaPath(manifest, row, "audio") ?? (films ? mediaPath(manifest, row, "video") : undefined);
      const pictures = beside(rows, seen ? (row) => mediaPath(manifest, row, "image") : undefined, (places) =>
        reader.pictures(places),
      );
      const sounds = beside(rows, sampleRate === undefined ? undefined : heard, (places) =>
        reader.sounds(places, sampleRate ?? 0),
      );
      try {
        for (let at = 0; at < rows.length; at++) {
          const [picture, sound] = await Promise.all([pictures.next(), sounds.next()]);
          yield { ...(picture ? { picture } : {}), ...(sound ? { sound } : {}) };
        }
      } finally {
        await Promise.all([pictures.end(), sounds.end()]);
      }
    },
  };
}
