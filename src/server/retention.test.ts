import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Store } from "../store/store.ts";
import { startRetention } from "./retention.ts";

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 31) }));
afterEach(() => void vi.useRealTimers());

test("what is too old goes at once and every hour, a failure does not end it, and it can be ended", async () => {
  const asked: { predictions: Date; claims: Date }[] = [];
  let away = false;
  const store = {
    expire: async (before: { predictions: Date; claims: Date }) => {
      asked.push(before);
      if (away) throw new Error("away");
      return { predictions: 1 };
    },
  } as unknown as Store;
  const [done, failed] = [vi.fn<(deleted: object) => void>(), vi.fn<(cause: unknown) => void>()];
  const end = startRetention(store, { keepDays: 30, clock: () => new Date(), done, failed });
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toEqual([
    {
      predictions: new Date(Date.UTC(2026, 0, 1)),
      claims: new Date(Date.UTC(2026, 0, 30)),
      now: new Date(Date.UTC(2026, 0, 31)),
    },
  ]);
  away = true;
  await vi.advanceTimersByTimeAsync(3_600_000);
  away = false;
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect([done.mock.calls.length, failed.mock.calls.length]).toEqual([2, 1]);
  await end();
  await vi.advanceTimersByTimeAsync(7_200_000);
  expect(asked).toHaveLength(3);
});
