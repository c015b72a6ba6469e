/**
 * A portrait for the demonstration: the one that `@vladmandic/human` (MIT) carries in its source as its warm-up picture.
 * It is read from the installed package when it is needed, so that no photograph is part of this repository.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AffektError } from "../../core/errors.ts";
import { packageFolder } from "../installed.ts";

const PACKAGE = "@vladmandic/human";

function missing(why: string, cause?: unknown): AffektError {
  return new AffektError("file", `The demonstration has no photograph: ${why}.`, "Run npm ci again.", { cause });
}

/** @returns a JPEG of 256 × 256 pixels with one face. @throws AffektError `file` if the package does not hold it */
export async function portrait(folder = packageFolder(PACKAGE)): Promise<Uint8Array> {
  if (folder === undefined) throw missing(`${PACKAGE} is not installed`);
  const source = await readFile(join(folder, "src", "sample.ts"), "utf8").catch((cause: unknown) => {
    throw missing(`${PACKAGE} no longer carries one`, cause);
  });
  const base64 = /export const face[^`]*`([^`]+)`/u.exec(source)?.[1];
  if (base64 === undefined) throw missing(`${PACKAGE} no longer carries one`);
  return new Uint8Array(Buffer.from(base64.replace(/\s/gu, ""), "base64"));
}
