/** The labelled rows that a command is asked to look at. */
import { AffektError } from "../core/errors.ts";
import type { Manifest } from "../data/manifest.ts";
import type { Row, Split } from "../data/row.ts";
import { noteLeftOut } from "./render/problems.ts";
import type { Tools } from "./tools.ts";

export interface RowsOptions {
  readonly manifest?: string;
  /** A known data set below `root` instead of a manifest. */
  readonly dataset?: string;
  readonly root?: string;
  readonly fold?: number;
  /** A broken row is an error. */
  readonly strict?: boolean;
  readonly split?: Split | "all";
}

/** Reads them, and tells which are broken. @throws AffektError `usage`, `file`; `manifest` if one is and `strict` is set */
export async function openManifest(options: RowsOptions, tools: Tools): Promise<Manifest> {
  const { manifest: path, dataset, root = tools.dataFolder, fold, strict = false } = options;
  if ((path === undefined) === (dataset === undefined)) {
    throw new AffektError("usage", "Expected either --manifest or --dataset.", "Pass one of them.");
  }
  if (dataset !== undefined) {
    const { prepareDataset } = await import("../data/prepare.ts");
    const chosen = { root, strict, ...(fold === undefined ? {} : { fold }) };
    const { manifest, report } = await prepareDataset(dataset, tools.files, chosen);
    await noteLeftOut(report.problems, tools.terminal);
    return manifest;
  }
  const { readManifest } = await import("../data/read.ts");
  const { manifest, problems } = await readManifest(tools.files, path as string, { strict });
  await noteLeftOut(problems, tools.terminal);
  return manifest;
}

/** @throws AffektError `data` if there is none. The test rows, where the manifest has splits. */
export function chosenRows(manifest: Manifest, split: RowsOptions["split"]): readonly Row[] {
  const wanted = split ?? (manifest.rows.some((row) => row.split === "test") ? "test" : "all");
  const rows = wanted === "all" ? manifest.rows : manifest.rows.filter((row) => row.split === wanted);
  if (rows.length > 0) return rows;
  throw new AffektError("data", `${manifest.header.name} has no row in the split ${wanted}.`, "Pass --split all.");
}
