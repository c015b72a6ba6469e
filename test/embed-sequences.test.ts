/** From media to a fusion over sequences: encoders are trained, asked for their steps, and a fusion is trained on those. */
import { expect, test } from "vitest";
import type { Manifest } from "../src/data/manifest.ts";
import { readManifest } from "../src/data/read.ts";
import { npyRow, readNpy } from "../src/data/readers/npy.ts";
import { embedManifest } from "../src/platform/node/embed.ts";
import { askModel } from "../src/platform/node/open-expert.ts";
import { writeWav } from "../src/preprocess/speech/wav.ts";
import { type SubwordModel, type SubwordTokenizer, subwordTokenizer } from "../src/preprocess/text/subwords.ts";
import type { TextContract } from "../src/recognize/contract.ts";
import { contractFromModel } from "../src/recognize/contract-file.ts";
import { encodeWindows } from "../src/recognize/text-windows.ts";
import { runTraining } from "../src/train/run.ts";
import { tone } from "./support/sounds.ts";
import { temporaryFiles } from "./support/temp-files.ts";
import { TINY_LABELS, tinyPorts, tinyRows } from "./support/tiny-corpus.ts";

const TEXT = { languages: ["en"], maxTokens: 6, vocabularySize: 300, buckets: 64, ngramLimit: 8 };
const SPEECH = { bands: 16, steps: 16, normalization: "clip", trimDb: 0 };
const rows = tinyRows(16).map(({ image: _image, ...row }) => row);

/** Joy is high. */
const sound = (index: number, seconds: number) => writeWav(tone(index % 2 ? 900 : 200, seconds));

function config(modality: string, network: object, features: object = {}, manifest = "rows.jsonl") {
  const training = { epochs: 1, batch: 4, learningRate: 0.01, threads: 1 };
  const data = [{ manifest }];
  return JSON.stringify({
    id: "tiny",
    version: "0.1.0",
    modality,
    labels: TINY_LABELS,
    data,
    features,
    network,
    training,
  });
}

function corpus() {
  return temporaryFiles({
    "rows.jsonl": rows.map((row) => JSON.stringify(row)).join("\n"),
    ...Object.fromEntries(rows.map(({ audio }, index) => [audio, sound(index, index === 3 ? 1.6 : 0.5)])),
    "text.json": config("text", { kind: "subword-transformer", dim: 8, heads: 2, layers: 1 }, TEXT),
    "bag.json": config("text", { kind: "bag-of-words", tokenDim: 4, hidden: 4 }, TEXT),
    "speech.json": config("speech", { channels: [4, 8], width: 6, heads: 1 }, SPEECH),
    "fusion.json": config("fusion", { fusion: { kind: "cross-modal", dim: 8, heads: 2 } }, {}, "made/embedded.jsonl"),
  });
}

async function model(files: ReturnType<typeof corpus>, name: string) {
  const run = { config: `${name}.json`, root: ".", out: `run-${name}`, command: "made here" };
  const { model: path = "" } = await runTraining(run, tinyPorts(files));
  const kept = `${name}.onnx`;
  await files.write(kept, await files.readBytes(path));
  return { path: files.absolute(kept), contract: contractFromModel(await files.readBytes(kept)) };
}

async function opened(files: ReturnType<typeof corpus>): Promise<Manifest> {
  const { manifest } = await readManifest(files, "rows.jsonl");
  return { ...manifest, base: files.absolute(".") };
}

test("steps of texts and voices are embedded, kept by content, and a fusion over sequences is trained on them", async () => {
  const files = corpus();
  const models = [await model(files, "text"), await model(files, "speech")];
  const ports = { files, ask: askModel, cacheFolder: "cache", steps: Number.POSITIVE_INFINITY };
  const { reports } = await embedManifest(await opened(files), models, "made", ports);
  expect(reports).toMatchObject([
    { modality: "text", dim: 8, rows: 16, computed: 16 },
    // The network halves the 16 steps of a window twice; the long sound, of 79 steps of 20 ms, has five windows.
    { modality: "speech", dim: 6, steps: 20, rows: 16 },
  ]);
  const speech = readNpy(await files.readBytes("made/speech.npy"), "made/speech.npy");
  expect(speech.shape).toEqual([16, 20, 6]);
  const filled = (row: number) => npyRow(speech, row).findLastIndex((value) => value !== 0);
  expect(filled(3)).toBeGreaterThanOrEqual(19 * 6);
  // The others, of 24 steps, have two windows, and padding after them.
  expect(filled(2)).toBeGreaterThanOrEqual(4 * 6);
  expect(filled(2)).toBeLessThan(8 * 6);
  const text = readNpy(await files.readBytes("made/text.npy"), "made/text.npy");
  expect(text.shape).toEqual([16, reports[0]?.steps, 8]);

  const again = await embedManifest(await opened(files), models, "shorter", { ...ports, steps: 2 });
  expect(again.reports).toMatchObject([
    { steps: 2, computed: 0 },
    { steps: 2, computed: 0 },
  ]);
  const [all, two] = [
    npyRow(speech, 3),
    npyRow(readNpy(await files.readBytes("shorter/speech.npy"), "shorter/speech.npy"), 3),
  ];
  const mean = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].reduce((sum, step) => sum + (all[step * 6] as number) / 10, 0);
  expect(two[0]).toBeCloseTo(mean, 5);

  const fusion = await model(files, "fusion");
  expect(fusion.contract.input).toMatchObject({
    features: [
      { modality: "text", dim: 8, steps: reports[0]?.steps },
      { modality: "speech", dim: 6, steps: 20 },
    ],
  });
});

test("a text has a step for each of its subwords, also where all that its encoder finds is zero", async () => {
  const files = corpus();
  // One kernel behind a rectifier: many a step is zero.
  await files.write("cnn.json", config("text", { kind: "subword-cnn", widths: [1], filters: 1 }, TEXT));
  const cnn = await model(files, "cnn");
  const { tokenizer, maxTokens } = (cnn.contract as TextContract).input;
  const { encode } = subwordTokenizer((tokenizer as { model: SubwordModel }).model);
  const long = "so good so bad so good so bad so good so bad so good so bad";
  const texts = ["so good", "what a day it was", "bad", long];
  const manifest = await opened(files);
  const said = texts.map((text, at) => ({ id: `t${at}`, text, extra: {} }));
  const ports = { files, ask: askModel, cacheFolder: "cache", steps: Number.POSITIVE_INFINITY };
  const { manifest: made } = await embedManifest({ ...manifest, rows: said }, [cnn], "made", ports);
  const told = made.rows.map(({ features }) => Number(features?.text?.split("&steps=")[1]));
  const counted = texts.map((text) =>
    encodeWindows(text, { encode } as SubwordTokenizer, maxTokens).reduce((sum, { ids }) => sum + ids.length, 0),
  );
  expect(told).toEqual(counted);
  expect(counted[3]).toBeGreaterThan(maxTokens);
  const matrix = readNpy(await files.readBytes("made/text.npy"), "made/text.npy");
  const zeros = told.flatMap((count, row) => [...npyRow(matrix, row).subarray(0, count)].filter((own) => own === 0));
  expect(zeros.length).toBeGreaterThan(0);
});

test("an encoder without steps is named, with those that have some", async () => {
  const files = corpus();
  const bag = await model(files, "bag");
  const ports = { files, ask: askModel, cacheFolder: "cache", steps: 4 };
  await expect(embedManifest(await opened(files), [bag], "made", ports)).rejects.toMatchObject({
    message: "The model tiny gives no steps: its encoder reads a text as a whole.",
    hint: expect.stringContaining("wide-deep, subword-cnn, subword-lstm or subword-transformer") as string,
  });
});
