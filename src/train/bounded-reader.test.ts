import { expect, test } from "vitest";
import { random, shuffle } from "../core/random.ts";
import { type BoundedReader, boundedReader } from "./bounded-reader.ts";

const COUNT = 50;
/** Between 10 and 19 bytes each. */
const bytesOf = (item: number): number => 10 + (item % 10);
const TOTAL = 50 * 10 + 5 * 45;

/** Items are their numbers as text; says how often each was loaded. */
function prepared(budget: number) {
  const loads = new Int32Array(COUNT);
  const reader = boundedReader<string>({
    ...{ count: COUNT, budget, bytesOf },
    async load(items) {
      for (const item of items) loads[item]!++;
      return items.map(String);
    },
  });
  return { reader, loads };
}

async function taken(reader: BoundedReader<string>, order: Iterable<number>): Promise<string[]> {
  const items: string[] = [];
  for await (const item of reader.read(order)) items.push(item);
  return items;
}

function orders(): number[][] {
  const dice = random(1);
  return [0, 1, 2].map(() =>
    shuffle(
      Array.from({ length: 3 * COUNT }, (_, at) => at % COUNT),
      dice,
    ),
  );
}

test.each([38, 60, 200, TOTAL - 1, TOTAL])(
  "with %i bytes, items come in order and no more are held",
  async (budget) => {
    const { reader } = prepared(budget);
    for (const order of orders()) expect(await taken(reader, order)).toEqual(order.map(String));
    expect(reader.held().most).toBeLessThanOrEqual(budget);
    expect(reader.held().most).toBeGreaterThan(budget / 2);
    expect(reader.held().now).toBeLessThanOrEqual(budget < TOTAL ? Math.max(0, budget - 38) : TOTAL);
  },
);

test("what fits is loaded once", async () => {
  const { reader, loads } = prepared(TOTAL);
  for (const order of orders()) await taken(reader, order);
  expect([...loads]).toEqual(Array(COUNT).fill(1));
  expect(reader.held()).toEqual({ now: TOTAL, most: TOTAL });
});

test("a half of the bytes saves more than a third of the loads", async () => {
  const { reader, loads } = prepared(TOTAL / 2);
  for (const order of orders()) await taken(reader, order);
  expect(loads.reduce((sum, times) => sum + times, 0)).toBeLessThan((2 / 3) * 9 * COUNT);
});

test("a reader who leaves lets go of what was read ahead for it", async () => {
  const { reader } = prepared(60);
  for await (const item of reader.read(orders()[0] as number[])) if (item !== "") break;
  const { now } = reader.held();
  for (const _ of orders()) {
    for await (const item of reader.read([1, 2, 3, 4, 5, 6, 7])) if (item === "3") break;
  }
  expect(reader.held().now).toBe(now);
  expect(reader.held().most).toBeLessThanOrEqual(60);
});

test("a load that fails is the reader's failure, also when it was ahead", async () => {
  const reader = boundedReader<number>({
    ...{ count: 9, budget: 4, bytesOf: () => 2 },
    load: async (items) => {
      if (items.includes(5)) throw new Error("5 is broken");
      return items;
    },
  });
  const seen: number[] = [];
  await expect(async () => {
    for await (const item of reader.read([3, 4, 5, 6])) {
      seen.push(item);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }).rejects.toThrow("5 is broken");
  expect(seen).toEqual([3, 4]);
  expect(reader.held().now).toBe(0);
});
