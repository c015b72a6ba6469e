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
