import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { folderBlobs } from "./blobs.ts";

function temporary() {
  const folder = mkdtempSync(join(tmpdir(), "affekt-blobs-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { folder: join(folder, "media"), blobs: folderBlobs(join(folder, "media")) };
}

async function names(blobs: ReturnType<typeof folderBlobs>): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of blobs.list()) found.push(name);
  return found.sort();
}

test("what is put is there, for its owner only, until it is removed", async () => {
  const { folder, blobs } = temporary();
  const [a, b] = [randomUUID(), randomUUID()];
  expect(await names(blobs)).toEqual([]);
  await blobs.put(a, Uint8Array.of(1, 2));
  await blobs.put(b, new Uint8Array(0));
  await blobs.put(a, Uint8Array.of(3));
  expect(await blobs.get(a)).toEqual(Uint8Array.of(3));
  expect(await names(blobs)).toEqual([a, b].sort());
  expect(statSync(join(folder, a.slice(0, 2), a)).mode & 0o777).toBe(0o600);
  await blobs.remove(a);
  await blobs.remove(a);
  expect([await blobs.has(a), await blobs.get(a), await blobs.has(b)]).toEqual([false, undefined, true]);
});

test("no name leads out of the folder", async () => {
  const { blobs } = temporary();
  for (const name of ["../../etc/passwd", "", "00/../x", `${randomUUID()}/a`]) {
    await expect(blobs.get(name)).rejects.toMatchObject({ code: "internal" });
    await expect(blobs.put(name, new Uint8Array(1))).rejects.toMatchObject({ code: "internal" });
  }
});

test("a folder that cannot be one is told of without its path", async () => {
  const { folder } = temporary();
  writeFileSync(folder, "a file");
  const blobs = folderBlobs(folder);
  const error = await blobs.put(randomUUID(), new Uint8Array(1)).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: "unavailable", message: expect.not.stringContaining(folder) });
});

test("half written files are not listed, and go when they are old", async () => {
  const { folder, blobs } = temporary();
  const inside = join(folder, "ab");
  mkdirSync(inside, { recursive: true });
  const [fresh, old] = [join(inside, "ab1.partial"), join(inside, "ab2.partial")];
  for (const path of [fresh, old]) writeFileSync(path, "x");
  utimesSync(old, new Date(0), new Date(0));
  expect(await names(blobs)).toEqual([]);
  expect([existsSync(fresh), existsSync(old)]).toEqual([true, false]);
});
