import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { temporaryFiles } from "../../test/support/temp-files.ts";
import type { WritableFiles } from "../core/ports.ts";
import { random, shuffle } from "../core/random.ts";
import { recordsWriter } from "./bounded-records.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Of 0 to 99 bytes, each another one. */
const RECORDS = Array.from({ length: 500 }, (_, item) =>
  Uint8Array.from({ length: (item * 37) % 100 }, (_, at) => (item * 31 + at * 7) % 256),
);
const TOTAL = RECORDS.reduce((sum, { length }) => sum + length + 4, 0);

async function written(budget: number, files = temporaryFiles()) {
  const writer = recordsWriter({ files, sha256, folder: "cache/texts", budget });
  for (const record of RECORDS) await writer.add(record);
  return { files, records: await writer.finish() };
}

async function inOrder(read: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const out: Uint8Array[] = [];
  for await (const record of read) out.push(record.slice());
  return out;
}

const parts = async (files: WritableFiles) => (await files.list("cache/texts")).map((part) => `cache/texts/${part}`);

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
    const { files, records } = await written(10_000);
    await inOrder(records.read(shuffled));
    expect(records.held().most).toBeLessThanOrEqual(10_000);
    expect(records.held().now).toBeGreaterThan(5_000);
    expect(await parts(files)).not.toHaveLength(0);
    const { files: untouched } = await written(1e6);
    expect(await untouched.exists("cache")).toBe(false);
  });

  test("lie in the same files when they are written again", async () => {
    const { files } = await written(500);
    const before = await parts(files);
    await written(500, files);
    expect(await parts(files)).toEqual(before);
  });

  test.each([
    [
      "damaged",
      async (files: WritableFiles, path: string) => {
        const bytes = await files.readBytes(path);
        bytes[bytes.length >> 1]! ^= 1;
        await files.write(path, bytes);
      },
    ],
    ["gone", async (files: WritableFiles, path: string) => rmSync(files.absolute(path))],
    [
      "cut off",
      async (files: WritableFiles, path: string) => files.write(path, (await files.readBytes(path)).subarray(0, 10)),
    ],
  ])("of a file that is %s end the reading", async (_name, spoil) => {
    const { files, records } = await written(2_000);
    const [first = ""] = await parts(files);
    await spoil(files, first);
    await expect(inOrder(records.read(shuffled))).rejects.toThrow(`${first} is damaged or gone`);
  });

  test("that nobody takes any more are not held", async () => {
    const { records } = await written(2_000);
    const { now } = records.held();
    for await (const _record of records.read(shuffled)) break;
    expect(records.held().now).toBe(now);
  });
});
