/**
 * The process in which mediabunny decodes one file. Its native decoder may answer damaged media with a rejection that
 * nobody can catch, or with a crash: either ends this process, never the caller's.
 *
 * Started by mediabunny-process.ts. The first message is the job; every further one asks for the next piece.
 */
import { AffektError } from "../../core/errors.ts";
import { undecodableError } from "./decode-errors.ts";
import { bunnySound } from "./mediabunny.ts";
import type { Job, Reply } from "./mediabunny-process.ts";
import { bunnyFrames, bunnyInfo } from "./mediabunny-video.ts";

let name = "the file";
let pieces: AsyncIterator<unknown> | undefined;
let asked = false;

function answer(reply: Reply): void {
  // Whatever is said after the answer to the last question is about a file that is given up already.
  if (!asked) return;
  asked = false;
  process.send?.(reply);
}

function fail(cause: unknown): void {
  const reason = cause instanceof Error ? cause.message.replace(/\.$/, "") : "no reason given";
  const { code, message, hint } = cause instanceof AffektError ? cause : undecodableError(name, reason);
  answer({ error: { code, message, hint } });
}

async function* once<T>(value: Promise<T>): AsyncGenerator<T> {
  yield await value;
}

function start(job: Job): AsyncIterator<unknown> {
  if (job.kind === "sound") return bunnySound(job.path, job.name);
  if (job.kind === "frames") return bunnyFrames(job.path, job.name, job.fps, job.maxSide);
  return once(bunnyInfo(job.path, job.name));
}

process.on("unhandledRejection", fail);
process.on("uncaughtException", fail);
process.on("disconnect", () => process.exit());
process.on("message", (message: Job | "next") => {
  asked = true;
  if (message !== "next") {
    name = message.name;
    pieces = start(message);
  }
  pieces?.next().then(({ value, done }) => answer(done === true ? { done } : { value }), fail);
});
