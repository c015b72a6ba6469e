/**
 * Frames of a video, upright, with square pixels, scaled down; and what a media file holds.
 *
 * ffmpeg writes every frame as a PPM picture, which names its own size: no second program has to be asked for it. The
 * reader sets the pace, so a video of any length takes the memory of a few frames.
 */
import { AffektError } from "../../core/errors.ts";
import type { Frame } from "../../core/media.ts";
import type { MediaInfo, MediaSource } from "../../core/ports.ts";
import { isWav, parseWavHeader } from "../../preprocess/speech/wav.ts";
import { noPicturesError, undecodableError } from "./decode-errors.ts";
import { type Ffmpeg, type FfmpegEnd, ffmpegOutput, ffmpegReason, findFfmpeg, SAFE_INPUT } from "./ffmpeg.ts";
import { sourceHead, sourceName, sourcePath, sourceSize } from "./source.ts";

export interface FrameOptions {
  /** At most this many frames a second, evenly spaced; a slower video repeats frames. Default 5. */
  readonly fps?: number;
  /** Neither side is longer than this; smaller pictures stay. Default 1,280. */
  readonly maxSide?: number;
  readonly signal?: AbortSignal;
  /** Which ffmpeg to use; null means none. Default: the one on the path, or in `AFFEKT_FFMPEG`. */
  readonly ffmpeg?: Ffmpeg | null;
}

/** 8K UHD is 33 million. */
const MAX_PIXELS = 50_000_000;

function checkOptions(fps: number, maxSide: number): void {
  if (fps > 0 && fps <= 1_000 && Number.isInteger(maxSide) && maxSide >= 16) return;
  throw new AffektError(
    "config",
    `Cannot take ${fps} frames a second with sides up to ${maxSide}.`,
    "Ask for more than 0 and at most 1,000 frames a second, and a side of at least 16 pixels.",
  );
}

/** Cuts a stream of bytes into PPM pictures. */
export function ppmReader(): (chunk: Uint8Array) => { width: number; height: number; data: Uint8Array }[] {
  let header = "";
  let size: { width: number; height: number } | null = null;
  let data = new Uint8Array(0);
  let filled = 0;
  return (chunk) => {
    const frames = [];
    for (let at = 0; at < chunk.length; ) {
      if (size === null) {
        header += String.fromCharCode(chunk[at++]!);
        const found = /^P6\s+(\d+)\s+(\d+)\s+255\s$/.exec(header);
        if (found !== null) {
          size = { width: Number(found[1]), height: Number(found[2]) };
          data = new Uint8Array(size.width * size.height * 3);
          filled = 0;
          header = "";
        } else if (header.length > 64) {
          throw new AffektError("internal", "The stream of frames lost its order.", "Report this with the file.");
        }
        continue;
      }
      const part = chunk.subarray(at, at + data.length - filled);
      data.set(part, filled);
      at += part.length;
      filled += part.length;
      if (filled === data.length) {
        frames.push({ ...size, data });
        size = null;
      }
    }
    return frames;
  };
}

/** @param ending what ffmpeg's `fps` filter does with frames that are less than half a period from the end */
async function* ffmpegFrames(
  source: MediaSource,
  ffmpeg: Ffmpeg,
  options: FrameOptions,
  ending: "round" | "pass" = "round",
): AsyncGenerator<Frame> {
  const { fps = 5, maxSide = 1_280, signal } = options;
  const name = sourceName(source);
  const file = await sourcePath(source);
  try {
    const filters = [
      `fps=${fps}:eof_action=${ending}`,
      "scale='max(1,trunc(iw*sar))':ih",
      "setsar=1",
      `scale='min(${maxSide},iw)':'min(${maxSide},ih)':force_original_aspect_ratio=decrease`,
    ];
    const args = [...SAFE_INPUT, "-max_pixels", String(MAX_PIXELS), "-i", `file:${file.path}`, "-map", "0:V:0"];
    args.push("-an", "-sn", "-dn", "-vf", filters.join(","), "-pix_fmt", "rgb24", "-c:v", "ppm");
    args.push("-f", "image2pipe", "pipe:1");
    const output = ffmpegOutput(ffmpeg, args, signal);
    const read = ppmReader();
    let count = 0;
    try {
      for (;;) {
        const { value, done } = await output.next();
        if (done) {
          if (/matches no streams/.test(value.said)) throw noPicturesError(name);
          // A clip shorter than half a period rounds to no frame at all: then its last one stands for it.
          if (count === 0 && value.exitCode === 0 && ending === "round") break;
          if (count === 0 || value.exitCode !== 0) throw undecodableError(name, ffmpegReason(value.said));
          return;
        }
        for (const { width, height, data } of read(value)) {
          yield { picture: { data, width, height, channels: 3 }, timeMs: (1000 * count++) / fps };
        }
      }
    } finally {
      await output.return({ exitCode: 0, said: "" });
    }
  } finally {
    await file.remove();
  }
  yield* ffmpegFrames(source, ffmpeg, options, "pass");
}

/**
 * Frames in order of time, RGB.
 *
 * @throws AffektError `file`, `media` (empty, damaged, of another kind, without pictures), `missing-tool`, `config`,
 *   `aborted`
 */
export async function* videoFrames(source: MediaSource, options: FrameOptions = {}): AsyncGenerator<Frame> {
  const { fps = 5, maxSide = 1_280 } = options;
  checkOptions(fps, maxSide);
  await sourceSize(source);
  const ffmpeg = options.ffmpeg === undefined ? await findFfmpeg() : options.ffmpeg;
  if (ffmpeg !== null) {
    yield* ffmpegFrames(source, ffmpeg, options);
  } else {
    const { bunnyFramesApart } = await import("./mediabunny-process.ts");
    yield* bunnyFramesApart(source, fps, maxSide, options.signal);
  }
}

async function runToEnd(output: AsyncGenerator<Buffer, FfmpegEnd>): Promise<FfmpegEnd & { text: string }> {
  let text = "";
  for (;;) {
    const { value, done } = await output.next();
    if (done) return { ...value, text };
    text = (text + value.toString("utf8")).slice(-4_000);
  }
}

function clockMs(text: string | undefined): number | null {
  const found = /(\d+):(\d\d):(\d\d(?:\.\d+)?)/.exec(text ?? "");
  return found === null ? null : 1000 * (3_600 * Number(found[1]) + 60 * Number(found[2]) + Number(found[3]));
}

async function ffmpegInfo(source: MediaSource, ffmpeg: Ffmpeg): Promise<MediaInfo> {
  const file = await sourcePath(source);
  try {
    const input = [...SAFE_INPUT, "-i", `file:${file.path}`];
    // Without an output ffmpeg describes its input and ends with an error.
    const { said } = await runToEnd(ffmpegOutput(ffmpeg, input, undefined, "info"));
    const streams = said.split("\n").filter((line) => /^\s*Stream #0/.test(line));
    const hasAudio = streams.some((line) => line.includes(" Audio: "));
    const hasVideo = streams.some((line) => line.includes(" Video: ") && !line.includes("(attached pic)"));
    if (!hasAudio && !hasVideo) {
      const reason =
        said.split("\n").find((line) => /Invalid data|not found|moov/.test(line)) ??
        "it holds no sound and no pictures";
      throw undecodableError(sourceName(source), ffmpegReason(reason));
    }
    let durationMs = clockMs(/Duration: ([\d:.]+)/.exec(said)?.[1]);
    if (durationMs === null) {
      // Recordings of a browser do not know their length: walk through them without decoding.
      const args = [...input, "-c", "copy", "-progress", "pipe:1", "-f", "null", "-"];
      const { text } = await runToEnd(ffmpegOutput(ffmpeg, args));
      durationMs = clockMs(/.*out_time=([\d:.]+)/s.exec(text)?.[1]) ?? 0;
    }
    return { durationMs, hasAudio, hasVideo };
  } finally {
    await file.remove();
  }
}

/**
 * What a media file holds.
 *
 * @throws AffektError `file`, `media` (empty, damaged, of another kind), `limit` (absurd header), `missing-tool`
 */
export async function mediaInfo(
  source: MediaSource,
  options: { readonly ffmpeg?: Ffmpeg | null } = {},
): Promise<MediaInfo> {
  const bytes = await sourceSize(source);
  const head = await sourceHead(source, 65_536);
  if (isWav(head)) {
    try {
      const format = parseWavHeader(head, bytes);
      if (format !== null) {
        const durationMs = (1000 * format.dataBytes) / format.blockBytes / format.sampleRate;
        return { durationMs, hasAudio: true, hasVideo: false };
      }
    } catch (error) {
      // Another encoding inside WAV is for ffmpeg; an absurd header is for nobody.
      if (!(error instanceof AffektError) || error.code === "limit") throw error;
    }
  }
  const ffmpeg = options.ffmpeg === undefined ? await findFfmpeg() : options.ffmpeg;
  if (ffmpeg !== null) return ffmpegInfo(source, ffmpeg);
  const { bunnyInfoApart } = await import("./mediabunny-process.ts");
  return bunnyInfoApart(source);
}
