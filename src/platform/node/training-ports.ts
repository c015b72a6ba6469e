/** What a training needs of this machine. */
import { createHash } from "node:crypto";
import type { TrainingPorts } from "../../train/run.ts";
import { nodeFiles } from "./files.ts";
import { nodeMedia } from "./media.ts";
import { nodeRuntime } from "./runtime.ts";
import { decodeSounds } from "./sound-batch.ts";

/** @param signal ends the training after the step it is in */
export function nodeTrainingPorts(signal?: AbortSignal): TrainingPorts {
  return {
    runtime: nodeRuntime(),
    files: nodeFiles(),
    media: nodeMedia(),
    async *sounds(paths) {
      for await (const result of decodeSounds(paths)) {
        if ("error" in result) throw result.error;
        yield result.sound;
      }
    },
    cacheFolder: process.env.AFFEKT_CACHE ?? ".cache/affekt/features",
    now: () => performance.now(),
    today: new Date().toISOString().slice(0, 10),
    sha256: (text) => createHash("sha256").update(text).digest("hex"),
    ...(signal === undefined ? {} : { signal }),
  };
}
