/** The service's own secret, under which keys and bodies are hashed: a copy of the database alone is of no use. */
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AffektError } from "../core/errors.ts";

const SHORTEST = 32;

/**
 * @param given the same on every machine that shares a database (AFFEKT_SECRET); default: one that the data folder keeps
 * @throws AffektError `config` if the given one is too short, `file` if the folder cannot be written
 */
export async function serviceSecret(given: string | undefined, folder: string | undefined): Promise<string> {
  if (given !== undefined) {
    if (given.length >= SHORTEST) return given;
    throw new AffektError(
      "config",
      `AFFEKT_SECRET has ${given.length} characters; it needs at least ${SHORTEST}.`,
      "Make one with: openssl rand -hex 32",
    );
  }
  const fresh = randomBytes(SHORTEST).toString("hex");
  if (folder === undefined) return fresh;
  const path = join(folder, "secret");
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(path, fresh, { flag: "wx", mode: 0o600 });
    return fresh;
  } catch (cause) {
    const kept = await readFile(path, "utf8").catch(() => "");
    if (kept.length >= SHORTEST) return kept;
    throw new AffektError("file", `The secret in ${path} cannot be read or written.`, "Name another --data-dir.", {
      cause,
    });
  }
}
