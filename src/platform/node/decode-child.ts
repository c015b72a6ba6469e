/** The worker process of decode-pool.ts: answers one request after the other, and ends with the process that asks. */
import sharp from "sharp";
import { AffektError } from "../../core/errors.ts";
import { cutSound, pictureCutter } from "../../evaluate/media-reader.ts";
import { squareCrops } from "../../preprocess/face/square-crops.ts";
import type { Decoded, DecodeJob } from "./decode-pool.ts";
import { nodeMedia } from "./media.ts";
import { readPicture } from "./picture.ts";
import { decodeSounds } from "./sound-batch.ts";
import type { Answer, Reply, Request } from "./worker-pool.ts";

// Each worker is one of several.
sharp.concurrency(1);

function failed(cause: unknown): Answer<Decoded> {
  const { code, message, hint } =
    cause instanceof AffektError
      ? cause
      : new AffektError("internal", `Decoding failed: ${String(cause)}.`, "This is a mistake in affekt: report it.");
  return { error: { code, message, hint } };
}

const cut = pictureCutter(nodeMedia());

/** What is not worth doing together. */
async function alone(job: Exclude<DecodeJob, { kind: "sound" }>): Promise<Decoded> {
  switch (job.kind) {
    case "crops":
      return squareCrops(await readPicture(job.sheet.path), job.sheet.boxes, job.side);
    case "picture":
      return cut(job.place);
    case "clip":
      return cutSound(job.place, nodeMedia(), job.sampleRate);
  }
}

async function answersTo(jobs: readonly DecodeJob[]): Promise<Answer<Decoded>[]> {
  const answers: Answer<Decoded>[] = [];
  const sounds = jobs.flatMap((job, at) => (job.kind === "sound" ? [{ at, path: job.path }] : []));
  const paths = sounds.map(({ path }) => path);
  for await (const result of decodeSounds(paths, { processes: 1, filesPerProcess: paths.length })) {
    const { at } = sounds[result.index] as { at: number };
    answers[at] = "error" in result ? failed(result.error) : { value: result.sound };
  }
  for (const [at, job] of jobs.entries()) {
    if (job.kind === "sound") continue;
    answers[at] = await alone(job).then((value) => ({ value }), failed);
  }
  return answers;
}

async function answer({ id, jobs }: Request<DecodeJob>): Promise<void> {
  const answers = await answersTo(jobs).catch((cause: unknown) => jobs.map(() => failed(cause)));
  process.send?.({ id, answers } satisfies Reply<Decoded>);
}

let last = Promise.resolve();
process.on("disconnect", () => process.exit());
process.on("message", (request: Request<DecodeJob>) => {
  last = last.then(() => answer(request));
});
