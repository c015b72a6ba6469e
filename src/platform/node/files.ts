/** The `Files` port on `node:fs`: streaming lines, ranges of bytes, whole-file atomic writes. */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { AffektError } from "../../core/errors.ts";
import type { Scratch, WritableFiles } from "../../core/ports.ts";
import { claimFolder } from "./folder-claim.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  EACCES: "permission is denied",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is not a folder",
  EEXIST: "a part of its path is not a folder",
  EROFS: "it lies where nothing can be written",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
};

/** What to do where it is not about the path. */
const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: "Free some space on that disk, or name another place; then run the command again.",
  EDQUOT: "Remove files of yours from that disk, or name another place; then run the command again.",
};

function fileError(verb: string, path: string, cause: unknown): AffektError {
  const code = (cause as { code?: string } | null)?.code ?? "";
  const reason = REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause));
  const hint = HINTS[code] ?? "Check the path and its permissions.";
  return new AffektError("file", `Could not ${verb} ${path}: ${reason}.`, hint, { cause });
}

async function attempt<T>(verb: string, path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof AffektError) throw cause;
    throw fileError(verb, path, cause);
  }
}

/** Not node:readline, which also splits at U+2028, a character that texts contain. */
async function* readLines(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8");
  let rest = "";
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: 1 << 18 })) {
      const pieces = (rest + decoder.decode(bytes as Uint8Array, { stream: true })).split("\n");
      rest = pieces.pop() ?? "";
      for (const piece of pieces) yield piece.endsWith("\r") ? piece.slice(0, -1) : piece;
    }
  } catch (cause) {
    throw fileError("read", path, cause);
  }
  rest += decoder.decode();
  if (rest !== "") yield rest.endsWith("\r") ? rest.slice(0, -1) : rest;
}

async function readPart(path: string, start: number, end: number): Promise<Uint8Array> {
  const handle = await open(path, "r");
  try {
    return await readBetween(handle, start, end);
  } finally {
    await handle.close();
  }
}

/** @returns fewer bytes where the file ends */
async function readBetween(handle: FileHandle, start: number, end: number): Promise<Uint8Array> {
  // A broken header may promise more than any memory holds.
  const last = Math.min(end, (await handle.stat()).size);
  const bytes = new Uint8Array(Math.max(0, last - start));
  let at = 0;
  while (at < bytes.length) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}

async function openScratch(folder: string): Promise<Scratch> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${randomUUID()}.scratch`);
  const handle = await open(path, "wx+");
  // The system keeps what has no name as long as it is open, and no longer.
  await rm(path);
  const attemptIt = <T>(verb: string, action: () => Promise<T>) => attempt(verb, `a scratch file in ${folder}`, action);
  let length = 0;
  return {
    append: (bytes) =>
      attemptIt("write", async () => {
        const start = length;
        for (let at = 0; at < bytes.length; ) {
          at += (await handle.write(bytes, at, bytes.length - at, start + at)).bytesWritten;
        }
        length += bytes.length;
        return start;
      }),
    read: (start, end) =>
      attemptIt("read", async () => {
        const bytes = await readBetween(handle, start, end);
        if (bytes.length === end - start) return bytes;
        throw new Error(`bytes ${start} to ${end} are wanted, and it has ${length}`);
      }),
    close: () => handle.close(),
  };
}

/** Where a file is written before it gets its name. */
const partialOf = (path: string): string => `${path}.${randomUUID()}.partial`;

/** Milliseconds without a change after which nobody writes to a partial file any more. */
const ABANDONED_MS = 600_000;

/** Removes what writes in a folder that were killed have left. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.partial$/u.test(name)) continue;
    const left = join(folder, name);
    // Another process may be done with it by now.
    const changed = await stat(left).catch(() => undefined);
    if (changed !== undefined && Date.now() - changed.mtimeMs > ABANDONED_MS) await rm(left, { force: true });
  }
}

async function readyToWrite(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await removeAbandoned(dirname(path));
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory()) throw Object.assign(new Error("it is a folder"), { code: "EISDIR" });
  const partial = partialOf(path);
  await writeFile(partial, "", { flag: "wx" });
  await rm(partial, { force: true });
}

async function writeWhole(path: string, content: Parameters<WritableFiles["write"]>[1]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const partial = partialOf(path);
  try {
    const handle = await open(partial, "wx");
    try {
      if (typeof content === "string" || content instanceof Uint8Array) await handle.writeFile(content);
      else {
        let buffered = "";
        for await (const piece of content) {
          buffered += piece;
          if (buffered.length < 1 << 18) continue;
          await handle.writeFile(buffered);
          buffered = "";
        }
        await handle.writeFile(buffered);
      }
      // Without this a power cut after the rename may leave an empty file under the final name.
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    throw cause;
  }
}

/**
 * Files below a folder of this machine.
 *
 * @param root where relative paths start; the current folder by default
 */
export function nodeFiles(root = "."): WritableFiles {
  const at = (path: string): string => resolve(root, path);
  return {
    readText: (path) =>
      attempt("read", at(path), async () => new TextDecoder("utf-8").decode(await readFile(at(path)))),
    readBytes: (path) =>
      attempt("read", at(path), async () => {
        const bytes = await readFile(at(path));
        return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      }),
    readRange: (path, start, end) => attempt("read", at(path), () => readPart(at(path), start, end)),
    lines: (path) => readLines(at(path)),
    list: (folder) =>
      attempt("list", at(folder), async () => {
        const entries = await readdir(at(folder), { recursive: true, withFileTypes: true });
        return entries
          .filter((entry) => entry.isFile())
          .map((entry) => relative(at(folder), resolve(entry.parentPath, entry.name)).split(sep).join("/"))
          .sort();
      }),
    exists: (path) =>
      access(at(path)).then(
        () => true,
        () => false,
      ),
    absolute: (path) => at(path).split(sep).join("/"),
    sha256: (path) =>
      attempt("read", at(path), async () => {
        const hash = createHash("sha256");
        for await (const bytes of createReadStream(at(path))) hash.update(bytes as Uint8Array);
        return hash.digest("hex");
      }),
    scratch: (folder) => attempt("write into", at(folder), () => openScratch(at(folder))),
    readyToWrite: (path) => attempt("write", at(path), () => readyToWrite(at(path))),
    claim: (folder) =>
      attempt("write into", at(folder), async () => {
        await mkdir(at(folder), { recursive: true });
        return claimFolder(at(folder));
      }),
    write: (path, content) => attempt("write", at(path), () => writeWhole(at(path), content)),
    async *table(path) {
      const { readParquet } = await import("./parquet.ts");
      yield* readParquet(at(path));
    },
    async writeTable(path, rows) {
      const { writeParquet } = await import("./parquet.ts");
      await writeParquet(at(path), rows);
    },
  };
}
