/** Rows and media of two labels that are told apart by what they look and sound like; nothing is on disk. */
import { createHash } from "node:crypto";
import type { Picture, Waveform } from "../../src/core/media.ts";
import type { WritableFiles } from "../../src/core/ports.ts";
import type { Split } from "../../src/data/row.ts";
import { nodeRuntime } from "../../src/platform/node/runtime.ts";
import { nodeTextHash } from "../../src/platform/node/training-ports.ts";
import type { TrainingPorts } from "../../src/train/run.ts";
import { join, tone } from "./sounds.ts";

export const TINY_LABELS = ["anger", "joy"];

/** A grey square: joy is bright. */
export function square(level: number, side = 32): Picture {
  return { data: new Uint8Array(side * side * 3).fill(level), width: side, height: side, channels: 3 };
}

/** Joy, of an odd number, is high. */
export function voice(index: number): Waveform {
  return join(tone(index % 2 ? 900 : 200, 0.3), tone(300 + index, 0.1));
}

/** One row per subject, with all that a training may ask for; the last quarter is for selection. */
export function tinyRows(
  count: number,
  split: (index: number) => Split = (index) => (index < count * 0.75 ? "train" : "validation"),
) {
  return Array.from({ length: count }, (_, index) => ({
    id: `r${index}`,
    subject: `s${index}`,
    text: index % 2 ? `sunny lovely ${index}` : `awful rotten ${index}`,
    image: `face-${index % 2}-${index}.png`,
    audio: `${index}.wav`,
    label: TINY_LABELS[index % 2] as string,
    split: split(index),
  }));
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Ports whose media are those that the names in `tinyRows` promise. */
export function tinyPorts(files: WritableFiles): TrainingPorts {
  return {
    runtime: nodeRuntime(),
    // A medium is what its name says, and so is its hash.
    files: { ...files, sha256: async (path) => (/\.(wav|png)$/u.test(path) ? sha256(path) : files.sha256(path)) },
    media: { picture: async (path) => square(/face-1-/u.test(String(path)) ? 220 : 40) },
    async *sounds(places) {
      for (const { path } of places) yield { value: voice(Number(/(\d+)\.wav$/u.exec(path)?.[1])) };
    },
    cacheFolder: "cache",
    now: () => 0,
    today: "2026-01-31",
    sha256,
    textHash: nodeTextHash,
  };
}
