/** Decoding with mediabunny in a process of its own, so that damaged media can end nothing but that process. */
import { fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { AffektError, type ErrorCode } from "../../core/errors.ts";
import type { Frame, Waveform } from "../../core/media.ts";
import type { MediaInfo, MediaSource } from "../../core/ports.ts";
import { missingDecoder, undecodableError } from "./decode-errors.ts";
import { sourceName, sourcePath } from "./source.ts";

type Work =
  | { readonly kind: "sound" | "info" }
  | { readonly kind: "frames"; readonly fps: number; readonly maxSide: number };

/** What the process is told first. `name` is what messages call the file. */
export type Job = Work & { readonly path: string; readonly name: string };

/** What it answers to each question. */
export type Reply =
  | { readonly value: unknown }
  | { readonly done: true }
  | { readonly error: { readonly code: ErrorCode; readonly message: string; readonly hint: string } };

const OWN = fileURLToPath(import.meta.url);
/** `.js` when built, `.ts` from source, which Node 20 reads only with a loader. */
const ENDING = extname(OWN);
const CHILD = OWN.replace(/process\.[jt]s$/, `child${ENDING}`);
const LOADER = ENDING === ".ts" ? ["--import", "tsx"] : [];

function reasonOf(code: number | null, signal: string | null): string {
  return `the decoder ended without an answer (${signal ?? `exit code ${code}`})`;
}

/** The pieces of one job. The reader sets the pace; leaving the loop early ends the process. */
async function* decoded<T>(source: MediaSource, work: Work, signal?: AbortSignal): AsyncGenerator<T> {
  const name = sourceName(source);
  const file = await sourcePath(source);
  const child = fork(CHILD, [], {
    execArgv: LOADER,
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const abort = () => void child.kill("SIGKILL");
  signal?.addEventListener("abort", abort, { once: true });
  const ask = (message: Job | "next"): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const ended = (code: number | null, killed: string | null) => {
        if (signal?.aborted)
          reject(new AffektError("aborted", "Decoding was stopped by its caller.", "Nothing to do."));
        else reject(undecodableError(name, reasonOf(code, killed)));
      };
      const broken = (cause: Error) => reject(missingDecoder(name, cause));
      child.once("exit", ended).once("error", broken);
      child.once("message", (reply) => {
        child.off("exit", ended).off("error", broken);
        resolve(reply as Reply);
      });
      // A process that is gone already is told of by "exit".
      if (child.exitCode !== null || child.signalCode !== null) ended(child.exitCode, child.signalCode);
      else child.send(message, () => {});
    });
  try {
    let reply = await ask({ ...work, path: file.path, name });
    while ("value" in reply) {
      yield reply.value as T;
      reply = await ask("next");
    }
    if ("error" in reply) throw new AffektError(reply.error.code, reply.error.message, reply.error.hint);
  } finally {
    signal?.removeEventListener("abort", abort);
    // A late failure to start is told already.
    child.on("error", () => {});
    child.kill("SIGKILL");
    await file.remove();
  }
}

/** Sound as it comes, mixed to mono, at the file's own rate. @throws AffektError `media`, `missing-tool`, `aborted` */
export function bunnySoundApart(source: MediaSource, signal?: AbortSignal): AsyncGenerator<Waveform> {
  return decoded(source, { kind: "sound" }, signal);
}

/** @throws AffektError `media`, `missing-tool`, `aborted` */
export function bunnyFramesApart(
  source: MediaSource,
  fps: number,
  maxSide: number,
  signal?: AbortSignal,
): AsyncGenerator<Frame> {
  return decoded(source, { kind: "frames", fps, maxSide }, signal);
}

/** @throws AffektError `media`, `missing-tool` */
export async function bunnyInfoApart(source: MediaSource): Promise<MediaInfo> {
  for await (const info of decoded<MediaInfo>(source, { kind: "info" })) return info;
  throw undecodableError(sourceName(source), "no answer");
}
