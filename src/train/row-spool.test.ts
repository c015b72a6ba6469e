import { describe, expect, test } from "vitest";
import { temporaryFiles } from "../../test/support/temp-files.ts";
import type { Files } from "../core/ports.ts";
import { ManifestHeader } from "../data/manifest.ts";
import { readManifest } from "../data/read.ts";
import type { Row } from "../data/row.ts";
import { spoolManifest, spoolRows } from "./row-spool.ts";

/** Broken ones, repeated ids before and after what fits, and characters of several bytes among them. */
const LINES = Array.from({ length: 60 }, (_, at) => {
  if (at % 13 === 5) return `{"id":"r${at}"`;
  const id = at === 7 || at === 50 ? "r1" : at === 55 ? "r49" : `r${at}`;
  const label = at % 4 ? { label: "joy" } : { distribution: { joy: 0.25, anger: 0.75 } };
  return JSON.stringify({ id, text: `真 good 😀\n${at}`, ...label, note: { at, list: [at, null] }, valence: at / 7 });
});

const TOTAL = LINES.join("\n").length;

async function all(rows: AsyncIterable<Row>): Promise<Row[]> {
  const out: Row[] = [];
  for await (const row of rows) out.push(row);
  return out;
}

/** Rows of a file within a budget; `lines` counts how often it was opened for reading. */
async function spooled(budget: number, path = "rows.jsonl") {
  const csv = `id,text,label\n${LINES.map((_, at) => `c${at},"two\nlines ${at}",joy`).join("\n")}\n`;
  const files = temporaryFiles({ "rows.jsonl": LINES.join("\n"), "rows.csv": csv });
  let opened = 0;
  const counting: Files = {
    ...files,
    lines(at) {
      opened++;
      return files.lines(at);
    },
  };
  const seen: Row[] = [];
  const made = await spoolManifest(counting, path, { strict: false, budget }, (row) => seen.push(row));
  return { ...made, files, seen, expected: await readManifest(files, path), opened: () => opened };
}

describe("rows that pass by", () => {
  test.each([
    ["all kept", TOTAL + 1, "rows.jsonl", 1],
    ["some kept", 2_000, "rows.jsonl", 4],
    ["none kept", 0, "rows.jsonl", 4],
    ["some kept, of records that span lines", 1_000, "rows.csv", 4],
  ])("are those of the manifest, each time: %s", async (_name, budget, path, times) => {
    const { spooled: made, problems, seen, expected, opened } = await spooled(budget, path);
    const { rows } = expected.manifest;
    expect(rows.length).toBeGreaterThan(50);
    expect(seen).toEqual(rows);
    expect(problems).toEqual(expected.problems);
    expect(await all(made.rows)).toEqual(rows);
    expect(await all(made.rows)).toEqual(rows);
    expect(await all(made.take())).toEqual(rows);
    // What fits is read once, and is gone when it was taken.
    expect(opened()).toBe(times);
    if (budget > TOTAL) expect(await all(made.rows)).toEqual([]);
  });

  test("are refused once their file has changed", async () => {
    const { spooled: made, files } = await spooled(2_000);
    await files.write("rows.jsonl", LINES.toReversed().join("\n"));
    await expect(all(made.rows)).rejects.toThrow(
      /rows\.jsonl has changed while it was read: SHA-256 [0-9a-f]{64}, before/u,
    );
  });

  test("may come from somebody who holds them", async () => {
    const { expected } = await spooled(0);
    const { rows } = expected.manifest;
    const seen: Row[] = [];
    const made = spoolRows(ManifestHeader.parse({ name: "held" }), rows, (row) => seen.push(row));
    expect(seen).toEqual(rows);
    expect(await all(made.rows)).toEqual(rows);
    expect(await all(made.take())).toEqual(rows);
    expect(await all(made.rows)).toEqual([]);
  });
});
