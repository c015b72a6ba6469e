import { expect, test } from "vitest";
import { withTrainingFacts } from "../../bench/quality/metadata.ts";
import { replaceMetadata } from "../../src/graph/onnx-metadata.ts";
import { contractFromModel } from "../../src/recognize/contract-file.ts";
import { tinyFace } from "../support/tiny-models.ts";

test("facts about the training change, the network does not", () => {
  const model = tinyFace();
  const log = '{"epoch":1,"seconds":70}\n{"epoch":2,"seconds":80}\n';
  const changed = withTrainingFacts(model, { command: "affekt train a.json", version: "1.2.3", log });
  const { trained, version, ...rest } = contractFromModel(changed);
  expect(trained).toEqual({ date: "2026-01-31", command: "affekt train a.json", seed: 0, epochs: 2, minutes: 2.5 });
  expect(version).toBe("1.2.3");
  const { trained: _trained, version: _version, ...before } = contractFromModel(model);
  expect(rest).toEqual(before);
  expect(replaceMetadata(changed, {})).toEqual(replaceMetadata(model, {}));
});

test("a fact that no contract may hold is refused", () => {
  expect(() => withTrainingFacts(tinyFace(), { version: "one" })).toThrowError(
    expect.objectContaining({ code: "contract" }),
  );
});
