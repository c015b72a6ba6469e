import { expect, test } from "vitest";
import { rungs } from "./rungs.ts";

test("a third goes on for three times the epochs, the last for all", () => {
  expect(rungs({ trials: 9, epochs: 18 })).toEqual([
    { epochs: 2, trials: 9 },
    { epochs: 6, trials: 3 },
    { epochs: 18, trials: 1 },
  ]);
});

test("few epochs allow few halvings, and so do few trials", () => {
  expect(rungs({ trials: 27, epochs: 4 })).toEqual([
    { epochs: 1, trials: 27 },
    { epochs: 4, trials: 9 },
  ]);
  expect(rungs({ trials: 2, epochs: 90 })).toEqual([{ epochs: 90, trials: 2 }]);
  expect(rungs({ trials: 27, epochs: 27, least: 9 })).toHaveLength(2);
});

test("keeping all is a plain random search", () => {
  expect(rungs({ trials: 5, epochs: 10, keep: 1 })).toEqual([{ epochs: 10, trials: 5 }]);
});

test("no trials are no search", () => {
  expect(() => rungs({ trials: 0, epochs: 1 })).toThrow("0 trials");
});
