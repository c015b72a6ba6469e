import { expect, test } from "vitest";
import { temporaryFiles } from "../../test/support/temp-files.ts";
import { checkManifest } from "./check.ts";

function jsonl(rows: readonly object[]): string {
  return rows.map((row) => JSON.stringify(row)).join("\n");
}

test("a leak names the first rows that share it and counts the others", async () => {
  const rows = Array.from({ length: 7 }, (_, at) => ({
    id: `r${at}`,
    subject: "ann",
    text: `text ${at}`,
    split: at === 6 ? "test" : "train",
  }));
  const files = temporaryFiles({ "rows.jsonl": jsonl([...rows, { id: "x", subject: "ann", text: "no split" }]) });
  const { problems, counts, rows: usable } = await checkManifest(files, "rows.jsonl");
  expect(usable).toBe(8);
  expect(counts).toEqual({ leak: 1 });
  expect(problems).toMatchObject([{ code: "leak", line: 1, id: "r0" }]);
  expect(problems[0]?.reason).toBe(
    'shares the subject "ann" across train and test with r1 (line 2), r2 (line 3), r3 (line 4) and 3 more',
  );
});

test("of very many problems the first are told and all are counted", async () => {
  const rows = Array.from({ length: 30 }, (_, at) => ({ id: `r${at}`, audio: `gone${at}.wav` }));
  const shared = ["train", "test"].flatMap((split) =>
    Array.from({ length: 9 }, (_, at) => ({ id: `${split}${at}`, text: `same ${at}`, split })),
  );
  const files = temporaryFiles({ "rows.jsonl": jsonl([...rows, ...shared]) });
  const { problems, counts } = await checkManifest(files, "rows.jsonl", { keep: 4 });
  expect(counts).toEqual({ "missing-file": 30, leak: 9 });
  expect(problems.map(({ line, code }) => `${line} ${code}`)).toEqual([
    "1 missing-file",
    "2 missing-file",
    "3 missing-file",
    "4 missing-file",
    "31 leak",
    "32 leak",
    "33 leak",
    "34 leak",
  ]);
});

test("a manifest without a usable row is refused with its first problem", async () => {
  const files = temporaryFiles({ "rows.jsonl": "{\n{" });
  await expect(checkManifest(files, "rows.jsonl")).rejects.toMatchObject({
    code: "manifest",
    message: expect.stringContaining("rows.jsonl has no usable row; line 1 is not JSON") as string,
  });
});

test("the same medium and the same content in two splits are leaks, two parts of one sheet are none", async () => {
  // SHA-256 of "abc" (FIPS 180-2, appendix B.1)
  const image = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const sha256 = { image };
  const files = temporaryFiles({
    "a.png": "abc",
    "b.png": "abc",
    "rows.jsonl": jsonl([
      { id: "1", image: "a.png#xywh=0,0,4,4", sha256, split: "train" },
      { id: "2", image: "a.png#xywh=4,0,4,4", sha256, split: "test" },
      { id: "3", image: "a.png", sha256, split: "train" },
      { id: "4", image: "b.png", sha256, split: "test" },
      { id: "5", image: "b.png", split: "validation" },
    ]),
  });
  const { problems } = await checkManifest(files, "rows.jsonl");
  expect(
    problems.map(
      ({ line, reason }) => `${line} ${reason.split(" ").slice(0, 3).join(" ")} ${reason.split(" with ")[1]}`,
    ),
  ).toEqual(["3 shares the hash 4 (line 4)", "4 shares the media 5 (line 5)"]);
});
