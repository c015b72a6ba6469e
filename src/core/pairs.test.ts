import { expect, test } from "vitest";
import { pairs } from "./pairs.ts";

test("items go side by side, and both sources end with the shorter one or with the reader", async () => {
  const ended: string[] = [];
  async function* source(name: string, count: number) {
    try {
      for (let at = 0; at < count; at++) yield `${name}${at}`;
    } finally {
      ended.push(name);
    }
  }
  const all: (readonly [string, string])[] = [];
  for await (const pair of pairs(source("a", 3), source("b", 2))) all.push(pair);
  expect(all).toEqual([
    ["a0", "b0"],
    ["a1", "b1"],
  ]);
  for await (const _ of pairs(source("c", 3), source("d", 3))) break;
  expect(ended.toSorted()).toEqual(["a", "b", "c", "d"]);
});
