import { describe, expect, test } from "vitest";
import { temporaryFiles } from "../../test/support/temp-files.ts";
import type { Scratch } from "../core/ports.ts";
import { random, shuffle } from "../core/random.ts";
import { recordsWriter } from "./bounded-records.ts";

/** Of 0 to 99 bytes, each another one. */
const RECORDS = Array.from({ length: 500 }, (_, item) =>
  Uint8Array.from({ length: (item * 37) % 100 }, (_, at) => (item * 31 + at * 7) % 256),
);
const TOTAL = RECORDS.reduce((sum, { length }) => sum + length, 0);

async function written(budget: number) {
  const files = temporaryFiles();
  const opened: Scratch[] = [];
  async function scratch(folder: string): Promise<Scratch> {
    const file = await files.scratch(folder);
    opened.push(file);
    return file;
  }
  const writer = recordsWriter({ files: { scratch }, folder: "cache", budget });
  for (const record of RECORDS) await writer.add(record);
  return { files, opened, records: await writer.finish() };
}

async function inOrder(read: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const out: Uint8Array[] = [];
  for await (const record of read) out.push(record.slice());
  return out;
}

describe("records", () => {
  const shuffled = [...shuffle(Int32Array.from(RECORDS.keys()), random(1))];

  test.each([
    ["all held", 1e6],
    ["half of them held", TOTAL / 2],
    ["almost none held", 500],
    ["none held, each longer than what is read ahead", 50],
  ])("come in any order and as often as they are asked for: %s", async (_name, budget) => {
    const { records } = await written(budget);
    for (const order of [shuffled, [...RECORDS.keys()], [3, 3, 499, 0, 3]]) {
      expect(await inOrder(records.read(order))).toEqual(order.map((item) => RECORDS[item]));
    }
  });

  test("are held up to the budget and never beyond, and are not written where they fit", async () => {
    const { opened, records } = await written(10_000);
    await inOrder(records.read(shuffled));
    expect(records.held().most).toBeLessThanOrEqual(10_000);
    expect(records.held().now).toBeGreaterThan(5_000);
    expect(opened).toHaveLength(1);
    expect((await written(1e6)).opened).toHaveLength(0);
  });

  test("leave nothing behind that has a name", async () => {
    const { files } = await written(500);
    expect(await files.list("cache")).toEqual([]);
  });

  test("end the reading where their scratch file does not answer", async () => {
    const { opened, records } = await written(2_000);
    await opened[0]?.close();
    await expect(inOrder(records.read(shuffled))).rejects.toThrow("Could not read a scratch file in ");
  });

  test("that nobody takes any more are not held", async () => {
    const { records } = await written(2_000);
    const { now } = records.held();
    for await (const _record of records.read(shuffled)) break;
    expect(records.held().now).toBe(now);
  });
});
