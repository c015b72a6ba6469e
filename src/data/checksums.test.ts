import { expect, test } from "vitest";
import { temporaryFiles } from "../../test/support/temp-files.ts";
import type { Files } from "../core/ports.ts";
import { mediaChecker, withChecksums } from "./checksums.ts";
import type { Manifest } from "./manifest.ts";
import { readManifest } from "./read.ts";

/** `id code reason` of everything that is wrong. */
async function wrongMedia(files: Files, { base, rows }: Manifest): Promise<string[]> {
  const check = mediaChecker(files, base);
  const found: string[] = [];
  for (const row of rows) for (const { code, reason } of await check(row)) found.push(`${row.id} ${code} ${reason}`);
  return found;
}

test("media that are missing or changed are told, with row and file", async () => {
  const files = temporaryFiles({
    "set/rows.jsonl": '{"id":"1","audio":"a.wav"}\n{"id":"2","image":"s.png#xywh=0,0,4,4"}\n{"id":"3","text":"x"}\n',
    "set/a.wav": "abc",
    "set/s.png": "strip",
  });
  const { manifest } = await readManifest(files, "set/rows.jsonl");
  const summed = await withChecksums(files, manifest);
  // FIPS 180-2, appendix B.1
  expect(summed.rows[0]?.sha256?.audio).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(summed.rows[2]?.sha256).toBeUndefined();
  expect(await wrongMedia(files, summed)).toEqual([]);
  await files.write("set/a.wav", "changed");
  const gone = { ...summed, rows: summed.rows.map((row) => (row.id === "2" ? { ...row, image: "t.png" } : row)) };
  expect(await wrongMedia(files, gone)).toEqual([
    "1 changed-file names the audio set/a.wav, whose bytes have changed",
    "2 missing-file names the image set/t.png, which does not exist",
  ]);
  // without checksums only existence is looked at
  expect(await wrongMedia(files, manifest)).toEqual([]);
});

test("a locator that cannot be read, and a medium that cannot be hashed, are problems of their row", async () => {
  const files = temporaryFiles({ "rows.jsonl": '{"id":"1","text":"x"}', "clips/a.wav": "" });
  const { manifest } = await readManifest(files, "rows.jsonl");
  const odd = { id: "0", image: "a.png#xywh=1,2", extra: {} };
  const folder = { id: "2", audio: "clips", sha256: { audio: "0".repeat(64) }, extra: {} };
  const found = await wrongMedia(files, { ...manifest, rows: [odd, ...manifest.rows, folder] });
  expect(found).toHaveLength(2);
  expect(found[0]).toMatch(/^0 locator has a broken locator/);
  expect(found[1]).toMatch(/^2 missing-file names the audio clips: Could not read/);
});

test("a file that many rows point into is looked at once", async () => {
  const asked: string[] = [];
  const files = {
    exists: async (path: string) => asked.push(path) > 0,
    sha256: async () => "",
  };
  const check = mediaChecker(files, "set");
  for (let at = 0; at < 3; at++) await check({ id: `${at}`, image: `strip.png#xywh=${at},0,1,1`, extra: {} });
  expect(asked).toEqual(["set/strip.png"]);
});
