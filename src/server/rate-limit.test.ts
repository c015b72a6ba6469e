import { expect, test } from "vitest";
import { createRateLimit } from "./rate-limit.ts";

test("a key may ask a burst at once, then as often as its share refills, each key for itself", () => {
  let time = 0;
  const limit = createRateLimit({ perMinute: 60, burst: 3, now: () => time });
  expect([1, 2, 3].map(() => limit("a"))).toEqual([0, 0, 0]);
  // One token a second.
  expect(limit("a")).toBe(1);
  expect(limit("b")).toBe(0);
  time = 1_000;
  expect([limit("a"), limit("a")]).toEqual([0, 1]);
  time = 3_600_000;
  expect([1, 2, 3, 4].map(() => limit("a"))).toEqual([0, 0, 0, 1]);
});

test("what costs more takes as much more, and what costs more than a burst needs a full bucket", () => {
  let time = 0;
  const limit = createRateLimit({ perMinute: 60, burst: 5, now: () => time });
  expect([limit("a", 3), limit("a", 3), limit("a")]).toEqual([0, 1, 0]);
  expect([limit("b", 20), limit("b")]).toEqual([0, 16]);
  time = 15_000;
  expect(limit("b")).toBe(1);
  time = 16_000;
  expect(limit("b")).toBe(0);
});

test("a slow share says how long to wait", () => {
  const limit = createRateLimit({ perMinute: 2, burst: 1, now: () => 0 });
  expect([limit("a"), limit("a")]).toEqual([0, 30]);
});

test("keys that have not asked for long are forgotten", () => {
  let time = 0;
  const limit = createRateLimit({ perMinute: 60, burst: 1, now: () => time });
  for (let who = 0; who < 10_001; who++) limit(String(who));
  time = 60_000;
  expect([limit("0"), limit("0")]).toEqual([0, 1]);
});
