import { expect, test } from "vitest";
import { parseTrainConfig } from "./config.ts";

const CONFIG = {
  id: "tiny",
  version: "1.0.0",
  modality: "speech",
  labels: ["anger", "joy"],
  data: [{ manifest: "rows.jsonl", share: 0.5 }],
  training: { epochs: 1, batch: 2, learningRate: 0.1 },
};

test("a share of a source is drawn for speech, and refused where it would do nothing", () => {
  expect(parseTrainConfig(CONFIG).data).toEqual([{ manifest: "rows.jsonl", share: 0.5 }]);
  expect(() => parseTrainConfig({ ...CONFIG, modality: "text" })).toThrow("data: only speech draws a share");
});

test("every wrong field is named at once", () => {
  const training = { ...CONFIG.training, batch: 0, learnigRate: 0.1 };
  expect(() => parseTrainConfig({ ...CONFIG, version: "1", training })).toThrow(
    /version: .*training\.batch: .*learnigRate/u,
  );
});

test("a wrong field is told with what was received and what is expected", () => {
  const training = { ...CONFIG.training, schedule: "cosin", learnigRate: 0.1, batch: 0 };
  const refused = (): unknown => parseTrainConfig({ ...CONFIG, training }, "tiny.json");
  expect(refused).toThrow(/^tiny\.json is wrong: /u);
  expect(refused).toThrow('training.schedule: received "cosin"; expected one of "constant", "step", "cosine",');
  expect(refused).toThrow('training: unknown field "learnigRate" (did you mean "learningRate"?)');
  expect(refused).toThrow("training.batch: received 0; expected more than 0");
});

test("labels that are named twice are refused before anything is trained", () => {
  expect(() => parseTrainConfig({ ...CONFIG, labels: ["anger", "joy", "joy"] })).toThrow(
    "labels: must differ from each other",
  );
});
