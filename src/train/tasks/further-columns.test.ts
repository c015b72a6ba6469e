import { describe, expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { TINY_LABELS, tinyPorts, tinyRows } from "../../../test/support/tiny-corpus.ts";
import type { Row } from "../../data/row.ts";
import { contractFromModel } from "../../recognize/contract-file.ts";
import { runTraining } from "../run.ts";
import { furtherColumns, furtherMetrics, targetBuffers } from "./further-columns.ts";

const row = (extra: Row["extra"], id = "r"): Row => ({ id, extra });

describe("further columns of rows", () => {
  const fields = { numbers: ["valence"], categories: ["intensity"] };
  const training = [
    row({ valence: "1", intensity: "low" }),
    row({ valence: 3, intensity: "high" }),
    row({ valence: "" }),
  ];
  const further = furtherColumns(training, fields);

  test("numbers, in CSV as text, are standardized over the training rows, categories one-hot, and each says whether a row has it", () => {
    // Mean 2, deviation 1; high stands before low.
    expect(further.width).toBe(1 + 2 + 2);
    const targets = further.targets([row({ valence: 4, intensity: "low" }), row({ intensity: "unheard of" })]);
    expect([...targets]).toEqual([2, 0, 1, 1, 1, 0, 0, 0, 0, 0]);
  });

  test("judged by concordance and accuracy on the rows that have them", () => {
    const targets = further.targets([row({ valence: 1, intensity: "low" }), row({ valence: 3 }), row({})]);
    const answers = new Map([
      ["number-1", Float32Array.of(-1, 1, 9)],
      ["category-1", Float32Array.of(0, 1, 1, 0, 1, 0)],
    ]);
    expect(furtherMetrics(further, targets, answers)).toEqual({ "valence ccc": 1, "intensity accuracy": 1 });
  });

  test("a column that no row has is refused by its name", () => {
    const refused = (numbers: string[], categories: string[]) => () =>
      furtherColumns(training, { numbers, categories });
    expect(refused(["arousal"], [])).toThrow("no number in the field arousal");
    expect(refused([], ["mood"])).toThrow("no value in the field mood");
  });

  test("labels and columns of a batch are mixed alike", () => {
    const { packed, place, flush, feeds } = targetBuffers(2, 2, 3);
    place(0, [1, 0], [5, 6, 7]);
    place(1, [0, 1], undefined);
    packed.set([0.5], 0);
    flush();
    expect([...(feeds.targets.data as Float32Array)]).toEqual([0.5, 0, 0, 1]);
    expect(Array.from(feeds.further?.data as Float32Array)).toEqual([5, 6, 7, 0, 0, 0]);
  });
});

const COMMON = {
  id: "tiny",
  version: "0.1.0",
  labels: TINY_LABELS,
  data: [{ manifest: "rows.jsonl" }],
  training: { epochs: 8, batch: 8, learningRate: 0.03, threads: 1, optimizer: "adam" },
};
const HEAD = { kind: "multi-task", hidden: 8, dropout: 0 };
const COLUMNS = { numbers: ["arousal"], categories: ["intensity"] };
const CONFIGS = {
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

/** Joy is aroused and strong; every fifth row lacks either. */
async function trained(change: object) {
  const rows = tinyRows(48).map((own, at) => ({
    ...own,
    ...(at % 5 === 0 ? {} : { arousal: (at % 2) + 0.1 * (at % 3), intensity: at % 2 ? "strong" : "normal" }),
  }));
  const config = { ...COMMON, ...change };
  const files = temporaryFiles({
    "rows.jsonl": rows.map((own) => JSON.stringify(own)).join("\n"),
    "train.json": JSON.stringify(config),
  });
  const ports = tinyPorts(files);
  const result = await runTraining({ config: "train.json", root: ".", out: "run", command: "made here" }, ports);
  return { ...result, bytes: await files.readBytes("model.onnx"), ports };
}

describe.each(Object.entries(CONFIGS))(
  "a multi-task head over a %s encoder",
  (_modality, { features, network, ...rest }) => {
    test("learns label, number and category together, and its model answers all three", async () => {
      const config = { ...rest, features: { ...features, ...COLUMNS }, network: { ...network, head: HEAD } };
      const { history, weights, bytes, ports } = await trained(config);
      const metrics = history.at(-1)?.metrics ?? {};
      expect(metrics["accuracy"]).toBeGreaterThan(0.9);
      expect(metrics["arousal ccc"]).toBeGreaterThan(0.3);
      expect(metrics["intensity accuracy"]).toBeGreaterThan(0.9);
      for (const task of ["label", "number-1", "category-1"]) {
        expect(weights.get(`head.${task}.logVariance`)?.[0]).not.toBe(0);
      }
      const contract = contractFromModel(bytes);
      expect(contract.columns).toMatchObject([
        { field: "arousal", output: "number-1" },
        { field: "intensity", output: "category-1", values: ["normal", "strong"] },
      ]);
      const session = await ports.runtime.open(bytes);
      expect(session.outputs).toEqual(expect.arrayContaining(["logits", "embedding", "number-1", "category-1"]));
      await session.release();
    });

    test("columns without such a head are refused", async () => {
      const failure = trained({ ...rest, features: { ...features, ...COLUMNS }, network });
      await expect(failure).rejects.toThrow("features names the columns arousal, intensity");
    });
  },
);

test("texts with several labels are flags beside the columns", async () => {
  const { features, network } = CONFIGS.text;
  const { best } = await trained({
    modality: "text",
    features: { ...features, ...COLUMNS, task: "multi" },
    network: { ...network, head: HEAD },
  });
  expect(best.metrics["macroF1"]).toBeGreaterThan(0.9);
});
