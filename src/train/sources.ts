/** The labelled rows that a configuration names. */
import type { Files } from "../core/ports.ts";
import type { Manifest } from "../data/manifest.ts";
import { folderOf, joinPath } from "../data/paths.ts";
import { prepareDataset } from "../data/prepare.ts";
import { readManifest } from "../data/read.ts";
import { type Row, rowRecord } from "../data/row.ts";
import type { TrainConfig } from "./config.ts";

/**
 * @param path of the configuration, which manifests are relative to
 * @param root folder below which data sets lie
 * @returns one manifest per source, in order
 */
export async function loadSources(config: TrainConfig, path: string, root: string, files: Files): Promise<Manifest[]> {
  const found: Manifest[] = [];
  for (const source of config.data) {
    if ("dataset" in source) {
      const { fold } = source;
      const prepared = await prepareDataset(source.dataset, files, { root, ...(fold === undefined ? {} : { fold }) });
      found.push(prepared.manifest);
    } else {
      found.push((await readManifest(files, joinPath(folderOf(path), source.manifest))).manifest);
    }
  }
  return found;
}

/** Rows that are hashed as one text; a text of many more would be longer than a string can be. */
const HASHED_TOGETHER = 500_000;

/** @param together rows that are hashed as one text */
export function rowsHash(
  rows: readonly Row[],
  sha256: (text: string) => string,
  together: number = HASHED_TOGETHER,
): string {
  const parts: string[] = [];
  for (let from = 0; from < Math.max(1, rows.length); from += together) {
    parts.push(sha256(JSON.stringify(rows.slice(from, from + together).map((row) => rowRecord(row)))));
  }
  return parts.length === 1 ? (parts[0] as string) : sha256(parts.join("\n"));
}

/** Hash of all rows, so that a checkpoint and a model name the data they saw. */
export function manifestHash(from: readonly Manifest[], sha256: (text: string) => string): string {
  return sha256(from.map(({ rows }) => rowsHash(rows, sha256)).join("\n"));
}
