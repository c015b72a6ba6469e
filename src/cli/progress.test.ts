import { expect, test } from "vitest";
import { duration, startProgress } from "./progress.ts";

test("time left is what is left at the pace so far", () => {
  let clock = 0;
  const notes: string[] = [];
  const progress = startProgress({ live: true, now: () => clock, note: (text) => notes.push(text) }, "rows", 100);
  clock = 30_000;
  progress.update(25);
  // 25 rows in 30 s: 75 rows take 90 s
  expect(notes.at(-1)).toContain("25/100, 1:30 left");
  progress.end();
});

test("redraws at most ten times a second, and not at all where nobody looks", () => {
  let clock = 0;
  const notes: string[] = [];
  const note = (text: string) => notes.push(text);
  const live = startProgress({ live: true, now: () => clock, note }, "rows", 10);
  for (let done = 1; done <= 10; done++) {
    clock += 20;
    live.update(done);
  }
  // at 20 ms and at 120 ms
  expect(notes.length).toBe(2);
  startProgress({ live: false, now: () => clock, note }, "rows", 10).update(5);
  expect(notes.length).toBe(2);
});

test("durations have minutes and seconds, and hours when there are some", () => {
  expect(duration(90_000)).toBe("1:30");
  expect(duration(3_661_000)).toBe("1:01:01");
});

test("a second line stands below the first, and both are cleared at the end", () => {
  const notes: string[] = [];
  const progress = startProgress({ live: true, now: () => 0, note: (text) => notes.push(text) }, "epoch 1", 4);
  progress.update(1, "loss 0.5", "▁▂▃");
  expect(notes.at(-1)).toMatch(/epoch 1 .* loss 0\.5\n/u);
  expect(notes.at(-1)).toContain("\u001b[2K▁▂▃\u001b[1A\r");
  progress.end();
  expect(notes.at(-1)).toBe("\r\u001b[J");
});
