/** Decodes pictures and sounds in worker processes, so that thousands of files are ready when a training asks for them. */
import { availableParallelism } from "node:os";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Picture, Waveform } from "../../core/media.ts";
import type { Settled } from "../../core/settled.ts";
import type { Locator } from "../../data/locator.ts";
import type { FaceSheet } from "../../train/tasks/face-crops.ts";
import { undecodableError } from "./decode-errors.ts";
import { SPEECH_RATE } from "./sound.ts";
import { sourceName } from "./source.ts";
import { createWorkerPool } from "./worker-pool.ts";

/** What a worker is asked for. */
export type DecodeJob =
  | { readonly kind: "crops"; readonly sheet: FaceSheet; readonly side: number }
  | { readonly kind: "sound"; readonly path: string }
  | { readonly kind: "picture"; readonly place: Locator }
  | { readonly kind: "clip"; readonly place: Locator; readonly sampleRate: number };

/** Crops as `[boxes, side, side]` grey levels, a picture, or sound. */
export type Decoded = Uint8Array | Picture | Waveform;

export interface DecodePoolOptions {
  /** Processes at a time. Default as many as this machine has processors, at most 4. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
}

export interface DecodePool {
  /** Crops of each picture in order. What cannot be decoded, or ends its worker, is an error in its place. */
  crops(sheets: Iterable<FaceSheet>, side: number): AsyncGenerator<Settled<Uint8Array>>;
  /** The picture at each place in order; errors likewise. Rows of one strip shall follow each other. */
  pictures(places: Iterable<Locator>): AsyncGenerator<Settled<Picture>>;
  /** The part of a sound at each place in order, mono at `sampleRate` Hz; errors likewise. */
  clips(places: Iterable<Locator>, sampleRate: number): AsyncGenerator<Settled<Waveform>>;
  /** Ends the workers. */
  close(): void;
}

const OWN = fileURLToPath(import.meta.url);
const CHILD = OWN.replace(/pool\.[jt]s$/, `child${extname(OWN)}`);

/** Small pictures cost little more than the message about them. */
const PICTURES_A_MESSAGE = 8;
/** One start of ffmpeg decodes them all. */
const SOUNDS_A_MESSAGE = 12;

/** A whole picture is large. */
const WHOLE_PICTURES_A_MESSAGE = 1;

function pathOf(job: DecodeJob): string {
  switch (job.kind) {
    case "sound":
      return job.path;
    case "crops":
      return job.sheet.path;
    default:
      return job.place.path;
  }
}

function* eachJob<T>(items: Iterable<T>, toJob: (item: T) => DecodeJob): Generator<DecodeJob> {
  for (const item of items) yield toJob(item);
}

/** Workers start when there is something to do, and end when there has been nothing for a while. */
export function createDecodePool({ workers, signal }: DecodePoolOptions = {}): DecodePool {
  const pool = createWorkerPool<DecodeJob, Decoded>({
    script: CHILD,
    workers: workers ?? Math.min(4, availableParallelism()),
    lost: (job, reason) => undecodableError(sourceName(pathOf(job)), reason),
    ...(signal === undefined ? {} : { signal }),
  });
  return {
    crops: (sheets, side) =>
      pool.map(
        eachJob(sheets, (sheet) => ({ kind: "crops", sheet, side })),
        PICTURES_A_MESSAGE,
      ) as AsyncGenerator<Settled<Uint8Array>>,
    pictures: (places) =>
      pool.map(
        eachJob(places, (place) => ({ kind: "picture", place })),
        WHOLE_PICTURES_A_MESSAGE,
      ) as AsyncGenerator<Settled<Picture>>,
    clips: (places, sampleRate) =>
      pool.map(
        eachJob(places, (place) =>
          place.startMs === undefined && place.endMs === undefined && sampleRate === SPEECH_RATE
            ? { kind: "sound", path: place.path }
            : { kind: "clip", place, sampleRate },
        ),
        SOUNDS_A_MESSAGE,
      ) as AsyncGenerator<Settled<Waveform>>,
    close: pool.close,
  };
}
