import { expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { fakeTools } from "../../../test/support/tools.ts";
import { tinyConfig } from "../../../test/support/train-config.ts";
import { runTune } from "./tune.ts";

test("shows the plan, each trial and the leaderboard", async () => {
  const files = temporaryFiles({
    "train.json": JSON.stringify(tinyConfig()),
    "space.json": JSON.stringify({ "training.batch": { choice: [4] } }),
  });
  const tools = {
    ...fakeTools({
      interactive: true,
      train: async ({ until = 0, out = "", model }, events) => {
        await events.leftOut?.([{ code: "syntax", file: "rows.csv", line: 3, reason: "has 2 fields" }]);
        expect(model).toBeUndefined();
        const score = out.endsWith("2") ? 0.9 : 0.5;
        const best = { epoch: until, score, metrics: {}, loss: 1, learningRate: 1, best: true, seconds: 1 };
        return { best, history: Array(until).fill(best), weights: new Map(), finished: until === 3 };
      },
    }),
    files,
  };
  const options = { space: "space.json", trials: 3, keep: 3, least: 1, seed: 1, root: "." };
  await runTune("train.json", options, tools);
  const err = tools.err.join("");
  expect(err).toContain("trials × epochs: 3 × 1, 1 × 3\n");
  expect(err).toContain("trial 3, rung 1: training.batch 4\n");
  // Every trial reads the same rows.
  expect(err.match(/rows\.csv:3 has 2 fields/gu)).toHaveLength(1);
  const lines = tools.out.join("\n").split("\n");
  expect(lines[0]).toMatch(/trial +score +epoch +batch$/u);
  expect(lines[2]).toMatch(/^1 +2 +0\.9000 +3\/3 +4$/u);
  expect(lines.at(-1)).toBe("best, by validation rows alone: runs/tiny-tune/best.json");
});
