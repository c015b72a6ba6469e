/** A trained fusion network on rows of ready-made features. */
import { expect, test } from "vitest";
import { runEvaluate } from "../src/cli/commands/evaluate.ts";
import { runReport } from "../src/cli/commands/report.ts";
import { renderReport } from "../src/cli/render/report.ts";
import { random } from "../src/core/random.ts";
import type { Manifest } from "../src/data/manifest.ts";
import type { Row } from "../src/data/row.ts";
import { askFusion } from "../src/platform/node/ask-fusion.ts";
import { nodeRuntime } from "../src/platform/node/runtime.ts";
import { type FusionContract } from "../src/recognize/contract.ts";
import { contractFromModel } from "../src/recognize/contract-file.ts";
import { runTraining } from "../src/train/run.ts";
import { npyBytes } from "./support/npy.ts";
import { temporaryFiles } from "./support/temp-files.ts";
import { tinyPorts } from "./support/tiny-corpus.ts";
import { fakeTools } from "./support/tools.ts";

const LABELS = ["anger", "joy", "neutral", "sadness"];
const COUNT = 240;

/** Four labels are two bits: text knows the one, the face the other. */
function corpus(): Readonly<Record<string, string | Uint8Array>> {
  const dice = random(3);
  const [text, face] = [new Float32Array(COUNT * 2), new Float32Array(COUNT * 2)];
  const rows = Array.from({ length: COUNT }, (_, row) => {
    const label = dice.integer(4);
    text.set([(label >> 1) * 2 - 1 + 0.2 * dice.normal(), dice.normal()], row * 2);
    face.set([dice.normal(), (label & 1) * 2 - 1 + 0.2 * dice.normal()], row * 2);
    const split = row < 160 ? "train" : row < 200 ? "validation" : "test";
    const features = { text: `text.npy#row=${row}`, face: `face.npy#row=${row}` };
    // Some rows lack the sentiment, which the text knows.
    const sentiment = row % 5 === 0 ? {} : { sentiment: (label >> 1) * 4 - 1 };
    return JSON.stringify({ id: `r${row}`, features, label: LABELS[label], split, ...sentiment });
  });
  const training = { epochs: 12, batch: 16, learningRate: 0.02, threads: 1 };
  const network = { fusion: { kind: "mlp", dim: 16 }, inputDropout: 0 };
  const config = { id: "tiny", version: "0.1.0", modality: "fusion", labels: LABELS, network, training };
  return {
    "rows.jsonl": rows.join("\n"),
    "text.npy": npyBytes(text, [COUNT, 2]),
    "face.npy": npyBytes(face, [COUNT, 2]),
    "train.json": JSON.stringify({ ...config, data: [{ manifest: "rows.jsonl" }] }),
  };
}

const content = corpus();
/** The corpus, with the model trained on it. */
async function trained(fusion: object = { kind: "mlp", dim: 16 }, network: object = {}, features?: object) {
  const config = JSON.parse(content["train.json"] as string);
  Object.assign(config.network, network, { fusion });
  if (features) config.features = features;
  const files = temporaryFiles({ ...content, "train.json": JSON.stringify(config) });
  await runTraining({ config: "train.json", root: ".", out: "run", command: "made here" }, tinyPorts(files));
  const model = await files.readBytes("model.onnx");
  return { files, model, contract: contractFromModel(model) as FusionContract };
}

/** Tools that ask a trained model about features. */
function toolsFor({ files, model, contract }: Awaited<ReturnType<typeof trained>>) {
  const askModel = async (
    _model: unknown,
    rows: readonly Row[],
    manifest: Manifest,
    { modalities }: { readonly modalities?: readonly ("text" | "face" | "speech")[] },
  ) => {
    const session = await nodeRuntime().open(model, { threads: 1 });
    try {
      return await askFusion(session, contract, rows, manifest, { files }, modalities);
    } finally {
      await session.release();
    }
  };
  return { ...fakeTools({ askModel }), files };
}

test("a fusion network is measured on features, with every subset of its modalities", async () => {
  const tools = toolsFor(await trained());
  await runEvaluate({ manifest: "rows.jsonl", model: "model.onnx", subsets: true, resamples: 0 }, tools);
  const { report, subsets } = JSON.parse(tools.out.join(""));
  expect(report).toMatchObject({ n: 40, model: "tiny 0.1.0" });
  expect(report.accuracy).toBeGreaterThan(0.9);
  // One bit of two: right half of the time. Three sigma of 40 rows is 0.24.
  const alone = subsets.slice(0, 2).map((row: { shared: { accuracy: number } }) => row.shared.accuracy);
  for (const accuracy of alone) expect(Math.abs(accuracy - 0.5)).toBeLessThan(0.24);
  expect(subsets.map(({ modalities }: { modalities: string[] }) => modalities.join("+"))).toEqual([
    "text",
    "face",
    "text+face",
  ]);
});

test("the weights of attention stand beside each row, and their means by label in the report and on its page", async () => {
  const tools = toolsFor(await trained({ kind: "attention", dim: 16 }));
  const lines = (await tools.files.readText("rows.jsonl")).split("\n").map((line) => JSON.parse(line));
  const test = lines.filter(({ split }) => split === "test");
  // The first test row has no face: all of its weight is on the text.
  delete test[0].features.face;
  await tools.files.write("rows.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"));
  const options = { manifest: "rows.jsonl", model: "model.onnx", resamples: 0 };
  await runEvaluate({ ...options, predictions: "said.jsonl", out: "said.json" }, tools);
  const { report, predictions } = JSON.parse(await tools.files.readText("said.json"));
  const said = (await tools.files.readText("said.jsonl")).trim().split("\n");
  expect(said.map((line) => JSON.parse(line))).toEqual(predictions);
  expect(predictions[0].weights).toEqual({ text: 1, face: 0 });
  for (const { weights } of predictions) expect(weights.text + weights.face).toBeCloseTo(1, 5);
  // The network is asked about each row by itself, so the numbers come from its own output.
  expect(new Set(predictions.map(({ weights }: { weights: { text: number } }) => weights.text)).size).toBeGreaterThan(
    20,
  );
  const ofJoy = predictions.filter(({ truth }: { truth: string[] }) => truth[0] === "joy");
  const mean =
    ofJoy.reduce((sum: number, row: { weights: { face: number } }) => sum + row.weights.face, 0) / ofJoy.length;
  expect(report.weights.n).toBe(40);
  expect(report.weights.perLabel.joy).toEqual({ n: ofJoy.length, weights: expect.anything() as unknown });
  expect(report.weights.perLabel.joy.weights.face).toBeCloseTo(mean, 10);
  await runReport("said.json", { out: "page.html" }, tools);
  const page = await tools.files.readText("page.html");
  expect(page).toContain('id="weights"');
  expect(page).toContain(`${(100 * report.weights.weights.face).toFixed(1)}\u202f%`);
  expect(renderReport(report, tools.terminal)).toMatch(/mean weight +rows +text +face/u);
});

test("a fusion network with a further number answers it, and its concordance is that of its own output", async () => {
  const own = await trained({ kind: "mlp", dim: 16 }, { head: { kind: "multi-task" } }, { numbers: ["sentiment"] });
  const tools = toolsFor(own);
  const options = { manifest: "rows.jsonl", model: "model.onnx", resamples: 20, out: "said.json" };
  await runEvaluate(options, tools);
  const { report, predictions } = JSON.parse(await tools.files.readText("said.json"));
  const truth: number[] = [];
  const said: number[] = [];
  for (const line of (await tools.files.readText("rows.jsonl")).split("\n")) {
    const { id, split, sentiment } = JSON.parse(line);
    const row = predictions.find((one: { id: string }) => one.id === id);
    if (split !== "test" || sentiment === undefined) continue;
    truth.push(sentiment);
    said.push(row.columns.numbers.sentiment);
  }
  expect(report.columns.sentiment).toMatchObject({ kind: "number", n: 32, without: 8 });
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [a, b] = [mean(truth), mean(said)];
  const covariance = mean(truth.map((value, at) => (value - a) * ((said[at] as number) - b)));
  const spread =
    mean(truth.map((value) => (value - a) ** 2)) + mean(said.map((value) => (value - b) ** 2)) + (a - b) ** 2;
  expect(report.columns.sentiment.ccc).toBeCloseTo((2 * covariance) / spread, 10);
  // In the unit of the rows, -1 and 3.
  expect(report.columns.sentiment.ccc).toBeGreaterThan(0.7);
  expect(report.columns.sentiment.intervals.ccc.low).toBeLessThan(report.columns.sentiment.ccc);
});

test("rows without features are skipped, and another shape is refused", async () => {
  const { files, model, contract } = await trained();
  await files.write("wide.npy", npyBytes(new Float32Array(6), [2, 3]));
  const session = await nodeRuntime().open(model, { threads: 1 });
  const ask = (...rows: readonly Omit<Row, "extra">[]) =>
    askFusion(
      session,
      contract,
      rows.map((row) => ({ extra: {}, ...row })),
      { base: "" },
      { files },
      ["text"],
    );
  const both = { id: "1", features: { text: "text.npy#row=0", face: "face.npy#row=0" }, label: "pride" };
  const asked = await ask(both, { id: "2", text: "a" }, { id: "3", features: { face: "face.npy#row=1" } });
  expect(asked.answers.map(({ row }) => row)).toMatchObject([{ id: "1", label: "pride" }]);
  expect(asked.skipped.map(({ id, code }) => [id, code])).toEqual([
    ["2", "manifest"],
    ["3", "manifest"],
  ]);
  const wide = { text: "wide.npy#row=0", face: "face.npy#row=0" };
  await expect(ask({ id: "1", features: wide })).rejects.toMatchObject({
    code: "data",
    message: expect.stringMatching(
      /^The text features of the rows \(wide\.npy\) have another shape than .*: vectors of 3 numbers; expected \d numbers\.$/u,
    ) as string,
  });
  await expect(ask({ id: "1", features: { text: "text.npy#row=0" } })).rejects.toThrow("No row has face features");
  await session.release();
});

test("conversations are read in the order of the field that the network was trained with", async () => {
  const rows = Array.from({ length: 48 }, (_, row) => {
    const split = row < 32 ? "train" : "validation";
    const features = { text: `text.npy#row=${row}` };
    // In the order of `start` the rows of a conversation run backwards.
    return { id: `r${row}`, subject: `c${row >> 2}`, start: -row, turn: row, features, label: LABELS[row % 4], split };
  });
  const config = {
    ...JSON.parse(content["train.json"] as string),
    features: { utterances: 4, order: "start" },
    network: { fusion: { kind: "mlp", dim: 8 }, context: { kind: "gru", hidden: 4, direction: "forward" } },
    training: { epochs: 1, batch: 2, learningRate: 0.02, threads: 1 },
  };
  const files = temporaryFiles({
    ...content,
    "rows.jsonl": rows.map((row) => JSON.stringify(row)).join("\n"),
    "train.json": JSON.stringify(config),
  });
  await runTraining({ config: "train.json", root: ".", out: "run", command: "made here" }, tinyPorts(files));
  const model = await files.readBytes("model.onnx");
  const contract = contractFromModel(model) as FusionContract;
  expect(contract.input.order).toBe("start");
  const session = await nodeRuntime().open(model, { threads: 1 });
  const said = async (order: (at: number) => object, backwards: boolean) => {
    const four = [0, 1, 2, 3].map((at): Row => {
      const row = backwards ? 3 - at : at;
      return { id: `r${row}`, subject: "c", features: { text: `text.npy#row=${row}` }, extra: { ...order(row) } };
    });
    const { answers } = await askFusion(session, contract, four, { base: "" }, { files });
    return new Map(answers.map(({ row, answer }) => [row.id, [...answer.logits]]));
  };
  const wanted = await said((row) => ({ start: -row, turn: row }), false);
  expect(await said((row) => ({ start: -row }), true)).toEqual(wanted);
  expect(await said((row) => ({ start: row }), false)).not.toEqual(wanted);
  await session.release();
});
