import { expect, test } from "vitest";
import { temporaryFiles } from "../../test/support/temp-files.ts";
import { checkMedia, withChecksums } from "./checksums.ts";
import { readManifest } from "./read.ts";

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
  expect(await checkMedia(files, summed)).toEqual([]);
  await files.write("set/a.wav", "changed");
  const gone = { ...summed, rows: summed.rows.map((row) => (row.id === "2" ? { ...row, image: "t.png" } : row)) };
  expect((await checkMedia(files, gone)).map(({ id, reason }) => `${id} ${reason}`)).toEqual([
    "1 names the audio set/a.wav, whose bytes have changed",
    "2 names the image set/t.png, which does not exist",
  ]);
  expect((await checkMedia(files, gone)).map(({ code }) => code)).toEqual(["changed-file", "missing-file"]);
  // without checksums only existence is looked at
  expect(await checkMedia(files, manifest)).toEqual([]);
});

test("a medium is told with its line in the file, and a locator that cannot be read does not stop the rest", async () => {
  const files = temporaryFiles({ "rows.jsonl": '\n{"id":"1","text":"x"}\n\n{"id":"2","audio":"gone.wav"}\n' });
  const { manifest, lines } = await readManifest(files, "rows.jsonl");
  const odd = { id: "0", image: "a.png#xywh=1,2", extra: {} };
  const problems = await checkMedia(
    files,
    { ...manifest, rows: [odd, ...manifest.rows] },
    { lines, file: "rows.jsonl" },
  );
  expect(problems.map(({ code, file, line, id }) => [code, file, line, id])).toEqual([
    ["locator", "rows.jsonl", 1, "0"],
    ["missing-file", "rows.jsonl", 4, "2"],
  ]);
});

test("a medium that is there and cannot be hashed is a problem of its row", async () => {
  const sha256 = { audio: "0".repeat(64) };
  const row = JSON.stringify({ id: "1", audio: "clips", sha256 });
  const files = temporaryFiles({ "rows.jsonl": row, "clips/a.wav": "" });
  const { manifest } = await readManifest(files, "rows.jsonl");
  expect(await checkMedia(files, manifest)).toMatchObject([{ code: "missing-file", line: 1, id: "1" }]);
});
