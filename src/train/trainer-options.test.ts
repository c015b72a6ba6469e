import { expect, test } from "vitest";
import { parseTrainConfig } from "./config.ts";
import type { TrainingTask } from "./task.ts";
import { trainerOptions } from "./trainer-options.ts";

const TASK = { stepsPerEpoch: 10, trainingRows: 20 } as TrainingTask;

function optionsWith(training: object) {
  const config = parseTrainConfig({
    id: "tiny",
    version: "1.0.0",
    modality: "face",
    labels: ["anger", "joy"],
    data: [{ manifest: "rows.jsonl" }],
    training: { epochs: 8, batch: 2, learningRate: 0.1, schedule: "cosine", ...training },
  });
  return trainerOptions(config, TASK);
}

test("a run that stops early has the rates of the whole schedule", () => {
  const whole = optionsWith({});
  const cut = optionsWith({ stopAfter: 3 });
  expect([whole.epochs, cut.epochs, optionsWith({ stopAfter: 20 }).epochs]).toEqual([8, 3, 8]);
  const rates = ({ schedule }: typeof whole) => [0, 15, 29].map((step) => schedule(step, []));
  expect(rates(cut)).toEqual(rates(whole));
  expect(cut.schedule(29, [])).toBeGreaterThan(0.05);
});
