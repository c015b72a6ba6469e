import { expect, test } from "vitest";
import { waitingFor } from "./waiting.ts";

test("what the source takes counts as waiting, what the reader takes does not", async () => {
  let ms = 0;
  function* source() {
    for (let item = 0; item < 4; item++) {
      ms += 10;
      yield item;
    }
  }
  const { items, share } = waitingFor(source(), () => ms);
  const read: number[] = [];
  for await (const item of items) {
    ms += 30;
    read.push(item);
  }
  expect(read).toEqual([0, 1, 2, 3]);
  // 4 × 10 of 4 × (10 + 30)
  expect(share()).toBe(0.25);
});

test("a reader that leaves early closes the source", async () => {
  let closed = false;
  async function* source() {
    try {
      for (;;) yield 1;
    } finally {
      closed = true;
    }
  }
  const { items, share } = waitingFor(source(), () => 0);
  for await (const item of items) if (item === 1) break;
  expect(closed).toBe(true);
  expect(share()).toBe(0);
});
