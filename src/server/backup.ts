/** The database of a service as one compressed file, and back. The secret and the media folder are files already. */
import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { AffektError } from "../core/errors.ts";
import { openJobQueue } from "../queue/job-queue.ts";
import { openStore, type StoreOptions } from "../store/open.ts";

function cannot(path: string, verb: string, cause: unknown): AffektError {
  if (cause instanceof AffektError) return cause;
  const reason = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
  return new AffektError("file", `Could not ${verb} ${path}: ${reason}.`, "Check the path and its permissions.", {
    cause,
  });
}

/** @returns rows @throws AffektError `file`, `config` if a service uses the data folder, `unavailable` */
export async function backupTo(path: string, where: StoreOptions): Promise<number> {
  const store = await openStore(where);
  const draft = `${path}.${randomUUID()}.partial`;
  try {
    const lines = new PassThrough();
    const file = await open(draft, "wx", 0o600);
    const written = pipeline(lines, createGzip(), file.createWriteStream({ flush: true }));
    written.catch((cause: Error) => void lines.destroy(cause));
    const rows = await store.backup(async (line) => {
      if (!lines.write(`${line}\n`)) await new Promise((resolve) => lines.once("drain", resolve));
    });
    lines.end();
    await written;
    await rename(draft, path);
    return rows;
  } catch (cause) {
    await rm(draft, { force: true });
    throw cannot(path, "write", cause);
  } finally {
    await store.close();
  }
}

/** @throws AffektError `file` if it cannot be read, or ends too early */
async function* linesOf(path: string): AsyncGenerator<string> {
  const plain = createGunzip();
  // What goes wrong is seen by whoever reads.
  pipeline(createReadStream(path), plain).catch(() => {});
  let rest = "";
  try {
    for await (const piece of plain.setEncoding("utf8")) {
      const lines = `${rest}${piece}`.split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } catch (cause) {
    throw cannot(path, "read", cause);
  }
  if (rest !== "") yield rest;
}

/** @returns rows per table @throws AffektError `file`, `data`, `conflict`, `config`, `unavailable` */
export async function restoreFrom(path: string, where: StoreOptions): Promise<Readonly<Record<string, number>>> {
  const store = await openStore(where);
  try {
    const counts = await store.restore(linesOf(path));
    const queue = await openJobQueue(store.queueHome);
    try {
      await store.allWaiting(queue.add);
    } finally {
      await queue.stop();
    }
    return counts;
  } finally {
    await store.close();
  }
}
