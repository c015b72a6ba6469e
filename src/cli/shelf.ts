/** The models of a folder, each with its contract or with what is wrong with it. */
import { join } from "node:path";
import type { AffektError } from "../core/errors.ts";
import type { WritableFiles } from "../core/ports.ts";
import type { Contract } from "../recognize/contract.ts";
import { asAffektError } from "./exit-codes.ts";

export type ShelfEntry = { readonly file: string; readonly bytes: number } & (
  | { readonly ok: true; readonly contract: Contract }
  | { readonly ok: false; readonly error: AffektError }
);

/** Every `.onnx` file below the folder, in order of path; none where the folder does not exist. */
export async function findModels(
  folder: string,
  files: Pick<WritableFiles, "exists" | "list" | "readBytes">,
): Promise<ShelfEntry[]> {
  if (!(await files.exists(folder))) return [];
  const { contractFromModel } = await import("../recognize/contract-file.ts");
  const found = (await files.list(folder)).filter((file) => file.endsWith(".onnx"));
  return Promise.all(
    found.map(async (file): Promise<ShelfEntry> => {
      const content = await files.readBytes(join(folder, file));
      try {
        return { file, bytes: content.length, ok: true, contract: contractFromModel(content) };
      } catch (cause) {
        return { file, bytes: content.length, ok: false, error: asAffektError(cause) };
      }
    }),
  );
}
