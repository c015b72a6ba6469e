/** Further columns of multi-task models: in answers as the network says them, in evaluations with their metrics. */
import { describe, expect, test } from "vitest";
import { renderReport } from "../src/cli/render/report.ts";
import type { FurtherColumns, ModalityResult, Prediction } from "../src/core/prediction.ts";
import { floats } from "../src/core/tensor.ts";
import type { Manifest } from "../src/data/manifest.ts";
import type { Row } from "../src/data/row.ts";
import { analyze } from "../src/evaluate/analysis/analysis.ts";
import { parseEvaluation } from "../src/evaluate/analysis/evaluation-file.ts";
import { askRecognizer, askText } from "../src/evaluate/ask.ts";
import { evaluateOpinions, evaluatePredictions } from "../src/evaluate/evaluate.ts";
import { reportPage } from "../src/evaluate/page/page.ts";
import { nodeRuntime } from "../src/platform/node/runtime.ts";
import { subwordTokenizer } from "../src/preprocess/text/subwords.ts";
import { calibrated } from "../src/recognize/calibrate.ts";
import { type Contract, type TextContract } from "../src/recognize/contract.ts";
import { contractFromModel, withContract } from "../src/recognize/contract-file.ts";
import { embeddingContract } from "../src/recognize/embedding.ts";
import { createRecognizer, type Recognizer } from "../src/recognize/recognizer.ts";
import { openTextExpert } from "../src/recognize/text-expert.ts";
import { PredictionContent } from "../src/server/prediction-schema.ts";
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

  test("the service says them as they are", async () => {
    const inputs = { text: "😀", image: picture({ x: 8, y: 8, width: 40, height: 40, grey: 255 }) };
    for (const given of [inputs, { audio: tones(2000, { fromMs: 320, toMs: 1024, hz: 4000 }) }]) {
      const said = await recognizer.recognize(given);
      expect(JSON.stringify(said)).toContain("sentiment");
      expect(PredictionContent.parse(said)).toEqual(said);
    }
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

/** What an evaluation says of columns, in its report and of its rows. */
const COLUMN_FIELDS: ReadonlySet<string> = new Set(["columns", "columnTruth"]);

describe("evaluations", () => {
  /** The model says 2.5, -1.5 and 0.5 of the sentiment, and high, low and, of 😐, either of the intensity. */
  const manifest: Manifest = {
    header: { name: "made-here", version: "1", labels: [], licence: "CC0-1.0", terms: "permissive", source: "" },
    rows: [
      { id: "1", text: "😀", label: "joy", subject: "a", extra: { sentiment: 3, intensity: "high" } },
      { id: "2", text: "😡", label: "anger", subject: "a", extra: { sentiment: "-1", intensity: "high" } },
      { id: "3", text: "😐", label: "joy", subject: "b", extra: { sentiment: 1 } },
      { id: "4", text: "😀", label: "joy", subject: "b", extra: { intensity: "medium" } },
    ],
    base: "root",
  };

  async function evaluated(bytes: Uint8Array, options: Parameters<typeof evaluateOpinions>[3] = { resamples: 50 }) {
    const expert = await textExpert(bytes);
    return evaluateOpinions(await askText(manifest.rows, expert), manifest, expert.contract, options);
  }

  test("numbers have concordance, correlation and error, categories accuracy, UAR and F1, on the rows with a value", async () => {
    const { report, predictions } = await evaluated(tinyColumns(tinyText()));
    // Truth is 0.5 above what is said: variances and covariance are 8/3, so (16/3) / (16/3 + 1/4).
    expect(report.columns?.["sentiment"]).toMatchObject({
      kind: "number",
      n: 3,
      without: 1,
      ccc: expect.closeTo(64 / 67, 6),
      pearson: expect.closeTo(1, 6),
      mae: expect.closeTo(0.5, 6),
      intervals: { mae: { low: expect.closeTo(0.5, 6), high: expect.closeTo(0.5, 6) } },
    });
    // Of two that are high one is called so; medium is a value that the model does not know.
    expect(report.columns?.["intensity"]).toMatchObject({
      kind: "category",
      n: 2,
      without: 2,
      accuracy: 0.5,
      uar: 0.5,
      macroF1: expect.closeTo(2 / 3, 12),
      intervals: { accuracy: { low: 0, high: 1 } },
    });
    expect(predictions.map(({ columns }) => columns?.numbers?.["sentiment"])).toEqual([2.5, -1.5, 0.5, 2.5]);
  });

  test("whole subjects are drawn where the evaluation says so", async () => {
    const { report } = await evaluated(tinyColumns(tinyText()), { resamples: 50, bySubject: true });
    // Both rows with a known intensity are of one subject.
    expect(report.columns?.["intensity"]?.intervals["accuracy"]).toEqual({ low: 0.5, high: 0.5 });
  });

  test("rows of several labels are measured alike, and no resamples leave no intervals", async () => {
    const bytes = tinyColumns(tinyText({ task: "multi", thresholds: [0.6, 0.6] }));
    const expert = await textExpert(bytes);
    const rows = manifest.rows.map(({ label = "", ...row }) => ({ ...row, labels: [label] }));
    const asked = await askText(rows, expert);
    const { report } = evaluateOpinions(asked, { ...manifest, rows }, expert.contract, { resamples: 0 });
    expect(report).toMatchObject({
      task: "multi",
      columns: { sentiment: { ccc: expect.closeTo(64 / 67, 6), intervals: {} } },
    });
  });

  test("a column that no row has is told with no value", async () => {
    const rows = manifest.rows.map((row) => ({ ...row, extra: {} }));
    const expert = await textExpert(tinyColumns(tinyText()));
    const { report } = evaluateOpinions(await askText(rows, expert), { ...manifest, rows }, expert.contract);
    expect(report.columns?.["sentiment"]).toMatchObject({ n: 0, without: 4, ccc: null, intervals: { ccc: null } });
  });

  test("terminal, file and page show them", async () => {
    const evaluation = await evaluated(tinyColumns(tinyText()));
    const shown = renderReport(evaluation.report, { paint: (_style, text) => text });
    expect(shown).toMatch(/sentiment +ccc +0\.9552 +-?\d\.\d{4} to \d\.\d{4} +3 of 4/u);
    expect(shown).toMatch(/intensity +uar +0\.5000 +0\.0000 to 1\.0000 +2 of 4/u);
    const read = parseEvaluation(JSON.stringify(evaluation), "said.json");
    expect(read.report).toEqual(evaluation.report);
    const page = reportPage(analyze(read));
    expect(page).toContain('id="columns"');
    expect(page).toContain("0.955");
    expect(page).toContain("其他标注列");
  });

  test("without columns an evaluation is as it was", async () => {
    const plain = await evaluated(tinyText());
    const more = await evaluated(tinyColumns(tinyText()));
    const without = JSON.stringify(more, (key, value) => (COLUMN_FIELDS.has(key) ? undefined : value));
    expect(JSON.stringify(plain)).toBe(without);
    expect(reportPage(analyze(plain))).not.toContain('id="columns"');
    expect(renderReport(plain.report, { paint: (_style, text) => text })).not.toContain("sentiment");
  });
});

describe("evaluations of a whole recognizer", () => {
  const half = picture({ x: 8, y: 8, width: 40, height: 40, grey: 255 });
  /** The text model says 2.5 of 😀 and -1.5 of 😡; the face model says 4.5, high, of the bright face. */
  const rows = [
    { id: "1", text: "😀", image: "bright.png", label: "joy", extra: { sentiment: 3, intensity: "high" } },
    { id: "2", text: "😡", label: "anger", extra: { sentiment: -1, intensity: "high" } },
    { id: "3", image: "bright.png", label: "joy", extra: { sentiment: 4, intensity: "high" } },
  ];
  const manifest: Manifest = {
    header: { name: "made-here", version: "1", labels: [], licence: "CC0-1.0", terms: "permissive", source: "" },
    rows,
    base: "root",
  };
  const media = {
    async *of(asked: readonly Row[]) {
      for (const { image } of asked) yield image === undefined ? {} : { picture: { value: half } };
    },
  };

  async function evaluated(recognizerAsked: Recognizer, options = { resamples: 50 }) {
    const asked = await askRecognizer(rows, manifest, media, recognizerAsked);
    return evaluatePredictions(asked, manifest, "recognizer", options);
  }

  test("each modality's columns are measured by themselves, as answers have them", async () => {
    const { report, predictions } = await evaluated(recognizer);
    expect(Object.keys(report.columns ?? {})).toEqual([
      "text.sentiment",
      "face.sentiment",
      "text.intensity",
      "face.intensity",
    ]);
    // Of the text always .5 too little or too low, of the face 1.5 and .5 too much; each of two rows.
    expect(report.columns?.["text.sentiment"]).toMatchObject({
      kind: "number",
      field: "sentiment",
      modality: "text",
      models: ["text-tiny 0.1.0"],
      n: 2,
      without: 1,
      mae: expect.closeTo(0.5, 6),
    });
    expect(report.columns?.["face.sentiment"]).toMatchObject({
      modality: "face",
      models: ["face-tiny 0.1.0"],
      n: 2,
      without: 1,
      mae: expect.closeTo(1, 6),
    });
    expect(report.columns?.["text.intensity"]).toMatchObject({ kind: "category", n: 2, accuracy: 0.5 });
    expect(report.columns?.["face.intensity"]).toMatchObject({ kind: "category", n: 2, accuracy: 1 });
    expect(predictions.map(({ columns }) => columns?.numbers)).toEqual([
      { "text.sentiment": 2.5, "face.sentiment": expect.closeTo(4.5, 6) },
      { "text.sentiment": -1.5 },
      { "face.sentiment": expect.closeTo(4.5, 6) },
    ]);
  });

  test("text models that take turns by language make one column; a number and a category stay two", async () => {
    const answer = (model: string, columns: FurtherColumns): Prediction => ({
      label: "joy",
      confidence: 1,
      scores: [
        { label: "joy", score: 1 },
        { label: "anger", score: 0 },
      ],
      modalities: { text: { present: true, quality: 1, weight: 1, scores: [], model, columns } },
    });
    const high = [
      { label: "high", score: 0.9 },
      { label: "low", score: 0.1 },
    ];
    const answers = [
      answer("text-en 1", { numbers: { sentiment: 2, intensity: 5 } }),
      answer("text-zh 1", { numbers: { sentiment: 0 }, categories: { intensity: high } }),
    ].map((own, at) => ({ row: rows[at] as Row, answer: own }));
    const { report } = evaluatePredictions({ answers, skipped: [] }, manifest, "recognizer", { resamples: 0 });
    expect(report.columns?.["text.sentiment"]).toMatchObject({ n: 2, models: ["text-en 1", "text-zh 1"], mae: 1 });
    expect(report.columns?.["text.intensity"]).toMatchObject({ kind: "number", n: 0, models: ["text-en 1"] });
    expect(report.columns?.["text.intensity (category)"]).toMatchObject({
      kind: "category",
      n: 1,
      accuracy: 1,
      models: ["text-zh 1"],
    });
  });

  test("terminal, file and page say of which modality and model they are", async () => {
    const evaluation = await evaluated(recognizer);
    const shown = renderReport(evaluation.report, { paint: (_style, text) => text });
    expect(shown).toMatch(/face\.sentiment +mae +1\.0000/u);
    const read = parseEvaluation(JSON.stringify(evaluation), "said.json");
    expect(read.report).toEqual(evaluation.report);
    const page = reportPage(analyze(read));
    expect(page).toContain('<span class="zh" lang="zh">人脸</span> · face-tiny 0.1.0');
  });

  test("without such models an evaluation is as it was", async () => {
    const plain = await evaluated(
      createRecognizer({ text: () => textExpert(), face: () => faceExpert(), detector: squareDetector }),
    );
    const more = await evaluated(recognizer);
    const without = JSON.stringify(more, (key, value) => (COLUMN_FIELDS.has(key) ? undefined : value));
    expect(JSON.stringify(plain)).toBe(without);
  });
});
