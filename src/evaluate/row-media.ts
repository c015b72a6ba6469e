/** The media of manifest rows: cut out of their files, strips decoded once. */
import { AffektError } from "../core/errors.ts";
import type { Picture, Waveform } from "../core/media.ts";
import type { Media } from "../core/ports.ts";
import { parseLocator } from "../data/locator.ts";
import type { Manifest } from "../data/manifest.ts";
import { mediaPath } from "../data/read.ts";
import type { Row } from "../data/row.ts";
import { crop } from "../preprocess/face/crop.ts";

/** Decoded files kept: rows of a strip follow each other. */
const KEPT = 2;
/** No utterance of a corpus is longer. */
const MOST_SECONDS = 120;

export interface RowMedia {
  /** @returns the picture, and whether the locator cut it out of a larger one */
  picture(row: Row): Promise<{ readonly picture: Picture; readonly isPart: boolean }>;
  /** The whole sound of a row, mono at `sampleRate`. @throws AffektError `limit` if it is longer than two minutes */
  sound(row: Row, sampleRate: number): Promise<Waveform>;
}

function absent(row: Row, field: string): AffektError {
  return new AffektError("manifest", `Row ${row.id} has no ${field}.`, `Evaluate it with a model of what it has.`);
}

export function rowMedia(manifest: Manifest, media: Media): RowMedia {
  const decoded = new Map<string, Promise<Picture>>();
  function whole(path: string): Promise<Picture> {
    const known = decoded.get(path);
    if (known !== undefined) return known;
    for (const oldest of decoded.keys()) {
      if (decoded.size < KEPT) break;
      decoded.delete(oldest);
    }
    const picture = media.picture(path);
    decoded.set(path, picture);
    return picture;
  }
  return {
    async picture(row) {
      const locator = mediaPath(manifest, row, "image");
      if (locator === undefined) throw absent(row, "image");
      const { path, box } = parseLocator(locator);
      const picture = await whole(path);
      return box === undefined ? { picture, isPart: false } : { picture: crop(picture, box), isPart: true };
    },
    async sound(row, sampleRate) {
      const locator = mediaPath(manifest, row, "audio") ?? mediaPath(manifest, row, "video");
      if (locator === undefined) throw absent(row, "audio");
      const { path, startMs = 0, endMs = Number.POSITIVE_INFINITY } = parseLocator(locator);
      const pieces: Float32Array[] = [];
      let atMs = 0;
      let length = 0;
      for await (const { samples } of media.sound(path, { sampleRate, pieceMs: 10_000 })) {
        const index = (ms: number): number => Math.max(0, Math.round(((ms - atMs) * sampleRate) / 1000));
        const part = samples.subarray(index(startMs), Math.min(samples.length, index(endMs)));
        pieces.push(part);
        length += part.length;
        atMs += (1000 * samples.length) / sampleRate;
        if (atMs >= endMs) break;
        if (length > MOST_SECONDS * sampleRate) {
          throw new AffektError(
            "limit",
            `The sound of row ${row.id} is longer than ${MOST_SECONDS} s.`,
            "Cut it with #t=start,end, or evaluate the whole recognizer.",
          );
        }
      }
      const samples = new Float32Array(length);
      let at = 0;
      for (const piece of pieces) {
        samples.set(piece, at);
        at += piece.length;
      }
      return { samples, sampleRate };
    },
  };
}
