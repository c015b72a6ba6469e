/** What a training needs of this machine. */
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { TextHash } from "../../core/ports.ts";
import type { TrainingPorts } from "../../train/run.ts";
import type { FaceMedia } from "../../train/tasks/face-crops.ts";
import { createDecodePool } from "./decode-pool.ts";
import { nodeFiles } from "./files.ts";
import { heldBytes } from "./held-bytes.ts";
import { nodeMedia } from "./media.ts";
import { nodeRuntime } from "./runtime.ts";
import { SPEECH_RATE } from "./sound.ts";

/** On OpenSSL's SHA-256. */
export function nodeTextHash(): TextHash {
  const hash = createHash("sha256");
  return { add: (text) => void hash.update(text), hex: () => hash.digest("hex") };
}

/**
 * @param signal ends the training after the step it is in
 * @throws AffektError `usage` if the environment is wrong
 */
export function nodeTrainingPorts(signal?: AbortSignal): TrainingPorts {
  const held = heldBytes();
  const pool = createDecodePool(signal === undefined ? {} : { signal });
  const media: FaceMedia = { ...nodeMedia(), crops: (sheets, side) => pool.crops(sheets, side) };
  return {
    runtime: nodeRuntime(),
    files: nodeFiles(),
    media,
    sounds: (places) => pool.clips(places, SPEECH_RATE),
    heldBytes: held,
    cacheFolder: process.env.AFFEKT_CACHE ?? ".cache/affekt/features",
    now: () => performance.now(),
    today: new Date().toISOString().slice(0, 10),
    sha256: (text) => createHash("sha256").update(text).digest("hex"),
    textHash: nodeTextHash,
    turn: () => setImmediate(),
    ...(signal === undefined ? {} : { signal }),
  };
}
