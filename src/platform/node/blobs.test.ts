import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { blobsContract, namesOf } from "../../../test/contracts/blobs.ts";
import { folderBlobs } from "./blobs.ts";

function temporary() {
  const folder = mkdtempSync(join(tmpdir(), "affekt-blobs-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { folder: join(folder, "media"), blobs: folderBlobs(join(folder, "media")) };
}

blobsContract("a folder", async () => temporary().blobs);

test("files can be read by their owner only", async () => {
  const { folder, blobs } = temporary();
  const name = randomUUID();
  await blobs.put(name, Uint8Array.of(1));
  expect(statSync(join(folder, name.slice(0, 2), name)).mode & 0o777).toBe(0o600);
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
  expect(await namesOf(blobs)).toEqual([]);
  expect([existsSync(fresh), existsSync(old)]).toEqual([true, false]);
});
