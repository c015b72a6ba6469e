import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type * as promises from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { sourceHead, sourceSize } from "./source.ts";

// Permissions do not stop the superuser, as whom tests may run.
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof promises>();
  const open: typeof real.open = async (path, ...rest) => {
    if (String(path).endsWith("secret.wav")) throw Object.assign(new Error("EACCES"), { code: "EACCES" });
    return real.open(path, ...rest);
  };
  return { ...real, open };
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "affekt-source-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test("the head of a file or of bytes is no longer than they are", async () => {
  const path = join(folder(), "a.wav");
  writeFileSync(path, "RIFF");
  expect(new TextDecoder().decode(await sourceHead(path, 2))).toBe("RI");
  expect(await sourceHead(path, 10)).toHaveLength(4);
  expect(await sourceHead(Uint8Array.of(1, 2, 3), 2)).toEqual(Uint8Array.of(1, 2));
});

test("a file that is gone, or a folder, is an error about the file, without its folder", async () => {
  const root = folder();
  await expect(sourceHead(join(root, "a.wav"), 4)).rejects.toMatchObject({
    code: "file",
    message: "Cannot read a.wav: there is no such file.",
  });
  await expect(sourceHead(root, 4)).rejects.toMatchObject({
    code: "file",
    message: expect.stringContaining("it is a folder") as string,
  });
});

test.each([
  ["", "The path is empty"],
  ["https://example.org/face.jpg", "https://example.org/face.jpg is a web address"],
  [join(tmpdir(), ""), "is a folder"],
  ["/dev/null", "null is a pipe or a device"],
])("%j is no media file, and the error says what it is", async (source, message) => {
  await expect(sourceSize(source)).rejects.toMatchObject({
    code: "file",
    message: expect.stringContaining(message) as string,
  });
});

test("what lies below a file is not found, and empty data are told", async () => {
  const file = join(folder(), "a.wav");
  writeFileSync(file, "RIFF");
  await expect(sourceSize(join(file, "b.wav"))).rejects.toMatchObject({
    message: "Cannot read b.wav: a part of its path is not a folder.",
  });
  await expect(sourceSize(new Uint8Array(0))).rejects.toMatchObject({
    code: "media",
    message: "The data is empty (0 bytes); expected a media file.",
  });
});

test("a file that may not be read is an error about the file", async () => {
  await expect(sourceHead(join(folder(), "secret.wav"), 4)).rejects.toMatchObject({
    code: "file",
    message: "Cannot read secret.wav: permission is denied.",
  });
});
