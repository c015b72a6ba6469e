/**
 * Sound of audio and video files as mono pieces.
 *
 * Three ways, fastest first: WAV is read here; everything else goes through the system's ffmpeg; without it, through
 * mediabunny (optional packages). All of them decode piece by piece, so that hours fit in constant memory.
 */
import { open } from "node:fs/promises";
import { AffektError } from "../../core/errors.ts";
import type { Waveform } from "../../core/media.ts";
import type { MediaSource } from "../../core/ports.ts";
import { resampler } from "../../preprocess/speech/resample.ts";
import { isWav, parseWavHeader, type WavFormat, wavToMono } from "../../preprocess/speech/wav.ts";
import { noSoundError, undecodableError } from "./decode-errors.ts";
import { type Ffmpeg, ffmpegOutput, ffmpegReason, findFfmpeg, SAFE_INPUT } from "./ffmpeg.ts";
import { sourceHead, sourceName, sourcePath, sourceSize } from "./source.ts";

export interface SoundOptions {
  /** Of the result, in Hz. Default 16,000. */
  readonly sampleRate?: number;
  /** Length of a piece; the last is shorter. Default 1,000. */
  readonly pieceMs?: number;
  readonly signal?: AbortSignal;
  /** Which ffmpeg to use; null means none. Default: the one on the path, or in `AFFEKT_FFMPEG`. */
  readonly ffmpeg?: Ffmpeg | null;
}

export const SPEECH_RATE = 16_000;
const HEAD_BYTES = 65_536;
/** Four hours at 16 kHz are 0.9 GB: more than anyone wants in one array. */
const MAX_WHOLE_SECONDS = 4 * 3_600;

/** ffmpeg's filter for mono float at a rate. Without `rematrix_maxval` a stereo file would come out 3 dB too loud. */
export function monoFilter(sampleRate: number, ffmpeg: Ffmpeg): string {
  const quality = ffmpeg.hasSoxr ? ":resampler=soxr" : "";
  return `aresample=${sampleRate}${quality}:rematrix_maxval=1,aformat=sample_fmts=flt:channel_layouts=mono`;
}

/** Cuts a stream of samples of any lengths into pieces of one length. */
async function* inPieces(chunks: AsyncIterable<Float32Array>, sampleRate: number, pieceMs: number) {
  const size = Math.max(1, Math.round((sampleRate * pieceMs) / 1000));
  let piece = new Float32Array(size);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + size - filled);
      piece.set(part, filled);
      at += part.length;
      filled += part.length;
      if (filled === size) {
        yield { samples: piece, sampleRate };
        piece = new Float32Array(size);
        filled = 0;
      }
    }
  }
  if (filled > 0) yield { samples: piece.slice(0, filled), sampleRate };
}

async function* wavChunks(source: MediaSource, format: WavFormat, sampleRate: number): AsyncGenerator<Float32Array> {
  const stream = resampler(format.sampleRate, sampleRate);
  const end = format.dataOffset + format.dataBytes;
  const step = Math.max(1, Math.floor(262_144 / format.blockBytes)) * format.blockBytes;
  const file = typeof source === "string" ? await open(source) : null;
  try {
    for (let at = format.dataOffset; at < end; at += step) {
      const length = Math.min(step, end - at);
      let blocks: Uint8Array;
      if (typeof source === "string") {
        const { bytesRead, buffer } = await file!.read(new Uint8Array(length), 0, length, at);
        blocks = buffer.subarray(0, bytesRead);
      } else {
        blocks = source.subarray(at, at + length);
      }
      yield stream.push(wavToMono(blocks, format));
    }
    yield stream.flush();
  } finally {
    await file?.close();
  }
}

/** Raw little-endian floats from ffmpeg; a chunk may end in the middle of a sample. */
async function* ffmpegChunks(
  source: MediaSource,
  ffmpeg: Ffmpeg,
  sampleRate: number,
  signal?: AbortSignal,
): AsyncGenerator<Float32Array> {
  const name = sourceName(source);
  const file = await sourcePath(source);
  try {
    const args = [...SAFE_INPUT, "-i", `file:${file.path}`, "-map", "0:a:0", "-vn", "-sn", "-dn"];
    args.push("-af", monoFilter(sampleRate, ffmpeg), "-f", "f32le", "pipe:1");
    const output = ffmpegOutput(ffmpeg, args, signal);
    let rest: Uint8Array = new Uint8Array(0);
    let samples = 0;
    try {
      for (;;) {
        const { value, done } = await output.next();
        if (done) {
          if (/matches no streams/.test(value.said)) throw noSoundError(name);
          if (samples === 0) throw undecodableError(name, ffmpegReason(value.said));
          if (value.exitCode !== 0) throw undecodableError(name, ffmpegReason(value.said));
          return;
        }
        const bytes = new Uint8Array(rest.length + value.length);
        bytes.set(rest);
        bytes.set(value, rest.length);
        const whole = bytes.length - (bytes.length % 4);
        rest = bytes.slice(whole);
        samples += whole / 4;
        if (whole > 0) yield new Float32Array(bytes.buffer, 0, whole / 4);
      }
    } finally {
      await output.return({ exitCode: 0, said: "" });
    }
  } finally {
    await file.remove();
  }
}

async function* mediabunnyChunks(
  source: MediaSource,
  sampleRate: number,
  signal?: AbortSignal,
): AsyncGenerator<Float32Array> {
  const { bunnySoundApart } = await import("./mediabunny-process.ts");
  let stream: ReturnType<typeof resampler> | undefined;
  for await (const { samples, sampleRate: rate } of bunnySoundApart(source, signal)) {
    stream ??= resampler(rate, sampleRate);
    yield stream.push(samples);
  }
  if (stream !== undefined) yield stream.flush();
}

/**
 * Decodes the sound track of a file piece by piece.
 *
 * @param source path or bytes of an audio or video file
 * @throws AffektError `file` (cannot be read), `media` (empty, damaged, of another kind, without sound), `limit` (absurd
 *   header), `missing-tool` (no decoder on this machine), `aborted`
 */
export async function* soundPieces(source: MediaSource, options: SoundOptions = {}): AsyncGenerator<Waveform> {
  const { sampleRate = SPEECH_RATE, pieceMs = 1_000, signal } = options;
  const name = sourceName(source);
  const bytes = await sourceSize(source);
  const head = await sourceHead(source, HEAD_BYTES);
  let chunks: AsyncIterable<Float32Array> | undefined;
  if (isWav(head)) {
    let format: WavFormat | null = null;
    try {
      format = parseWavHeader(head, bytes);
    } catch (error) {
      // WAV can wrap other encodings (ADPCM, A-law): those are for ffmpeg. An absurd header is for nobody.
      if (!(error instanceof AffektError) || error.code === "limit") throw error;
    }
    if (format !== null) {
      if (format.dataBytes === 0) throw undecodableError(name, "the WAV header is followed by 0 samples");
      chunks = wavChunks(source, format, sampleRate);
    }
  }
  if (chunks === undefined) {
    const ffmpeg = options.ffmpeg === undefined ? await findFfmpeg() : options.ffmpeg;
    chunks =
      ffmpeg === null ? mediabunnyChunks(source, sampleRate, signal) : ffmpegChunks(source, ffmpeg, sampleRate, signal);
  }
  for await (const piece of inPieces(chunks, sampleRate, pieceMs)) {
    if (signal?.aborted) throw new AffektError("aborted", "Decoding was stopped by its caller.", "Nothing to do.");
    yield piece;
  }
}

/**
 * Decodes a whole sound track.
 *
 * @param options.maxSeconds longer sound is refused. Default four hours
 * @throws AffektError as `soundPieces`, and `limit` if it is longer than `maxSeconds`
 */
export async function decodeSound(
  source: MediaSource,
  options: SoundOptions & { readonly maxSeconds?: number } = {},
): Promise<Waveform> {
  const { sampleRate = SPEECH_RATE, maxSeconds = MAX_WHOLE_SECONDS } = options;
  const pieces: Float32Array[] = [];
  let length = 0;
  for await (const { samples } of soundPieces(source, { pieceMs: 10_000, ...options })) {
    pieces.push(samples);
    length += samples.length;
    if (length > maxSeconds * sampleRate) {
      throw new AffektError(
        "limit",
        `${sourceName(source)} is longer than ${maxSeconds} s, the most that is decoded in one go.`,
        "Read it with soundPieces, or cut it.",
      );
    }
  }
  if (pieces.length === 1) return { samples: pieces[0]!, sampleRate };
  const samples = new Float32Array(length);
  let at = 0;
  for (const piece of pieces) {
    samples.set(piece, at);
    at += piece.length;
  }
  return { samples, sampleRate };
}
