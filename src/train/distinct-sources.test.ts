import { expect, test } from "vitest";
import { temporaryFiles } from "../../test/support/temp-files.ts";
import { TINY_LABELS, tinyPorts, tinyRows } from "../../test/support/tiny-corpus.ts";
import { parseTrainConfig, type TrainConfig } from "./config.ts";
import { checkDistinctSources } from "./distinct-sources.ts";
import { streamedData } from "./streamed-data.ts";
import { heldData, type TrainingData } from "./training-data.ts";

const JSONL = tinyRows(8)
  .map((row) => JSON.stringify(row))
  .join("\n");

const configOf = (data: unknown, modality = "text"): TrainConfig =>
  parseTrainConfig({
    id: "tiny",
    version: "0.1.0",
    modality,
    labels: TINY_LABELS,
    data,
    training: { epochs: 1, batch: 1, learningRate: 0.1 },
  });

const FILES = {
  "set/rows.jsonl": JSONL,
  "set/same.jsonl": JSONL,
  "copy/rows.jsonl": JSONL,
  "set/others.jsonl": `${JSONL}\n`,
};

const check = (data: unknown, modality?: string) =>
  checkDistinctSources(configOf(data, modality), "set/train.json", temporaryFiles(FILES));

test("a manifest that is named twice is refused, by whichever path", async () => {
  await expect(check([{ manifest: "rows.jsonl" }, { manifest: "../set/rows.jsonl" }])).rejects.toMatchObject({
    code: "config",
    message: "Sources 1 and 2 of data are both the manifest set/rows.jsonl: every row would count twice.",
  });
  await expect(check([{ manifest: "../set" }, { manifest: "../copy" }, { manifest: "." }], "face")).rejects.toThrow(
    "Sources 1 and 3 of data are both the manifest set:",
  );
});

test("a copy of a manifest is refused where it is about the same rows", async () => {
  await expect(check([{ manifest: "rows.jsonl" }, { manifest: "../copy/rows.jsonl" }])).rejects.toThrow(
    "are equal files, the manifest set/rows.jsonl and the manifest copy/rows.jsonl:",
  );
  await expect(check([{ manifest: "rows.jsonl" }, { manifest: "same.jsonl" }], "speech")).rejects.toThrow(
    "equal files",
  );
  // The sounds beside it may be others.
  await check([{ manifest: "rows.jsonl" }, { manifest: "../copy/rows.jsonl" }], "speech");
  await check([{ manifest: "rows.jsonl" }, { manifest: "others.jsonl" }]);
});

test("a data set that is named twice is refused, unless in another fold", async () => {
  await expect(check([{ dataset: "goemotions" }, { dataset: "goemotions" }])).rejects.toThrow(
    "the data set goemotions:",
  );
  await check([
    { dataset: "ravdess", fold: 1 },
    { dataset: "ravdess", fold: 2 },
  ]);
});

test.each([heldData, streamedData])("rows are not loaded twice by %o", async (load) => {
  const files = temporaryFiles(FILES);
  const options = { config: "set/train.json", root: "." };
  const loaded = (data: unknown): Promise<TrainingData> => load(configOf(data), options, tinyPorts(files));
  await expect(loaded([{ manifest: "rows.jsonl" }, { manifest: "rows.jsonl" }])).rejects.toThrow("count twice");
  expect((await loaded([{ manifest: "rows.jsonl" }])).problems).toEqual([]);
});
