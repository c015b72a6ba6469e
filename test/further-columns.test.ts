/** Further columns of multi-task models: in answers as the network says them, in evaluations with their metrics. */
import { describe, expect, test } from "vitest";
import type { FurtherColumns, ModalityResult } from "../src/core/prediction.ts";
import { floats } from "../src/core/tensor.ts";
import { nodeRuntime } from "../src/platform/node/runtime.ts";
import { subwordTokenizer } from "../src/preprocess/text/subwords.ts";
import { calibrated } from "../src/recognize/calibrate.ts";
import { type Contract, type TextContract } from "../src/recognize/contract.ts";
import { contractFromModel, withContract } from "../src/recognize/contract-file.ts";
import { embeddingContract } from "../src/recognize/embedding.ts";
import { createRecognizer } from "../src/recognize/recognizer.ts";
import { openTextExpert } from "../src/recognize/text-expert.ts";
import { tinyColumns, tinyFace, tinySpeech, tinyText } from "./support/tiny-models.ts";
import {
  faceExpert,
  film,
  loudnessDetector,
  picture,
  speechExpert,
  squareDetector,
  textExpert,
  tones,
} from "./support/tiny-recognizer.ts";

const frames = [0, 200, 400].map((timeMs, at) => ({
  timeMs,
  picture: picture({ x: 8, y: 8, width: 40, height: 40, grey: at === 2 ? 129 : 255 }),
}));
const recognizer = createRecognizer({
  media: film(frames, null),
  text: () => textExpert(tinyColumns(tinyText())),
  face: () => faceExpert(tinyColumns(tinyFace())),
  detector: squareDetector,
  speech: () => speechExpert(tinyColumns(tinySpeech())),
  voice: loudnessDetector,
});

function columnsOf(result: ModalityResult | undefined): FurtherColumns | undefined {
  if (result?.present !== true) throw new Error("the modality is absent");
  return result.columns;
}

/** Of raw outputs: standardized number and logits of low and high. */
function expected(number: number, [low, high]: readonly [number, number]) {
  const [pLow, pHigh] = calibrated([low, high]) as unknown as [number, number];
  const scores = [
    { label: "low", score: expect.closeTo(pLow, 5) },
    { label: "high", score: expect.closeTo(pHigh, 5) },
  ];
  return {
    numbers: { sentiment: expect.closeTo(0.5 + 2 * number, 5) },
    categories: { intensity: pHigh > pLow ? scores.reverse() : scores },
  };
}

describe("answers", () => {
  test("a column is what the network says, in the unit of the rows", async () => {
    const bytes = tinyColumns(tinyText());
    const { tokenizer } = (contractFromModel(bytes) as TextContract).input;
    if (!("model" in tokenizer)) throw new Error("the tokenizer is not inside");
    const data = new Int32Array(4);
    data.set(subwordTokenizer(tokenizer.model).encode("😀😁😡", 4));
    const session = await nodeRuntime().open(bytes, { threads: 1 });
    const raw = await session.run(
      { tokens: { type: "int32", data, dims: [1, 4] } },
      { "number-1": null, "category-1": null },
    );
    await session.release();
    const [number = 0] = floats(raw["number-1"], "number-1");
    expect(number).toBe(1);
    const [low = 0, high = 0] = floats(raw["category-1"], "category-1");
    const { modalities } = await recognizer.recognize({ text: "😀😁😡" });
    expect(columnsOf(modalities.text)).toEqual(expected(number, [low, high]));
  });

  test("a long text has the mean of its windows", async () => {
    const text = "😀😁😀😁 😡😐😁😐";
    const [opinion] = await (await textExpert()).opinions([text]);
    const [anger = 0, joy = 0] = opinion?.logits ?? [];
    expect(joy).toBeLessThan(5);
    const { modalities } = await recognizer.recognize({ text });
    expect(columnsOf(modalities.text)).toEqual(expected(joy - anger, [anger, joy]));
  });

  test("every face has its own, and the modality that of the leading one", async () => {
    const bright = { x: 8, y: 8, width: 40, height: 40, grey: 255 };
    const dark = { x: 60, y: 8, width: 24, height: 24, grey: 0 };
    const { modalities, faces } = await recognizer.recognize({ image: picture(dark, bright) });
    expect(faces?.map(({ columns }) => columns)).toEqual([expected(2, [2, 4]), expected(-2, [2, 0])]);
    expect(columnsOf(modalities.face)).toEqual(faces?.[0]?.columns);
  });

  test("a film has the mean of its frames, a segment that of its own, a face what its frame says", async () => {
    const { modalities, segments, faces } = await recognizer.recognize({ video: "film.mp4" }, { modalities: ["face"] });
    const sentiment = columnsOf(modalities.face)?.numbers?.["sentiment"];
    // Standardized, 4 · brightness - 2: 2 for the bright frames, a little above 0 for the grey one.
    expect(sentiment).toBeLessThan(0.5 + 2 * 2 - 0.1);
    expect(sentiment).toBeGreaterThan(0.5 + 0.1);
    expect(segments?.map(({ columns }) => columns)).toEqual([columnsOf(modalities.face)]);
    expect(faces?.map(({ columns }) => columns)).toEqual([expected(2, [2, 4])]);
  });

  test("utterances have theirs, and the modality their mean", async () => {
    const sound = tones(2000, { fromMs: 320, toMs: 1024, hz: 4000 });
    const { modalities, segments } = await recognizer.recognize({ audio: sound });
    expect(segments).toHaveLength(1);
    expect(segments?.[0]?.columns?.numbers?.["sentiment"]).toBeTypeOf("number");
    expect(columnsOf(modalities.speech)).toEqual(segments?.[0]?.columns);
  });

  test("without columns an answer is as it was", async () => {
    const plain = await createRecognizer({ text: () => textExpert() }).recognize({ text: "😀😡😀" });
    const said = await recognizer.recognize({ text: "😀😡😀" });
    expect(columnsOf(said.modalities.text)).toBeDefined();
    const without = JSON.stringify(said, (key, value) => (key === "columns" ? undefined : value));
    expect(JSON.stringify(plain)).toBe(without);
    expect(JSON.stringify(plain)).not.toContain("columns");
  });

  test("an embedding is asked for without columns", () => {
    const bytes = tinyColumns(tinyText({ outputs: { logits: "logits", embedding: "logits" } }));
    expect(embeddingContract(contractFromModel(bytes), bytes)).not.toHaveProperty("columns");
  });

  test("a contract that names an output which the network lacks is refused", async () => {
    const bytes = tinyText();
    const contract: Contract = { ...contractFromModel(bytes), columns: [{ field: "valence", output: "number-1" }] };
    await expect(
      openTextExpert(nodeRuntime(), withContract(bytes, contract), contract as TextContract),
    ).rejects.toMatchObject({ code: "contract", message: expect.stringContaining("output number-1") });
  });
});
