/** Blobs in a folder, which several machines may share: one file each, in 256 folders by their first letters. */
import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Blobs } from "../../core/blobs.ts";
import { AffektError } from "../../core/errors.ts";
import { checkBlobName, isBlobName } from "./blob-name.ts";

/** After this time a half written file is nobody's any more. */
const HALF_WRITTEN_MS = 3_600_000;

function away(folder: string, cause: unknown): AffektError {
  const reason = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
  return new AffektError(
    "unavailable",
    `The media folder cannot be used (${reason}).`,
    "Whoever runs this service: check that the folder is there and has room.",
    { cause: new Error(folder, { cause }) },
  );
}

/** A file that is not there is no failure. */
async function orAbsent<T>(folder: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw away(folder, cause);
  }
}

export function folderBlobs(folder: string): Blobs {
  function placeOf(name: string): { readonly inside: string; readonly path: string } {
    checkBlobName(name);
    const inside = join(folder, name.slice(0, 2));
    return { inside, path: join(inside, name) };
  }
  return {
    async put(name, bytes) {
      const { inside, path } = placeOf(name);
      const draft = `${path}.${randomUUID()}.partial`;
      try {
        await mkdir(inside, { recursive: true, mode: 0o700 });
        const file = await open(draft, "wx", 0o600);
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(draft, path);
      } catch (cause) {
        await rm(draft, { force: true }).catch(() => {});
        throw away(folder, cause);
      }
    },
    async get(name) {
      const { path } = placeOf(name);
      return orAbsent(folder, async () => new Uint8Array(await readFile(path)));
    },
    async has(name) {
      const { path } = placeOf(name);
      return (await orAbsent(folder, () => stat(path))) !== undefined;
    },
    async remove(name) {
      const { path } = placeOf(name);
      await orAbsent(folder, () => rm(path));
    },
    async *list() {
      for (const inside of (await orAbsent(folder, () => readdir(folder))) ?? []) {
        if (!/^[0-9a-f]{2}$/u.test(inside)) continue;
        // What a process left half written when it was ended counts too.
        for (const file of (await orAbsent(folder, () => readdir(join(folder, inside)))) ?? []) {
          const found = await orAbsent(folder, () => stat(join(folder, inside, file)));
          if (found !== undefined && isBlobName(file)) yield { name: file, at: found.mtime };
          else if (found !== undefined && Date.now() - found.mtimeMs > HALF_WRITTEN_MS) {
            await orAbsent(folder, () => rm(join(folder, inside, file)));
          }
        }
      }
    },
  };
}
