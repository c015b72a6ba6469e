/** That no source is named twice: every row would count twice. */
import { AffektError } from "../core/errors.ts";
import type { Files } from "../core/ports.ts";
import { rowsFormat } from "../data/header.ts";
import { folderOf, joinPath } from "../data/paths.ts";
import type { DataSource, TrainConfig } from "./config.ts";

/** What tells a source from others, and how it is called in a message. */
interface Named {
  readonly keys: readonly string[];
  readonly name: string;
}

async function namesOf(
  source: DataSource,
  { modality }: TrainConfig,
  config: string,
  files: Pick<Files, "absolute" | "sha256">,
): Promise<Named> {
  if ("dataset" in source) {
    const { dataset, fold } = source;
    const name = fold === undefined ? `the data set ${dataset}` : `fold ${fold} of the data set ${dataset}`;
    return { keys: [JSON.stringify([dataset, fold])], name };
  }
  const path = joinPath(folderOf(config), source.manifest);
  const name = `the manifest ${path}`;
  const place = files.absolute(path);
  if (rowsFormat(path) === undefined) return { keys: [place], name };
  // The same words about media in another folder may be about other media; texts stand in the rows themselves.
  const base = modality === "text" ? "" : folderOf(place);
  return { keys: [place, JSON.stringify([base, await files.sha256(path)])], name };
}

/**
 * @param config its path, which manifests are relative to
 * @throws AffektError `config` if two sources are one data set in one fold, one manifest, or equal files; `file`
 */
export async function checkDistinctSources(
  own: TrainConfig,
  config: string,
  files: Pick<Files, "absolute" | "sha256">,
): Promise<void> {
  if (own.data.length < 2) return;
  const seen = new Map<string, { readonly name: string; readonly at: number }>();
  for (const [at, source] of own.data.entries()) {
    const { keys, name } = await namesOf(source, own, config, files);
    const [first] = keys.flatMap((key) => seen.get(key) ?? []);
    if (first !== undefined) {
      const which = first.name === name ? `are both ${name}` : `are equal files, ${first.name} and ${name}`;
      throw new AffektError(
        "config",
        `Sources ${first.at + 1} and ${at + 1} of data ${which}: every row would count twice.`,
        "Leave one of them out; to draw labels evenly, set training.sampling or training.classWeights.",
      );
    }
    for (const key of keys) seen.set(key, { name, at });
  }
}
