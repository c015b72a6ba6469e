/**
 * The system's ffmpeg as a decoder, one process per file.
 *
 * Media is a way in for strangers. So only container formats of plain media are opened (playlists such as HLS or concat
 * could name other files), and only through the file and pipe protocols.
 */
import { execFile, spawn } from "node:child_process";
import { AffektError } from "../../core/errors.ts";
import { FFMPEG_HINT } from "./decode-errors.ts";

export interface Ffmpeg {
  readonly path: string;
  readonly version: string;
  /** Built with the SoX resampler. */
  readonly hasSoxr: boolean;
}

const FORMATS = [
  ...["aac", "ac3", "aiff", "amr", "ape", "asf", "au", "avi", "caf", "dv", "eac3", "flac", "flv", "gif", "ivf", "m4v"],
  ...["matroska", "webm", "mov", "mp4", "m4a", "3gp", "3g2", "mj2", "mp3", "mpeg", "mpegts", "mpegvideo", "mxf"],
  ...["nistsphere", "nut", "ogg", "sph", "tta", "w64", "wav", "wv", "yuv4mpegpipe"],
].join(",");

/** Options that stand before the input. */
export const SAFE_INPUT = ["-protocol_whitelist", "file,pipe", "-format_whitelist", FORMATS] as const;

/** A busy machine may take many seconds to start a program; only one that hangs takes longer than this. */
const ANSWER_MS = 60_000;

/** What ffmpeg this machine has, by command. Only a found one is remembered, so that one installed later is seen. */
const found = new Map<string, Ffmpeg>();

/** What the program says of its version; null if it cannot be started or fails. */
function versionText(command: string, limitMs: number): Promise<string | null> {
  return new Promise((resolve, reject) => {
    execFile(command, ["-version"], { timeout: limitMs, killSignal: "SIGKILL" }, (error, stdout) => {
      if (error?.killed !== true) return resolve(error ? null : stdout);
      // Not the same as a program that is not there: another decoder would give other samples, and nobody would know.
      reject(
        new AffektError(
          "missing-tool",
          `${command} did not tell its version within ${limitMs / 1000} s; expected an answer at once.`,
          "Try again when the machine is less busy, or let AFFEKT_FFMPEG name an ffmpeg that runs.",
          { cause: error },
        ),
      );
    });
  });
}

/**
 * @returns null if there is none
 * @throws AffektError `missing-tool` if there is one that does not answer
 */
export async function findFfmpeg(
  command = process.env["AFFEKT_FFMPEG"] || "ffmpeg",
  limitMs = ANSWER_MS,
): Promise<Ffmpeg | null> {
  const known = found.get(command);
  if (known !== undefined) return known;
  const text = await versionText(command, limitMs);
  if (text === null) return null;
  const ffmpeg: Ffmpeg = {
    path: command,
    version: /version (\S+)/.exec(text)?.[1] ?? "unknown",
    hasSoxr: text.includes("--enable-libsoxr"),
  };
  found.set(command, ffmpeg);
  return ffmpeg;
}

/** How a run of ffmpeg ended. */
export interface FfmpegEnd {
  readonly exitCode: number;
  /** The last lines of what it said. */
  readonly said: string;
}

/** Runs ffmpeg and streams its standard output. The reader sets the pace; leaving the loop early ends the process. */
export async function* ffmpegOutput(
  ffmpeg: Ffmpeg,
  args: readonly string[],
  signal?: AbortSignal,
  logLevel: "error" | "info" = "error",
): AsyncGenerator<Buffer, FfmpegEnd> {
  const child = spawn(ffmpeg.path, ["-nostdin", "-hide_banner", "-nostats", "-loglevel", logLevel, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-64_000);
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
  // The rejection is looked at below, after the output has been read.
  ended.catch(() => {});
  const abort = () => void child.kill("SIGKILL");
  signal?.addEventListener("abort", abort, { once: true });
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer;
    const exitCode = await ended.catch((cause: unknown) => {
      throw new AffektError("missing-tool", `Cannot start ${ffmpeg.path}: ${String(cause)}.`, FFMPEG_HINT, { cause });
    });
    if (signal?.aborted) throw new AffektError("aborted", "Decoding was stopped by its caller.", "Nothing to do.");
    return { exitCode, said: said.trim() };
  } finally {
    signal?.removeEventListener("abort", abort);
    if (child.exitCode === null) child.kill("SIGKILL");
  }
}

/** What ffmpeg says of a file that ends too early, and of one that is no medium at all; its last line tells neither. */
const CUT_OFF = /partial file|moov atom not found|ended prematurely/i;
const UNKNOWN = /not on whitelist|Invalid argument|Invalid data found when processing input/i;

/** The part of ffmpeg's words that tells a person something, without the paths of this machine. */
export function ffmpegReason(said: string): string {
  if (CUT_OFF.test(said)) return "it is cut off";
  if (UNKNOWN.test(said)) return "it is damaged, or neither a sound nor a film";
  const last = said.split("\n").findLast((line) => line.trim() !== "") ?? "no reason given";
  return last
    .replace(/^(\[[^\]]*\] )+/, "")
    .replace(/(file:)?\/\S*\//g, "")
    .replace(/^\S+: (?=[A-Z])/, "")
    .slice(0, 200);
}
