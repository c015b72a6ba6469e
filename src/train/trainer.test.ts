import { expect, test } from "vitest";
import { temporaryFiles } from "../../test/support/temp-files.ts";
import type { WritableFiles } from "../core/ports.ts";
import type { Random } from "../core/random.ts";
import { float32, floats } from "../core/tensor.ts";
import { linear } from "../graph/layers/dense.ts";
import { crossEntropy } from "../graph/losses.ts";
import { sgd } from "../graph/optimize/optimizer.ts";
import { DYNAMIC } from "../graph/shape.ts";
import { nodeRuntime } from "../platform/node/runtime.ts";
import { reduceOnPlateau } from "./schedule.ts";
import type { TrainingTask } from "./task.ts";
import { type TrainerOptions, train } from "./trainer.ts";

const [BATCH, STEPS] = [8, 6];

/** Two clouds of points; the scores are made up, so that the schedule has plateaus to see. */
function clouds(
  scores: readonly number[],
  broken = Number.POSITIVE_INFINITY,
  losses: readonly number[] = [],
): TrainingTask {
  let validated = 0;
  function* batches(epoch: number, dice: Random) {
    for (let step = 0; step < STEPS; step++) {
      const [x, targets] = [new Float32Array(BATCH * 2), new Float32Array(BATCH * 2)];
      for (let row = 0; row < BATCH; row++) {
        const label = dice.integer(2);
        x.set([2 * label - 1 + dice.normal(), dice.normal()], row * 2);
        targets[row * 2 + label] = 1;
      }
      if (epoch >= broken && step === 2) x[3] = Number.NaN;
      yield { x: float32(x, [BATCH, 2]), targets: float32(targets, [BATCH, 2]) };
    }
  }
  return {
    stepsPerEpoch: STEPS,
    trainingRows: BATCH * STEPS,
    validationRows: 1,
    define: () => (graph) => {
      const logits = linear("out", 2)(graph.input("x", [BATCH, 2]));
      return { loss: crossEntropy(logits, graph.input("targets", [BATCH, 2])), outputs: { logits } };
    },
    infer: (graph) => ({ logits: linear("out", 2)(graph.input("x", [DYNAMIC, 2])) }),
    batches,
    async validate(session) {
      const { logits } = await session.run({ x: float32(Float32Array.of(1, 0), [1, 2]) }, { logits: null });
      const loss = losses[validated];
      const score = scores[validated++] ?? 0;
      return {
        score,
        ...(loss === undefined ? {} : { validationLoss: loss }),
        metrics: { joy: floats(logits)[1] as number },
      };
    },
    contract: () => Promise.reject(new Error("no contract was expected")),
  };
}

const OPTIONS: TrainerOptions = {
  epochs: 6,
  optimizer: sgd({ momentum: 0.5 }),
  schedule: reduceOnPlateau({ learningRate: 0.4, steps: 36, stepsPerEpoch: 6 }, { patience: 0 }),
  seed: 3,
  fingerprint: "test",
};
const SCORES = [1, 0.5, 2, 1, 1, 3];

let clock = 0;
const run = (files: WritableFiles, task: TrainingTask, options: Partial<TrainerOptions> = {}) =>
  train(task, { ...OPTIONS, ...options }, { runtime: nodeRuntime(), files, folder: "out", now: () => clock++ });

test("a run paused and resumed has the rates, the weights and the log of one that was not", async () => {
  const [whole, parts] = [temporaryFiles(), temporaryFiles()];
  const alone = await run(whole, clouds(SCORES));
  // Reduced after epochs 2, 4 and 5, none of which was the best so far.
  expect(alone.history.map(({ learningRate }) => learningRate)).toEqual([0.4, 0.4, 0.2, 0.2, 0.1, 0.05]);
  expect(alone.finished).toBe(true);
  const first = await run(parts, clouds(SCORES), { until: 4 });
  expect([first.finished, first.history.length]).toEqual([false, 4]);
  const second = await run(parts, clouds(SCORES.slice(4)));
  expect(second.weights).toEqual(alone.weights);
  const rates = ({ history }: typeof alone) =>
    history.map(({ loss, learningRate, score }) => [loss, learningRate, score]);
  expect(rates(second)).toEqual(rates(alone));
  expect(alone.history.at(-1)?.trainingAccuracy).toBeGreaterThan(0.5);
});

test("patience ends a run, and the weights are those of the best epoch", async () => {
  const files = temporaryFiles();
  const { history, best, weights } = await run(files, clouds([1, 2, 1, 1, 5]), { patience: 2 });
  expect(history).toHaveLength(4);
  expect(best.epoch).toBe(2);
  const two = await run(temporaryFiles(), clouds([1, 2]), { until: 2 });
  expect(weights).toEqual(two.weights);
});

test("of epochs with equal scores the one with the lowest validation loss is kept", async () => {
  const losses = [0.9, 0.5, 0.4, 0.1, 0.4, 0.6];
  const { history, best } = await run(temporaryFiles(), clouds([2, 2, 2, 1, 2, 2], undefined, losses));
  expect(best.epoch).toBe(3);
  expect(history.map((report) => report.best)).toEqual([true, true, true, false, false, false]);
});

test("a batch with a NaN stops the run with its row, and the last checkpoint stays", async () => {
  const files = temporaryFiles();
  await expect(run(files, clouds(SCORES, 2))).rejects.toMatchObject({
    code: "diverged",
    message: "The training diverged in epoch 2, step 3: the loss is NaN; the input x is NaN in row 1 of the batch.",
  });
  const lines = (await files.readText("out/log.jsonl")).trim().split("\n");
  expect(lines).toHaveLength(1);
});

test("accumulating more batches than an epoch has is refused", async () => {
  await expect(run(temporaryFiles(), clouds(SCORES), { accumulate: 7 })).rejects.toThrow(
    "48 training rows make 6 batches; an update needs 7.",
  );
});

test("starts from given weights, and says so if none of them fits", async () => {
  const start = new Map([
    ["out.weight", Float32Array.of(1, 2, 3, 4)],
    ["out.bias", Float32Array.of(5, 6)],
  ]);
  const frozen = await run(temporaryFiles(), clouds([1]), {
    start,
    until: 1,
    rateOf: (name) => (name === "out.weight" ? 0 : 1),
  });
  expect([...(frozen.weights.get("out.weight") ?? [])]).toEqual([1, 2, 3, 4]);
  expect([...(frozen.weights.get("out.bias") ?? [])]).not.toEqual([5, 6]);
  const stranger = new Map([["encoder.0.weight", Float32Array.of(1)]]);
  await expect(run(temporaryFiles(), clouds([1]), { start: stranger })).rejects.toMatchObject({
    code: "checkpoint",
    message: expect.stringContaining("they hold encoder.0.weight; the network has out.weight, out.bias") as string,
  });
  const damaged = new Map([...start, ["mask", Float32Array.of(-Infinity)]]).set("out.bias", Float32Array.of(NaN, 6));
  await expect(run(temporaryFiles(), clouds([1]), { start: damaged })).rejects.toMatchObject({
    code: "checkpoint",
    message: "The weights to start from are damaged: numbers of out.bias are not finite.",
  });
});

test("the share of time spent waiting is that of the batches, and batches may come later", async () => {
  let ms = 0;
  const task = clouds([1]);
  const slow: TrainingTask = {
    ...task,
    async *batches(epoch, dice) {
      for await (const feeds of task.batches(epoch, dice)) {
        ms += 30;
        yield feeds;
      }
    },
  };
  // Reading the clock between the batches takes 5 ms of it.
  const ports = { runtime: nodeRuntime(), folder: "out", now: () => (ms += 5) };
  const files = temporaryFiles();
  const { history, weights } = await train(slow, { ...OPTIONS, epochs: 1 }, { ...ports, files });
  expect(history[0]?.waitShare).toBeGreaterThan(0.5);
  expect(history[0]?.waitShare).toBeLessThan(1);
  const [line = ""] = (await files.readText("out/log.jsonl")).split("\n");
  expect(JSON.parse(line)).toMatchObject({ waitShare: history[0]?.waitShare });
  const plain = await run(temporaryFiles(), clouds([1]), { epochs: 1 });
  expect(weights).toEqual(plain.weights);
});
