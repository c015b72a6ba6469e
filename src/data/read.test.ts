import { describe, expect, test } from "vitest";
import { temporaryFiles } from "../../test/support/temp-files.ts";
import { writeManifest } from "./prepare.ts";
import { mediaPath, readManifest } from "./read.ts";

const LINES = [
  '{"id":"1","text":"fine","label":"happy"}',
  '{"id":"2","text":"odd","label":"grumbling"}',
  "{broken",
  "",
  '{"id":"1","text":"again","label":"joy"}',
  '{"id":"3","audio":"clips/3.wav","label":"sad","split":"test"}',
];

describe("readManifest", () => {
  test("reports broken rows with line and reason and reads the rest", async () => {
    const files = temporaryFiles({ "set/rows.jsonl": LINES.join("\n") });
    const { manifest, problems } = await readManifest(files, "set/rows.jsonl");
    expect(manifest.rows.map(({ id, label }) => [id, label])).toEqual([
      ["1", "joy"],
      ["3", "sadness"],
    ]);
    expect(problems.map(({ line, code }) => [line, code])).toEqual([
      [2, "unknown-label"],
      [3, "syntax"],
      [5, "duplicate-id"],
    ]);
    expect(problems[2]?.reason).toBe("repeats the id of line 1");
    expect(manifest.header.name).toBe("rows");
    expect(manifest.rows[1] && mediaPath(manifest, manifest.rows[1], "audio")).toBe("set/clips/3.wav");
  });

  test("strict makes the first broken row fatal, and says where", async () => {
    const files = temporaryFiles({ "rows.jsonl": LINES.join("\n") });
    await expect(readManifest(files, "rows.jsonl", { strict: true })).rejects.toMatchObject({
      code: "manifest",
      message: 'rows.jsonl:2 (2) has the unknown label "grumbling"',
    });
  });

  test("reads csv and tsv with the same result", async () => {
    const files = temporaryFiles({
      "a.csv": '\uFEFFid,text,labels,sex\r\n1,"no, ""never""",sad|ang,f\r\n2,"two\nlines",joy,\r\n3,short\r\n',
      "a.tsv": 'id\ttext\tlabels\tsex\n1\tno, "never"\tsad|ang\tf\n2\t"two\nlines"\tjoy\t\n',
    });
    const csv = await readManifest(files, "a.csv");
    expect(csv.manifest.rows).toEqual([
      { id: "1", text: 'no, "never"', labels: ["sadness", "anger"], extra: { sex: "f" } },
      { id: "2", text: "two\nlines", labels: ["joy"], extra: {} },
    ]);
    expect(csv.problems).toMatchObject([{ line: 5, code: "syntax", reason: "has 2 fields; the header has 4" }]);
    expect((await readManifest(files, "a.tsv")).manifest.rows).toEqual(csv.manifest.rows);
  });

  test("a table without ids is reported at its header", async () => {
    const files = temporaryFiles({ "a.csv": "text,label\nhi,joy\n" });
    await expect(readManifest(files, "a.csv")).rejects.toMatchObject({
      code: "manifest",
      message: "a.csv has no usable row; line 1 has no column id; it has text, label.",
    });
  });

  test("an empty manifest, a wrong ending and a broken header are errors", async () => {
    const files = temporaryFiles({ "a.jsonl": "", "a.txt": "", "b.jsonl": LINES[0] ?? "", "b.header.json": "{" });
    await expect(readManifest(files, "a.jsonl")).rejects.toMatchObject({ code: "manifest" });
    await expect(readManifest(files, "a.txt")).rejects.toMatchObject({ code: "manifest" });
    await expect(readManifest(files, "b.jsonl")).rejects.toMatchObject({ code: "manifest" });
    await expect(readManifest(files, "none.jsonl")).rejects.toMatchObject({ code: "file" });
  });

  test("rows changed after their header was written are refused", async () => {
    const files = temporaryFiles({ "rows.jsonl": LINES.join("\n") });
    const { manifest } = await readManifest(files, "rows.jsonl");
    await writeManifest(files, "out/rows.jsonl", manifest);
    await files.write("out/rows.jsonl", `${LINES[0]}\n`);
    await expect(readManifest(files, "out/rows.jsonl")).rejects.toMatchObject({ code: "manifest" });
    expect((await readManifest(files, "out/rows.jsonl", { verify: false })).manifest.rows).toHaveLength(1);
  });
});

describe("writeManifest", () => {
  test("what is written is read back, with media found from the new place", async () => {
    const files = temporaryFiles({
      "corpus/rows.jsonl": [
        '{"id":"1","audio":"clips/1.wav","label":"sad"}',
        '{"id":"2","image":"s.png#xywh=0,0,48,48","label":"joy"}',
        '{"id":"3","features":{"face":"f.npy#row=3"},"video":"https://example.org/v.mp4","label":"joy"}',
      ].join("\n"),
    });
    const { manifest } = await readManifest(files, "corpus/rows.jsonl");
    const written = await writeManifest(files, "out/deep/rows.jsonl", manifest);
    const back = await readManifest(files, "out/deep/rows.jsonl");
    expect(back.manifest).toEqual(written);
    expect(back.problems).toEqual([]);
    expect(back.manifest.rows.map(({ audio, image, video, features }) => audio ?? image ?? [video, features])).toEqual([
      "../../corpus/clips/1.wav",
      "../../corpus/s.png#xywh=0,0,48,48",
      ["https://example.org/v.mp4", { face: "../../corpus/f.npy#row=3" }],
    ]);
    const [first] = back.manifest.rows;
    expect(first && mediaPath(back.manifest, first, "audio")).toBe("corpus/clips/1.wav");
  });

  test("reads a folder of class folders, with the labels of a header beside it", async () => {
    const files = temporaryFiles({
      "faces.header.json": '{"name":"mine","labels":["odd"]}',
      "faces/train/happy/1.jpg": "",
      "faces/test/odd/2.jpg": "",
      "faces/test/strange/3.jpg": "",
    });
    for (const path of ["faces", "faces/"]) {
      const { manifest, problems } = await readManifest(files, path);
      expect(manifest.header.name).toBe("mine");
      expect(manifest.rows.map(({ id, label }) => [id, label])).toEqual([
        ["test/odd/2.jpg", "odd"],
        ["train/happy/1.jpg", "joy"],
      ]);
      expect(manifest.rows[0] && mediaPath(manifest, manifest.rows[0], "image")).toBe("faces/test/odd/2.jpg");
      expect(problems).toMatchObject([{ code: "unknown-label", id: "test/strange/3.jpg" }]);
    }
    await expect(readManifest(files, "nowhere")).rejects.toMatchObject({ code: "file" });
  });

  test("a broken locator is a problem of its row, and the rest is read", async () => {
    const rows = ['{"id":"1","image":"a.png#xywh=1,2"}', '{"id":"2","text":"fine"}'];
    const { manifest, problems } = await readManifest(temporaryFiles({ "a.jsonl": rows.join("\n") }), "a.jsonl");
    expect(manifest.rows.map(({ id }) => id)).toEqual(["2"]);
    expect(problems).toMatchObject([{ code: "locator", line: 1, id: "1" }]);
    expect(problems[0]?.reason).toContain("a.png#xywh=1,2");
  });
});
