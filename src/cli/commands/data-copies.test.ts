import { expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { fakeTools } from "../../../test/support/tools.ts";
import { runProgram } from "../program.ts";

const ROWS = Array.from({ length: 40 }, (_, at) => ({
  id: `r${at}`,
  subject: `s${at % 10}`,
  text: `t${at}`,
  label: "joy",
}));
const JSONL = [...ROWS.map((row) => JSON.stringify(row)), ...Array<string>(25).fill("{broken")].join("\n");

async function run(argv: readonly string[], interactive = false) {
  const files = temporaryFiles({ "rows.jsonl": JSONL });
  const tools = { ...fakeTools({ argv, interactive }), files };
  return { code: await runProgram(tools), out: tools.out.join("\n"), err: tools.err.join(""), files };
}

test("split says how many rows each split has, and which were left out", async () => {
  const { code, out, err, files } = await run(
    ["data", "split", "rows.jsonl", "--out", "s.jsonl", "--shares", "0.5,0,0.5"],
    true,
  );
  expect(code).toBe(0);
  expect(out).toBe("40 rows in s.jsonl, 25 left out: train 20, validation 0, test 20");
  expect(err.split("\n").filter((line) => line.startsWith("rows.jsonl:"))).toHaveLength(20);
  expect(err).toContain("… 5 more");
  expect((await files.readText("s.jsonl")).trim().split("\n")).toHaveLength(40);
});

test("convert prints JSON where nobody reads, and the header stands beside the rows", async () => {
  const { code, out, files } = await run(["data", "convert", "rows.jsonl", "out/copy.jsonl"]);
  expect(code).toBe(0);
  const report = JSON.parse(out) as Record<string, unknown>;
  expect(report).toEqual({
    path: "out/copy.jsonl",
    rows: 40,
    leftOut: 25,
    sha256: await files.sha256("out/copy.jsonl"),
  });
  expect(JSON.parse(await files.readText("out/copy.header.json"))).toMatchObject({
    name: "rows",
    sha256: report.sha256,
  });
});

test("shares that are none, an odd ending and a broken row under --strict are told", async () => {
  const shares = await run(["data", "split", "rows.jsonl", "--out", "s.jsonl", "--shares", "0.5,x"]);
  expect(shares.err).toContain("Expected three shares (train, validation, test)");
  const ending = await run(["data", "convert", "rows.jsonl", "rows.xlsx"]);
  expect(ending.err).toContain("expected a path that ends in .jsonl or .parquet");
  const strict = await run(["data", "convert", "rows.jsonl", "copy.jsonl", "--strict"]);
  expect(strict.err).toContain("rows.jsonl:41 is not JSON");
  for (const { code } of [shares, ending, strict]) expect(code).not.toBe(0);
  expect(await strict.files.exists("copy.jsonl")).toBe(false);
});
