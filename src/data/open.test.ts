import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { temporaryFiles } from "../../test/support/temp-files.ts";
import { checkManifest } from "./check.ts";
import { convertManifest, splitManifest } from "./copy.ts";
import { openManifest } from "./open.ts";
import { readManifest } from "./read.ts";

const ROWS = 50_000;
/** What may be added while 50,000 rows pass by, in bytes. Holding them takes more, which a test makes sure of. */
const BOUND = 12e6;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes that are really in use. */
function used(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function* lines(): Generator<string> {
  for (let at = 0; at < ROWS; at++) {
    const text = `utterance ${at} in which nobody says anything that another row says too, at some length`;
    yield `${JSON.stringify({ id: `row-${at}`, subject: `s${at % 5000}`, text, label: at % 3 ? "joy" : "anger", take: at % 7 })}\n`;
  }
}

async function manyRows() {
  const files = temporaryFiles();
  await files.write("rows.jsonl", lines());
  return files;
}

/** Looks every now and then how much more is in use than at first. */
function growth() {
  const before = used();
  let most = 0;
  return {
    look: (rows: number) => void (rows % 10_000 === 0 && (most = Math.max(most, used() - before))),
    most: () => most,
  };
}

test("rows pass by in memory that holding them would exceed", async () => {
  const files = await manyRows();
  const streamed = growth();
  const { rows } = await openManifest(files, "rows.jsonl");
  let count = 0;
  for await (const read of rows()) {
    if ("row" in read) count++;
    streamed.look(count);
  }
  expect(count).toBe(ROWS);
  expect(streamed.most()).toBeLessThan(BOUND);

  const held = growth();
  const { manifest } = await readManifest(files, "rows.jsonl");
  held.look(0);
  expect(manifest.rows).toHaveLength(ROWS);
  expect(held.most()).toBeGreaterThan(1.5 * BOUND);
});

test("checking, splitting and converting stay below the same bound", async () => {
  const files = await manyRows();
  const checked = growth();
  expect((await checkManifest(files, "rows.jsonl", { onProgress: checked.look })).problems).toEqual([]);
  expect(checked.most()).toBeLessThan(BOUND);
  const split = growth();
  await splitManifest(files, "rows.jsonl", "split.jsonl", { onProgress: split.look });
  expect(split.most()).toBeLessThan(BOUND);
  const converted = growth();
  await convertManifest(files, "split.jsonl", "copy.jsonl", { onProgress: converted.look });
  expect(converted.most()).toBeLessThan(BOUND);
});

test("a repeated id is found without its row being held, each time the rows are read", async () => {
  const files = temporaryFiles({ "rows.jsonl": '{"id":"1","text":"a"}\n\n{"id":1,"text":"b"}\n' });
  const { rows } = await openManifest(files, "rows.jsonl");
  for (let pass = 0; pass < 2; pass++) {
    const found: unknown[] = [];
    for await (const read of rows()) found.push("row" in read ? read.row.text : [read.line, read.problem.reason]);
    expect(found).toEqual(["a", [3, "repeats the id of line 1"]]);
  }
});
