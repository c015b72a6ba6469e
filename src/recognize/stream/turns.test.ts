import { expect, test } from "vitest";
import { createTurns } from "./turns.ts";

test("the most urgent goes first, equals in order of asking, one at a time; a failure ends nobody else's turn", async () => {
  const turns = createTurns();
  const order: string[] = [];
  let running = 0;
  const work = (name: string) => async () => {
    expect(++running).toBe(1);
    await Promise.resolve();
    order.push(name);
    running--;
    if (name === "broken") throw new Error("broken");
  };
  expect(turns.idle()).toBe(true);
  const all = [
    turns.take("partial", work("first")),
    turns.take("partial", work("partial")),
    turns.take("frame", work("broken")).catch(() => order.push("failed")),
    turns.take("result", work("result 1")),
    turns.take("result", work("result 2")),
    turns.take("sound", work("sound")),
  ];
  expect(turns.idle()).toBe(false);
  await Promise.all(all);
  expect(order.filter((name) => name !== "failed")).toEqual([
    "first",
    "result 1",
    "result 2",
    "sound",
    "broken",
    "partial",
  ]);
  expect(turns.idle()).toBe(true);
});
