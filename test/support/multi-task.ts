/** Tiny models that learn a number and a category beside their label, by the project's own trainer. */
import type { WritableFiles } from "../../src/core/ports.ts";
import { runTraining } from "../../src/train/run.ts";
import { TINY_LABELS, tinyPorts, tinyRows } from "./tiny-corpus.ts";

const COMMON = {
  id: "tiny",
  version: "0.1.0",
  labels: TINY_LABELS,
  data: [{ manifest: "rows.jsonl" }],
  training: { epochs: 8, batch: 8, learningRate: 0.03, threads: 1, optimizer: "adam" },
};
export const MULTI_TASK_HEAD = { kind: "multi-task", hidden: 8, dropout: 0 };
export const MULTI_TASK_COLUMNS = { numbers: ["arousal"], categories: ["intensity"] };
/** Without head and columns. */
export const ENCODERS = {
  text: {
    modality: "text",
    features: { languages: ["en"], maxTokens: 6, vocabularySize: 300, tokenDropout: 0 },
    network: { kind: "bag-of-words", tokenDim: 8, hidden: 8, dropout: 0 },
  },
  face: {
    modality: "face",
    features: { side: 16, cut: 16, trainSizes: [16], size: 16, cleaned: false, mixup: 0.2 },
    network: { channels: [4, 8], dropout: 0 },
  },
  speech: {
    modality: "speech",
    features: { bands: 16, steps: 12, normalization: "clip", mixup: 0, augment: { bandShift: 0 } },
    network: { kind: "mfcc-lstm", hidden: 8, dropout: 0 },
  },
};

/** The configuration of a training with both. */
export function multiTaskConfig({ features, network, ...rest }: (typeof ENCODERS)[keyof typeof ENCODERS]) {
  return { ...rest, features: { ...features, ...MULTI_TASK_COLUMNS }, network: { ...network, head: MULTI_TASK_HEAD } };
}

/** Joy is aroused and strong; every fifth row lacks either. @param change goes before what is common */
export async function trainTiny(files: WritableFiles, change: object) {
  const rows = tinyRows(48).map((own, at) => ({
    ...own,
    ...(at % 5 === 0 ? {} : { arousal: (at % 2) + 0.1 * (at % 3), intensity: at % 2 ? "strong" : "normal" }),
  }));
  await files.write("rows.jsonl", rows.map((own) => JSON.stringify(own)).join("\n"));
  await files.write("train.json", JSON.stringify({ ...COMMON, ...change }));
  const ports = tinyPorts(files);
  const result = await runTraining({ config: "train.json", root: ".", out: "run", command: "made here" }, ports);
  return { ...result, bytes: await files.readBytes("model.onnx"), ports };
}
