/**
 * The `Media` port in a worker of a browser. Pictures and WAV files are decoded here; films and other sound only the page
 * can play, so that it is asked for them.
 */
import { AffektError } from "../../core/errors.ts";
import type { Frame, Waveform } from "../../core/media.ts";
import type { Media, MediaInfo, MediaSource } from "../../core/ports.ts";
import { resampler } from "../../preprocess/speech/resample.ts";
import { isWav, readWav } from "../../preprocess/speech/wav.ts";
import { decodePicture, pixelsOf } from "./picture.ts";

/** What the page does for the worker. Sources are names that the page gave out. */
export interface PagePlayer {
  info(source: string): Promise<MediaInfo>;
  /** The whole sound track, mono. */
  sound(source: string, sampleRate: number): Promise<Waveform>;
  /** The frame at a time, or undefined behind the end. */
  frame(source: string, timeMs: number, maxSide: number): Promise<ImageBitmap | undefined>;
}

function bytesOf(source: MediaSource): Uint8Array {
  if (typeof source !== "string") return source;
  throw new AffektError("media", "A browser reads no paths.", "Pass the bytes of the file.");
}

const PIECE_SECONDS = 10;

async function* pieces({ samples, sampleRate }: Waveform, toRate: number): AsyncGenerator<Waveform> {
  const stream = resampler(sampleRate, toRate);
  const step = PIECE_SECONDS * sampleRate;
  for (let start = 0; start < samples.length; start += step) {
    yield { samples: stream.push(samples.subarray(start, start + step)), sampleRate: toRate };
  }
  const rest = stream.flush();
  if (rest.length > 0) yield { samples: rest, sampleRate: toRate };
}

export function webMedia(player: PagePlayer): Media {
  return {
    picture: async (source) => decodePicture(bytesOf(source)),
    info: async (source) =>
      typeof source === "string" ? player.info(source) : { durationMs: 0, hasAudio: true, hasVideo: false },
    async *sound(source, { sampleRate = 16_000 } = {}) {
      if (typeof source !== "string" && !isWav(source)) {
        throw new AffektError("media", "The sound is no WAV file.", "Let the page decode it first.");
      }
      yield* pieces(typeof source === "string" ? await player.sound(source, sampleRate) : readWav(source), sampleRate);
    },
    async *frames(source, { fps = 5, maxSide = 640 } = {}) {
      const name = typeof source === "string" ? source : "";
      const { durationMs } = await player.info(name);
      for (let index = 0; index * (1000 / fps) < durationMs; index++) {
        const timeMs = Math.round(index * (1000 / fps));
        const bitmap = await player.frame(name, timeMs, maxSide);
        if (bitmap === undefined) return;
        yield { picture: pixelsOf(bitmap), timeMs } satisfies Frame;
      }
    },
  };
}
