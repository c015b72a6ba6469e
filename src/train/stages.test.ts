import { expect, test } from "vitest";
import { temporaryFiles } from "../../test/support/temp-files.ts";
import { TINY_LABELS, tinyPorts, tinyRows } from "../../test/support/tiny-corpus.ts";
import { parseTrainConfig } from "./config.ts";
import { runTraining } from "./run.ts";
import { earlierStage } from "./start.ts";

const config = (id: string, start?: string) => ({
  id,
  version: "0.1.0",
  modality: "text",
  labels: TINY_LABELS,
  data: [{ manifest: "rows.jsonl" }],
  features: { languages: ["en"], maxTokens: 6, vocabularySize: 300, tokenDropout: 0 },
  network: { kind: "bag-of-words", tokenDim: 4, hidden: 4, dropout: 0 },
  training: { epochs: 1, batch: 8, learningRate: 0.02, threads: 1, ...(start === undefined ? {} : { start }) },
});

/** Configurations of which each but the first starts from the one before, and the stages that a training of the last has. */
function staged(names: readonly string[], others: Readonly<Record<string, string>> = {}) {
  const configs = names.map((name, at) => {
    const start = at === 0 ? undefined : `${names[at - 1]}.json`;
    return [`${name}.json`, JSON.stringify(config(name, start))] as const;
  });
  const rows = tinyRows(16).map((row) => JSON.stringify(row));
  const files = temporaryFiles({ "rows.jsonl": rows.join("\n"), ...Object.fromEntries(configs), ...others });
  const stages: string[] = [];
  const loaded: number[] = [];
  const options = { config: `${names.at(-1)}.json`, root: ".", out: "run", command: "made here" };
  const run = () =>
    runTraining(options, tinyPorts(files), {
      stage: (id) => stages.push(id),
      warmStarted: (given) => loaded.push(given.missing.length),
    });
  return { files, run, stages, loaded };
}

test("a configuration that starts from another one trains that first, and only once", async () => {
  const { files, run, stages, loaded } = staged(["first", "second", "third"]);
  const { model } = await run();
  expect(model).toBe("model.onnx");
  expect(stages).toEqual(["second", "first"]);
  // The second and the third start from all arrays of the one before.
  expect(loaded).toEqual([0, 0]);
  expect(await files.exists("run/earlier/earlier/model.onnx")).toBe(true);
  await run();
  expect(stages).toHaveLength(2);
});

test("no earlier configuration is trained where the last one's model cannot be written", async () => {
  const { run, stages } = staged(["first", "second"], { "model.onnx/inside.txt": "here" });
  await expect(run()).rejects.toThrow(/Could not write .*model\.onnx: it is a folder/u);
  expect(stages).toEqual([]);
});

test("a circle of configurations, or an earlier one for folds, is refused", () => {
  const itself = parseTrainConfig(config("tiny", "train.json"));
  expect(() => earlierStage(itself, "train.json", "runs/tiny")).toThrow("train.json starts from itself");
  const deep = `runs/tiny${"/earlier".repeat(8)}`;
  expect(() => earlierStage(itself, "other.json", deep)).toThrow("other.json starts from itself, by way of train.json");
  const folds = parseTrainConfig({ ...config("tiny", "first.json"), folds: 2 });
  expect(() => earlierStage(folds, "train.json", "runs/tiny")).toThrow("With folds");
});
