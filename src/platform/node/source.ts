/** Media sources on this platform: bytes or paths, checked before a decoder sees them. */
import { mkdtemp, open, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { AffektError } from "../../core/errors.ts";
import type { MediaSource } from "../../core/ports.ts";

/** How a source is called in messages: the file's name, never its folder. */
export function sourceName(source: MediaSource): string {
  return typeof source === "string" ? basename(source) : `data of ${source.length} bytes`;
}

/** @returns size in bytes @throws AffektError `file` if it cannot be read, `media` if it is empty */
export async function sourceSize(source: MediaSource): Promise<number> {
  const name = sourceName(source);
  let bytes: number;
  if (typeof source === "string") {
    const found = await stat(source).catch((cause: unknown) => {
      const code = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
      const reason = code === "ENOENT" ? "there is no such file" : code;
      throw new AffektError("file", `Cannot read ${name}: ${reason}.`, "Check the path.", { cause });
    });
    if (!found.isFile()) {
      throw new AffektError("file", `${name} is not a file; expected a media file.`, "Name the file itself.");
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

/** The first bytes of a source. */
export async function sourceHead(source: MediaSource, bytes: number): Promise<Uint8Array> {
  if (typeof source !== "string") return source.subarray(0, bytes);
  const file = await open(source);
  try {
    const head = new Uint8Array(bytes);
    const { bytesRead } = await file.read(head, 0, bytes, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
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
