/** The labelled rows that a configuration names. */
import type { Files, TextHash } from "../core/ports.ts";
import type { Manifest } from "../data/manifest.ts";
import { folderOf, joinPath } from "../data/paths.ts";
import { prepareDataset } from "../data/prepare.ts";
import { readManifest } from "../data/read.ts";
import { type Problem, type Row, rowRecord } from "../data/row.ts";
import type { TrainConfig } from "./config.ts";
import { checkDistinctSources } from "./distinct-sources.ts";

export interface SourceOptions {
  /** Path of the configuration, which manifests are relative to. */
  readonly config: string;
  /** Folder below which data sets lie. */
  readonly root: string;
  /** The first broken row throws. Default false. */
  readonly strict?: boolean;
}

/** The rows of a data set, in the fold that a configuration names. @throws AffektError `file`, `usage`, `manifest` */
export function datasetSource(
  { dataset, fold }: { readonly dataset: string; readonly fold?: number | undefined },
  { root, strict = false }: Pick<SourceOptions, "root" | "strict">,
  files: Files,
): ReturnType<typeof prepareDataset> {
  return prepareDataset(dataset, files, { root, strict, ...(fold === undefined ? {} : { fold }) });
}

/**
 * @returns one manifest per source, in order, and the rows that were left out
 * @throws AffektError `file`, `usage`; `config` if a source is named twice; `manifest` if no row is usable, or one is
 *   broken and `strict` is set
 */
export async function loadSources(
  own: TrainConfig,
  { config, root, strict = false }: SourceOptions,
  files: Files,
): Promise<{ manifests: Manifest[]; problems: Problem[] }> {
  const manifests: Manifest[] = [];
  const problems: (readonly Problem[])[] = [];
  await checkDistinctSources(own, config, files);
  for (const source of own.data) {
    if ("dataset" in source) {
      const { manifest, report } = await datasetSource(source, { root, strict }, files);
      manifests.push(manifest);
      problems.push(report.problems);
    } else {
      const read = await readManifest(files, joinPath(folderOf(config), source.manifest), { strict });
      manifests.push(read.manifest);
      problems.push(read.problems);
    }
  }
  return { manifests, problems: problems.flat() };
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

/** As `rowsHash`, of rows that nobody holds. */
export interface RowsHasher {
  /** @param json of the record of the next row */
  add(json: string): void;
  hex(): string;
}

/** Characters that are hashed at once. */
const PIECE = 2 ** 16;

/** @param together as for `rowsHash` */
export function rowsHasher(
  textHash: () => TextHash,
  sha256: (text: string) => string,
  together: number = HASHED_TOGETHER,
): RowsHasher {
  const parts: string[] = [];
  let hash = textHash();
  let piece = "[";
  let rows = 0;
  function close(): void {
    hash.add(`${piece}]`);
    parts.push(hash.hex());
    [hash, piece, rows] = [textHash(), "[", 0];
  }
  return {
    add(json) {
      if (rows === together) close();
      piece += rows === 0 ? json : `,${json}`;
      rows++;
      if (piece.length < PIECE) return;
      hash.add(piece);
      piece = "";
    },
    hex() {
      if (rows > 0 || parts.length === 0) close();
      return parts.length === 1 ? (parts[0] as string) : sha256(parts.join("\n"));
    },
  };
}

/** Hash of all rows, so that a checkpoint and a model name the data they saw. */
export function manifestHash(from: readonly Manifest[], sha256: (text: string) => string): string {
  return sha256(from.map(({ rows }) => rowsHash(rows, sha256)).join("\n"));
}
