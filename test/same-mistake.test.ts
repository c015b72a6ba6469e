/** The same mistake reads the same in whatever file it is made. */
import { describe, expect, test } from "vitest";
import { AffektError } from "../src/core/errors.ts";
import type { Files } from "../src/core/ports.ts";
import { readHeader } from "../src/data/header.ts";
import { readJsonl } from "../src/data/readers/jsonl.ts";
import { checkRow } from "../src/data/row.ts";
import { parseEvaluation, parsePrediction } from "../src/evaluate/analysis/evaluation-file.ts";
import { replaceMetadata } from "../src/graph/onnx-metadata.ts";
import { encodeModel } from "../src/graph/onnx-write.ts";
import { poolOf } from "../src/platform/node/open.ts";
import { loadScenarios } from "../src/platform/node/scenario-files.ts";
import { CONTRACT_KEY, contractFromModel } from "../src/recognize/contract-file.ts";
import { readJson, readTrainConfig } from "../src/train/read-config.ts";
import { parseSpace } from "../src/train/tune/space.ts";
import { temporaryFiles } from "./support/temp-files.ts";

const EMPTY = encodeModel({ nodes: [], initializers: [], inputs: [], outputs: [] });

/** What reads a file of each kind. */
const READERS: Readonly<Record<string, (text: string, files: Files) => unknown>> = {
  "train.json": (_, files) => readTrainConfig(files, "it.json"),
  "space.json": async (_, files) => parseSpace(await readJson(files, "it.json"), "it.json"),
  "rows.header.json": (_, files) => readHeader(files, "it.jsonl"),
  "scenario.json": (_, files) => loadScenarios(files.absolute("scenarios")),
  "pool.json": (_, files) => poolOf(files.absolute(".")),
  "model.onnx": (text) => contractFromModel(replaceMetadata(EMPTY, { [CONTRACT_KEY]: text })),
  "evaluation.json": (text) => parseEvaluation(text, "it.json"),
  "predictions.jsonl": (text) => parsePrediction(text, "it.jsonl, line 1,"),
  "rows.jsonl": async (text) => {
    for await (const read of readJsonl([text])) {
      if ("problem" in read) throw new AffektError("manifest", read.problem, "");
      const checked = checkRow(read.value);
      if ("problem" in checked) throw new AffektError("manifest", checked.problem.reason, "");
    }
  },
};

async function messageOf(reader: string, text: string): Promise<string> {
  const names = ["it.json", "it.header.json", "scenarios/it.json", "pool.json"];
  const files = temporaryFiles(Object.fromEntries(names.map((name) => [name, text])));
  try {
    await READERS[reader]?.(text, files);
  } catch (error) {
    if (error instanceof AffektError) return error.message;
    throw error;
  }
  return "nothing is wrong";
}

const ALL = Object.keys(READERS);

test.each(ALL)("%s that is no JSON is told with the place, what stands there and what should", async (reader) => {
  expect(await messageOf(reader, '{"a": 1,}')).toContain("column 9 has }; expected a name in double quotes");
});

describe("a field that is wrong is told by its path, with what was received and what is expected", () => {
  test.each([
    ["train.json", '{"modality": "txt"}', 'modality: received "txt"; expected one of "text", "face", '],
    ["space.json", '{"training.batch": {"integer": ["1", 2]}}', 'training.batch: integer.0: received "1"; expected '],
    ["rows.header.json", '{"name": 3}', "name: received 3; expected text"],
    ["rows.header.json", '{"name": "a", "terms": "permisive"}', 'terms: received "permisive"; expected one of '],
    [
      "rows.header.json",
      '{"name": "a", "label": ["b"]}',
      'unknown field "label" (did you mean "labels"?); known fields: ',
    ],
    ["rows.header.json", '{"name": "a", "license": "MIT"}', 'unknown field "license" (did you mean "licence"?)'],
    [
      "train.json",
      '{"network": "wide-deep"}',
      'network: received "wide-deep"; expected object (did you mean { "kind": ',
    ],
    ["scenario.json", '{"id": 3}', "id: received 3; expected text"],
    [
      "scenario.json",
      '{"alerts": ["drop"]}',
      'alerts.0: received "drop"; expected object (did you mean { "kind": "drop", ',
    ],
    ["pool.json", '{"independence": 2}', "independence: received 2; expected at most 1"],
    ["pool.json", '{"independance": 1}', 'unknown field "independance" (did you mean "independence"?); known fields: '],
    ["model.onnx", '{"modality": "txt"}', 'modality: received "txt"; expected one of "text", "face", '],
    ["model.onnx", '{"modality": "face", "id": 3}', "id: received 3; expected text"],
    ["evaluation.json", '{"task": "single", "model": 3}', "model: received 3; expected text"],
    ["evaluation.json", '{"report": {"task": "singel"}}', 'report.task: received "singel"; expected one of "single", '],
    ["predictions.jsonl", '{"id": 3}', "id: received number; expected text"],
    ["rows.jsonl", '{"id": "a", "text": 3}', "text: received number; expected text"],
    ["rows.jsonl", '{"id": "a", "text": "b", "split": "tset"}', 'expected one of "train", "validation", "test"'],
    ["rows.jsonl", '{"id": "a", "text": "b", "split": "tset"}', "split: received text; expected one of "],
    ["rows.jsonl", '{"id": "a", "text": "b", "label": 3}', "label: received number; expected text or list or object"],
    ["rows.jsonl", '{"id": "a", "text": "b", "label": "saddness"}', '"saddness" (did you mean "sadness"?)'],
  ])("%s: %s", async (reader, text, message) => {
    expect(await messageOf(reader, text)).toContain(message);
  });
});

describe("what people wrote does not get into a message", () => {
  const SAID = "my husband left me";
  test.each([
    ["rows.jsonl", `{"id": "a", "text": ["${SAID}"]}`, "text: received list; expected text"],
    ["rows.jsonl", `{"id": "a", "text": "b", "split": "${SAID}"}`, "split: received text; expected one of"],
    ["rows.jsonl", `"${SAID}"`, "received text; expected object"],
    ["rows.jsonl", `{"text": "a" "${SAID}"}`, "column 14 has a text; expected a comma or the end"],
    ["rows.jsonl", `{"text": ${SAID}}`, "column 10 has a word; expected a value"],
    ["predictions.jsonl", `{"id": "a", "truth": "${SAID}"}`, "truth: received text; expected list"],
    ["predictions.jsonl", `{"id": "${SAID}`, "column 8 has a text; expected a value"],
    [
      "evaluation.json",
      `{"report": {}, "facts": [{"id": "a", "text": ["${SAID}"]}]}`,
      "facts.0.text: received list; expected text",
    ],
    ["evaluation.json", `{"facts": [{"id": "a", "text": "${SAID}`, "line 1, column 32 has a text; expected a value"],
  ])("%s: %s", async (reader, text, message) => {
    const told = await messageOf(reader, text);
    expect(told).toContain(message);
    expect(told).not.toMatch(/husband|my/u);
  });
});
