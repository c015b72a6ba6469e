/** Feature files that are made in memory. */
import type { FeaturePorts } from "../../../src/train/tasks/fusion-config.ts";

/** @param readBytes of a whole file */
export function inMemory(readBytes: (path: string) => Promise<Uint8Array>): FeaturePorts["files"] {
  return { readBytes, readRange: async (path, start, end) => (await readBytes(path)).slice(start, end) };
}
