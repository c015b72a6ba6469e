/** Media sources on this platform: bytes or paths, checked before a decoder sees them. */
import { mkdtemp, open, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { AffektError } from "../../core/errors.ts";
import type { MediaSource } from "../../core/ports.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission is denied",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is not a folder",
};

/** How a source is called in messages: the file's name, never its folder. */
export function sourceName(source: MediaSource): string {
  return typeof source === "string" ? basename(source) : `data of ${source.length} bytes`;
}

/** Such as `https://`. */
const WEB_ADDRESS = /^[a-z][a-z0-9+.-]*:\/\//i;

function unreadable(source: MediaSource, cause: unknown): AffektError {
  const name = sourceName(source);
  if (source === "") return new AffektError("file", "The path is empty; expected a media file.", "Name a file.");
  if (typeof source === "string" && WEB_ADDRESS.test(source)) {
    return new AffektError("file", `${source} is a web address; only files are read.`, "Download it first.", { cause });
  }
  const code = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
  const reason = REASONS[code] ?? code;
  return new AffektError("file", `Cannot read ${name}: ${reason}.`, "Check the path and its permissions.", { cause });
}

/** @returns size in bytes @throws AffektError `file` if it cannot be read, `media` if it is empty */
export async function sourceSize(source: MediaSource): Promise<number> {
  const name = typeof source === "string" ? sourceName(source) : "The data";
  let bytes: number;
  if (typeof source === "string") {
    const found = await stat(source).catch((cause: unknown) => {
      throw unreadable(source, cause);
    });
    if (found.isDirectory()) {
      throw new AffektError("file", `${name} is a folder; expected a media file.`, "Name the files in it.");
    }
    if (!found.isFile()) {
      throw new AffektError(
        "file",
        `${name} is a pipe or a device; expected a media file.`,
        "Save it to a file first; on the command line - reads standard input.",
      );
    }
    bytes = found.size;
  } else {
    bytes = source.length;
  }
  if (bytes === 0) {
    throw new AffektError("media", `${name} is empty (0 bytes); expected a media file.`, "Check how it was recorded.");
  }
  return bytes;
}

/** The first bytes of a source. @throws AffektError `file` if it cannot be opened or read */
export async function sourceHead(source: MediaSource, bytes: number): Promise<Uint8Array> {
  if (typeof source !== "string") return source.subarray(0, bytes);
  try {
    const file = await open(source);
    try {
      const head = new Uint8Array(bytes);
      const { bytesRead } = await file.read(head, 0, bytes, 0);
      return head.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw unreadable(source, cause);
  }
}

/** A path to hand to another program, and what removes it again. Bytes go through a private temporary file. */
export async function sourcePath(source: MediaSource): Promise<{ path: string; remove(): Promise<void> }> {
  if (typeof source === "string") return { path: source, remove: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), "affekt-"));
  const path = join(folder, "media");
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await writeFile(path, source, { mode: 0o600 });
  } catch (cause) {
    await remove();
    throw new AffektError(
      "file",
      `Cannot write ${source.length} bytes of media to the temporary folder: ${(cause as Error).message}.`,
      "Free some space, or set TMPDIR.",
      { cause },
    );
  }
  return { path, remove };
}
