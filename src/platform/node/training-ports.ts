/** What a training needs of this machine. */
import { createHash } from "node:crypto";
import type { Settled } from "../../core/settled.ts";
import type { TrainingPorts } from "../../train/run.ts";
import type { FaceMedia } from "../../train/tasks/face-crops.ts";
import { createDecodePool } from "./decode-pool.ts";
import { nodeFiles } from "./files.ts";
import { nodeMedia } from "./media.ts";
import { nodeRuntime } from "./runtime.ts";

/** One that cannot be decoded ends the training. */
async function* valuesOf<T>(answers: AsyncIterable<Settled<T>>): AsyncGenerator<T> {
  for await (const answer of answers) {
    if ("error" in answer) throw answer.error;
    yield answer.value;
  }
}

/** @param signal ends the training after the step it is in */
export function nodeTrainingPorts(signal?: AbortSignal): TrainingPorts {
  const pool = createDecodePool(signal === undefined ? {} : { signal });
  const media: FaceMedia = { ...nodeMedia(), crops: (sheets, side) => valuesOf(pool.crops(sheets, side)) };
  return {
    runtime: nodeRuntime(),
    files: nodeFiles(),
    media,
    sounds: (paths) => valuesOf(pool.sounds(paths)),
    cacheFolder: process.env.AFFEKT_CACHE ?? ".cache/affekt/features",
    now: () => performance.now(),
    today: new Date().toISOString().slice(0, 10),
    sha256: (text) => createHash("sha256").update(text).digest("hex"),
    ...(signal === undefined ? {} : { signal }),
  };
}
