/**
 * Decodes thousands of short clips for training.
 *
 * Starting ffmpeg costs more than decoding a clip of three seconds, so one process decodes many files.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AffektError } from "../../core/errors.ts";
import type { Waveform } from "../../core/media.ts";
import { type Ffmpeg, ffmpegOutput, findFfmpeg, SAFE_INPUT } from "./ffmpeg.ts";
import { decodeSound, monoFilter, SPEECH_RATE } from "./sound.ts";

export interface SoundBatchOptions {
  /** In Hz. Default 16,000. */
  readonly sampleRate?: number;
  /** Processes at a time. Default 2. */
  readonly processes?: number;
  /** Files per process. Default 48. */
  readonly filesPerProcess?: number;
  readonly signal?: AbortSignal;
  readonly ffmpeg?: Ffmpeg | null;
}

/** One file's sound, or why it has none. */
export type BatchSound =
  | { readonly index: number; readonly path: string; readonly sound: Waveform }
  | { readonly index: number; readonly path: string; readonly error: AffektError };

async function decodeOne(path: string, index: number, options: SoundBatchOptions): Promise<BatchSound> {
  try {
    return { index, path, sound: await decodeSound(path, options) };
  } catch (error) {
    if (error instanceof AffektError && error.code !== "aborted") return { index, path, error };
    throw error;
  }
}

/** A group in one process; the files it could not decode are tried again one by one, for their reason. */
async function decodeGroup(
  paths: readonly string[],
  firstIndex: number,
  options: SoundBatchOptions,
): Promise<BatchSound[]> {
  const { sampleRate = SPEECH_RATE, signal } = options;
  const ffmpeg = options.ffmpeg === undefined ? await findFfmpeg() : options.ffmpeg;
  const sounds = new Map<number, Float32Array>();
  const inOneGo = paths.map((_, i) => i).filter((i) => !paths[i]!.toLowerCase().endsWith(".wav"));
  if (ffmpeg !== null && inOneGo.length > 1) {
    const folder = await mkdtemp(join(tmpdir(), "affekt-"));
    try {
      const args = ["-y", "-filter_threads", "1"];
      for (const i of inOneGo) args.push(...SAFE_INPUT, "-threads", "1", "-i", `file:${paths[i]!}`);
      for (const [input, i] of inOneGo.entries()) {
        args.push("-map", `${input}:a:0`, "-vn", "-af", monoFilter(sampleRate, ffmpeg), "-f", "f32le");
        args.push(join(folder, `${i}.f32`));
      }
      const output = ffmpegOutput(ffmpeg, args, signal);
      let step = await output.next();
      while (!step.done) step = await output.next();
      // One bad file stops the others at an unknown place, so then none of the outputs is trusted.
      for (const i of step.value.exitCode === 0 ? inOneGo : []) {
        const bytes = await readFile(join(folder, `${i}.f32`)).catch(() => new Uint8Array(0));
        if (bytes.length >= 4) {
          const copy = bytes.slice(0, bytes.length - (bytes.length % 4));
          sounds.set(i, new Float32Array(new Uint8Array(copy).buffer));
        }
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const results: BatchSound[] = [];
  for (const [i, path] of paths.entries()) {
    const samples = sounds.get(i);
    const index = firstIndex + i;
    results.push(
      samples === undefined
        ? await decodeOne(path, index, { ...options, ffmpeg })
        : { index, path, sound: { samples, sampleRate } },
    );
  }
  return results;
}

/**
 * Decodes many files, in order. A file that cannot be decoded does not stop the rest.
 *
 * @throws AffektError `aborted`
 */
export async function* decodeSounds(
  paths: readonly string[],
  options: SoundBatchOptions = {},
): AsyncGenerator<BatchSound> {
  const { processes = 2, filesPerProcess = 48 } = options;
  const running: Promise<BatchSound[]>[] = [];
  let next = 0;
  const start = () => {
    if (next >= paths.length) return;
    const group = decodeGroup(paths.slice(next, next + filesPerProcess), next, options);
    // A later group may fail while an earlier one is awaited; its failure is seen when its turn comes.
    group.catch(() => {});
    running.push(group);
    next += filesPerProcess;
  };
  for (let i = 0; i < processes; i++) start();
  for (let group = running.shift(); group !== undefined; group = running.shift()) {
    const results = await group;
    start();
    yield* results;
  }
}
