import { expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { fakeTools } from "../../../test/support/tools.ts";
import { tinyConfig } from "../../../test/support/train-config.ts";
import type { RunEvents, RunOptions, RunResult } from "../../train/run.ts";
import type { TrainingTask } from "../../train/task.ts";
import { runTrain } from "./train.ts";

const CONFIG = JSON.stringify(tinyConfig());
const best = {
  epoch: 2,
  loss: 0.5,
  learningRate: 0.1,
  best: true,
  seconds: 61,
  score: 0.75,
  metrics: { accuracy: 0.75 },
};
const result: RunResult = {
  model: "tiny/model.onnx",
  bytes: 2e6,
  best,
  history: [best],
  weights: new Map(),
  finished: true,
};

test("hands the configuration on, shows every epoch, and says what came out", async () => {
  const seen: RunOptions[] = [];
  const tools = {
    ...fakeTools({
      train: async (options, events) => {
        seen.push(options);
        events.uncovered?.({ training: ["joy"], validation: [] });
        events.resumed?.(1);
        events.step?.({ epoch: 2, step: 1, steps: 4, loss: 0.6 });
        await events.epoch?.(best, [best]);
        return result;
      },
    }),
    files: temporaryFiles({ "tiny/train.json": CONFIG }),
  };
  await runTrain("tiny/train.json", { root: tools.dataFolder }, tools);
  const common = { config: "tiny/train.json", command: "affekt train tiny/train.json" };
  expect(seen).toEqual([{ ...common, root: tools.dataFolder, out: "runs/tiny" }]);
  expect(tools.err.join("")).toBe(
    "no training row has the label joy\ngoing on after epoch 1\nepoch 2  loss 0.5000  accuracy 0.7500  1:01  best\n",
  );
  expect(JSON.parse(tools.out.join(""))).toMatchObject({ model: "tiny/model.onnx", bytes: 2e6, epochs: 1 });
});

test("what makes a training slow is told once, also where each fold has it to say", async () => {
  const task = { notes: ["this waits"] } as unknown as TrainingTask;
  const train = async (_: RunOptions, events: RunEvents) => {
    for (let fold = 0; fold < 2; fold++) events.prepared?.(task);
    return result;
  };
  const tools = { ...fakeTools({ train }), files: temporaryFiles({ "tiny/train.json": CONFIG }) };
  await runTrain("tiny/train.json", { root: tools.dataFolder }, tools);
  expect(tools.err.join("")).toBe("this waits\n");
});

test("the report says what else the command was given, the model does not", async () => {
  const seen: RunOptions[] = [];
  const train = async (options: RunOptions) => {
    seen.push(options);
    return result;
  };
  const tools = { ...fakeTools({ train }), files: temporaryFiles({ "tiny/train.json": CONFIG }) };
  await runTrain("tiny/train.json", { root: "/my data", out: "run", model: "it's.onnx", strict: true }, tools);
  expect(seen[0]).toMatchObject({
    command: "affekt train tiny/train.json",
    given: "--root '/my data' --out run --model 'it'\\''s.onnx' --strict",
  });
});

test("--resume without a checkpoint is an error, and with one it is not", async () => {
  const files = temporaryFiles({ "tiny/train.json": CONFIG });
  const train = async () => result;
  await expect(
    runTrain("tiny/train.json", { root: ".", resume: true }, { ...fakeTools({ train }), files }),
  ).rejects.toMatchObject({ code: "checkpoint", message: "runs/tiny holds no checkpoint to go on from." });
  await files.write("runs/tiny/checkpoint.safetensors", "");
  await runTrain("tiny/train.json", { root: ".", resume: true }, { ...fakeTools({ train }), files });
});

test.each([
  ["{", "is not JSON"],
  ['{\n  "id": NaN }', "train.json is not JSON: line 2, column 9 has NaN; expected a value."],
  ['{"idd":"tiny"}', 'unknown field "idd" (did you mean "id"?)'],
  ['{"id":"tiny"}', "modality"],
])("the configuration %s is refused by name", async (content, message) => {
  const tools = { ...fakeTools(), files: temporaryFiles({ "train.json": content }) };
  const failure = runTrain("train.json", { root: "." }, tools);
  await expect(failure).rejects.toMatchObject({ code: "config", message: expect.stringContaining(message) as string });
});

test("folds end in a table of their scores with mean and range", async () => {
  const score = { mean: 0.7, low: 0.6, high: 0.8 };
  const folds = [0.6, 0.8].map((value, index) => ({
    fold: index + 1,
    epoch: 3,
    score: value,
    metrics: { accuracy: value },
  }));
  const train = async (): Promise<RunResult> => {
    const { model: _model, bytes: _bytes, ...rest } = result;
    return { ...rest, folds: { folds, score, metrics: { accuracy: score } } };
  };
  const config = JSON.stringify({ ...JSON.parse(CONFIG), folds: 2 });
  const tools = { ...fakeTools({ train, interactive: true }), files: temporaryFiles({ "train.json": config }) };
  await runTrain("train.json", { root: "." }, tools);
  const lines = tools.out.join("\n").split("\n");
  expect(lines.find((line) => line.startsWith("fold 2"))).toMatch(/3 +0\.8000$/u);
  expect(lines.find((line) => line.startsWith("mean"))).toMatch(/0\.7000$/u);
  const withModel = runTrain("train.json", { root: ".", model: "a.onnx" }, tools);
  await expect(withModel).rejects.toMatchObject({ code: "usage" });
});

test("what has to be said of the rows stands below the scores, and in the JSON", async () => {
  const caveats = ["Acted."];
  for (const interactive of [true, false]) {
    const tools = {
      ...fakeTools({ train: async () => ({ ...result, caveats }), interactive }),
      files: temporaryFiles({ "train.json": CONFIG }),
    };
    await runTrain("train.json", { root: "." }, tools);
    const said = tools.out.join("\n");
    if (interactive) expect(said).toMatch(/accuracy 0\.7500.*\n {2}Acted\.\n/u);
    else expect(JSON.parse(said)).toMatchObject({ caveats });
  }
});

test("on a terminal, curves of loss and score stand below the bar", async () => {
  const second = { ...best, epoch: 2, score: 0.9 };
  const tools = {
    ...fakeTools({
      train: async (_options, events) => {
        for (let step = 1; step <= 4; step++) events.step?.({ epoch: 1, step, steps: 4, loss: 1 / step });
        await events.epoch?.(best, [best]);
        await events.epoch?.(second, [best, second]);
        events.step?.({ epoch: 3, step: 1, steps: 4, loss: 0.1 });
        return result;
      },
    }),
    files: temporaryFiles({ "train.json": CONFIG }),
  };
  let clock = 0;
  Object.assign(tools.terminal, { live: true, now: () => (clock += 200) });
  await runTrain("train.json", { root: "." }, tools);
  expect(tools.err.join("")).toContain("loss █▄▃▂▁   score ▁█ best 0.9000");
});

test("tells which rows it goes on without, but not those that a cleaning dropped; --strict is handed on", async () => {
  const seen: RunOptions[] = [];
  const tools = {
    ...fakeTools({
      train: async (options, events) => {
        seen.push(options);
        const broken = { code: "unknown-label", file: "rows.csv", reason: 'has the unknown label "bogus"' } as const;
        const lines = Array.from({ length: 7 }, (_, index) => ({ ...broken, line: index + 2 }));
        await events.leftOut?.([{ code: "dropped", line: 1, reason: "is a twin" }, ...lines]);
        return result;
      },
    }),
    files: temporaryFiles({ "train.json": CONFIG }),
  };
  await runTrain("train.json", { root: ".", strict: true }, tools);
  const told = tools.err.join("").trim().split("\n");
  expect(told[0]).toBe('rows.csv:2 has the unknown label "bogus"');
  expect(told.slice(5)).toEqual(["… 2 more", "7 broken rows are left out; --strict makes it an error"]);
  expect(seen[0]?.strict).toBe(true);
});
