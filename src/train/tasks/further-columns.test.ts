import { describe, expect, test } from "vitest";
import { ENCODERS, multiTaskConfig, trainTiny } from "../../../test/support/multi-task.ts";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import type { Row } from "../../data/row.ts";
import { contractFromModel } from "../../recognize/contract-file.ts";
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

const trained = (change: object) => trainTiny(temporaryFiles(), change);

describe.each(Object.entries(ENCODERS))("a multi-task head over a %s encoder", (_modality, encoder) => {
  test("learns label, number and category together, and its model answers all three", async () => {
    const { history, weights, bytes, ports } = await trained(multiTaskConfig(encoder));
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
    const failure = trained({ ...multiTaskConfig(encoder), network: encoder.network });
    await expect(failure).rejects.toThrow("features names the columns arousal, intensity");
  });
});

test("texts with several labels are flags beside the columns", async () => {
  const config = multiTaskConfig(ENCODERS.text);
  const { best } = await trained({ ...config, features: { ...config.features, task: "multi" } });
  expect(best.metrics["macroF1"]).toBeGreaterThan(0.9);
});
