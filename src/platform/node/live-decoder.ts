/** A recording that is still going on, decoded as it comes: one ffmpeg per recording, fed and read through pipes. */
import { spawn } from "node:child_process";
import { AffektError } from "../../core/errors.ts";
import { FFMPEG_HINT } from "./decode-errors.ts";
import { ffmpegReason, findFfmpeg } from "./ffmpeg.ts";

export interface LiveDecoder {
  /** Resolves when there is room for more. @throws AffektError `media` if what came before could not be decoded */
  push(bytes: Uint8Array): Promise<void>;
  /** Resolves when all that was pushed has been decoded. */
  end(): Promise<void>;
  /** Ends it at once. */
  close(): void;
}

/** The containers that browsers record Opus into, by their first bytes. */
const CONTAINERS = [
  { format: "ogg", begins: [0x4f, 0x67, 0x67, 0x53] },
  { format: "matroska", begins: [0x1a, 0x45, 0xdf, 0xa3] },
] as const;

const SAMPLE_BYTES = 4;

function containerOf(first: Uint8Array): string {
  const found = CONTAINERS.find(({ begins }) => begins.every((byte, at) => first[at] === byte));
  if (found !== undefined) return found.format;
  throw new AffektError(
    "media",
    "The recording is neither Ogg nor WebM; expected one from its first byte on.",
    "Send what MediaRecorder gives, every chunk of it, or send PCM.",
  );
}

/**
 * @param first bytes of the recording, to tell its container by; they must be pushed, too
 * @param sampleRate of what comes out, in Hz
 * @param heard is called with 32-bit floats, mono, in pieces of any length
 * @throws AffektError `media` if it is neither Ogg nor WebM, `missing-tool` if there is no ffmpeg
 */
export async function openLiveDecoder(
  first: Uint8Array,
  sampleRate: number,
  heard: (floats: Uint8Array) => void,
): Promise<LiveDecoder> {
  const format = containerOf(first);
  const ffmpeg = await findFfmpeg();
  if (ffmpeg === null) throw new AffektError("missing-tool", "There is no ffmpeg to decode Opus with.", FFMPEG_HINT);
  // Without these, half a second and more is read before the first sample comes out.
  const soon = ["-fflags", "nobuffer", "-flags", "low_delay", "-probesize", "4096", "-analyzeduration", "0"];
  const input = ["-protocol_whitelist", "pipe", "-f", format, "-i", "pipe:0"];
  const output = ["-map", "0:a:0", "-f", "f32le", "-ac", "1", "-ar", `${sampleRate}`, "-flush_packets", "1", "pipe:1"];
  const child = spawn(ffmpeg.path, ["-hide_banner", "-nostats", "-loglevel", "error", ...soon, ...input, ...output], {
    stdio: "pipe",
  });
  let said = "";
  let rest: Uint8Array = new Uint8Array(0);
  let failed: AffektError | undefined;
  const { promise: ended, resolve } = deferred();
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4_000);
  });
  child.stdout.on("data", (chunk: Buffer) => {
    const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = all.length - (all.length % SAMPLE_BYTES);
    rest = all.subarray(whole);
    if (whole > 0) heard(new Uint8Array(all.subarray(0, whole)));
  });
  child.on("error", (cause) => {
    failed = new AffektError("missing-tool", "ffmpeg could not be started.", FFMPEG_HINT, { cause });
    resolve();
  });
  child.on("close", (code) => {
    if (code !== 0) {
      const reason = ffmpegReason(said);
      failed ??= new AffektError("media", `The recording could not be decoded: ${reason}.`, "Check the recorder.");
    }
    resolve();
  });
  // What is written after its end fails here; why it ended is told by `failed`.
  child.stdin.on("error", () => {});

  return {
    async push(bytes) {
      if (failed !== undefined) throw failed;
      if (child.stdin.write(bytes)) return;
      await new Promise<void>((done) => {
        child.stdin.once("drain", done);
        void ended.then(done);
      });
    },
    async end() {
      child.stdin.end();
      await ended;
      if (failed !== undefined) throw failed;
    },
    close: () => void child.kill("SIGKILL"),
  };
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
