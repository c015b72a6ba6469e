/** Pages of figures that were measured with other bytes than those committed now say so, until they are measured again. */
import { readModel, SHIPPED, shippedPath } from "./model-file.ts";
import type { Measured } from "./results.ts";

/** The checksums of the models that a recognizer opens by default. */
export async function committedModels(): Promise<Measured> {
  const entries = SHIPPED.map(async (id) => [id, (await readModel(shippedPath(id))).sha256] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** @returns lines for the head of a page; none if the figures are of the committed files */
export function earlierFiles(measured: Measured, committed: Measured): string[] {
  const other = Object.keys(measured).filter((id) => committed[id] !== undefined && committed[id] !== measured[id]);
  if (other.length === 0) return [];
  return [`**Measured with earlier files of ${other.join(", ")}, not with those committed now.**`, ""];
}
