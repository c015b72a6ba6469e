import { expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { fakeTools } from "../../../test/support/tools.ts";
import { tinyConfig } from "../../../test/support/train-config.ts";
import { PAIRING_CAVEAT } from "../../data/caveats.ts";
import type { Tools } from "../tools.ts";
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

test("what has to be said of the rows stands beside the first score, below the leaderboard and in the JSON, also when nothing is left to train", async () => {
  const files = temporaryFiles({
    "train.json": JSON.stringify(tinyConfig()),
    "space.json": JSON.stringify({ "training.batch": { choice: [4] } }),
  });
  const best = { epoch: 1, score: 0.5, metrics: {}, loss: 1, learningRate: 1, best: true, seconds: 1 };
  const train: Tools["train"] = async () => ({
    ...{ best, history: [best], weights: new Map(), finished: false },
    caveats: [PAIRING_CAVEAT],
  });
  const options = { space: "space.json", trials: 2, keep: 1, least: 1, seed: 1, root: "." };
  const tools = { ...fakeTools({ interactive: true, train }), files };
  await runTune("train.json", options, tools);
  expect(tools.err.join("").split(PAIRING_CAVEAT)).toHaveLength(2);
  expect(tools.err.join("")).toMatch(/trial 1: score 0\.5000.*\nArtificial pairing/u);
  expect(tools.out.slice(-2)).toEqual([PAIRING_CAVEAT, expect.stringContaining("best.json")]);
  const written = JSON.parse(await files.readText("runs/tiny-tune/leaderboard.json"));
  expect(written).toMatchObject([{ caveats: [PAIRING_CAVEAT] }, { caveats: [PAIRING_CAVEAT] }]);
  const again = { ...fakeTools({ train: () => Promise.reject(new Error("nothing is left")) }), files };
  await runTune("train.json", options, again);
  expect(JSON.parse(again.out.join("")).caveats).toEqual([PAIRING_CAVEAT]);
});
