/** The committed model files, with what a page must say of the bytes that were measured. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Contract } from "../../src/recognize/contract.ts";
import { contractFromModel } from "../../src/recognize/contract-file.ts";

export interface ModelBytes {
  /** From the root of the repository. */
  readonly path: string;
  readonly content: Uint8Array;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly contract: Contract;
}

/** The models that a recognizer opens by default, in order of name. */
export const SHIPPED = ["face", "speech", "text-en", "text-zh"] as const;

export const shippedPath = (id: string): string => `models/${id}/model.onnx`;

/** @throws AffektError `model`, `contract` */
export async function readModel(path: string): Promise<ModelBytes> {
  const content = await readFile(path);
  return {
    path,
    content,
    sha256: createHash("sha256").update(content).digest("hex"),
    contract: contractFromModel(content),
  };
}
