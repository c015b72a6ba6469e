/** A network from text, face and voice on rows of media. */
import { expect, onTestFinished, test } from "vitest";
import { runEvaluate } from "../src/cli/commands/evaluate.ts";
import { runReport } from "../src/cli/commands/report.ts";
import type { Waveform } from "../src/core/media.ts";
import { MODALITIES, type Modality } from "../src/core/modality.ts";
import type { Media } from "../src/core/ports.ts";
import type { Manifest } from "../src/data/manifest.ts";
import type { Row } from "../src/data/row.ts";
import { subsetsOf } from "../src/evaluate/analysis/subsets.ts";
import { askMultimodal, askMultimodalSubsets } from "../src/evaluate/ask-multimodal.ts";
import { oneByOne } from "../src/evaluate/media-reader.ts";
import { rowMedia } from "../src/evaluate/row-media.ts";
import type { MultimodalContract } from "../src/recognize/contract.ts";
import { contractFromModel } from "../src/recognize/contract-file.ts";
import { openMultimodalExpert } from "../src/recognize/multimodal-expert.ts";
import { parseTrainConfig } from "../src/train/config.ts";
import { runTraining } from "../src/train/run.ts";
import { configureMultimodalParts } from "../src/train/tasks/multimodal-config.ts";
import { multimodalLogits } from "../src/train/tasks/multimodals.ts";
import { temporaryFiles } from "./support/temp-files.ts";
import { tinyPorts } from "./support/tiny-corpus.ts";
import { TINY_MULTIMODAL, tinyComposed } from "./support/tiny-multimodal.ts";
import { fakeTools } from "./support/tools.ts";

/** A face network that trains in a moment. */
const CONFIG = {
  ...TINY_MULTIMODAL,
  network: { ...TINY_MULTIMODAL.network, face: { kind: "residual", channels: [4, 8] } },
};

/** The corpus, a model trained on it, and its media as a training sees them. */
async function trained(epochs: number) {
  const training = { ...TINY_MULTIMODAL.training, epochs };
  const files = temporaryFiles({ "train.json": JSON.stringify({ ...CONFIG, training }) });
  const manifest = await tinyComposed(files);
  const ports = tinyPorts(files);
  await runTraining({ config: "train.json", root: ".", out: "run", command: "made here" }, ports);
  const model = await files.readBytes("run/model.onnx");
  const contract = contractFromModel(model) as MultimodalContract;
  const expert = await openMultimodalExpert(ports.runtime, model, contract);
  onTestFinished(() => expert.close());
  const media: Pick<Media, "picture" | "sound"> = {
    picture: ports.media.picture,
    async *sound(path): AsyncGenerator<Waveform> {
      for await (const sound of ports.sounds([{ path: String(path) }])) if ("value" in sound) yield sound.value;
    },
  };
  const askSubsets = (rows: readonly Row[], base: string, counted: (medium: "picture" | "sound") => void) => {
    const counting: typeof media = {
      picture(source) {
        counted("picture");
        return media.picture(source);
      },
      sound(source, options) {
        counted("sound");
        return media.sound(source, options);
      },
    };
    const reader = rowMedia({ base }, oneByOne(counting));
    return askMultimodalSubsets(rows, reader, expert, subsetsOf(MODALITIES), { cropped: true });
  };
  const ask = (rows: readonly Row[], base: string, modalities?: readonly Modality[]) =>
    askMultimodal(rows, rowMedia({ base }, oneByOne(media)), expert, { cropped: true, modalities });
  return { files, manifest, ports, model, ask, askSubsets };
}

test("says of each subset what the training's own judge says", async () => {
  const { manifest, ports, model, ask } = await trained(1);
  const { options, load } = await configureMultimodalParts(parseTrainConfig(CONFIG), [manifest], ports);
  const set = await load("test");
  const rows = manifest.rows.filter(({ split }) => split === "test");
  const session = await ports.runtime.open(model);
  for (const subset of subsetsOf(MODALITIES)) {
    const wanted = await multimodalLogits(session, set, options, subset);
    const { answers } = await ask(rows, manifest.base, subset);
    const said = answers.flatMap(({ answer }) => [...answer.logits]);
    expect(said).toHaveLength(wanted.length);
    // The crop is kept as bytes in training and resized in floats here: both are flat squares, so nothing is lost.
    for (const [at, value] of wanted.entries()) expect(said[at]).toBeCloseTo(value, 4);
  }
  await session.release();
});

test("asked with every subset at once, decodes each row once and says what each subset says", async () => {
  const { manifest, ask, askSubsets } = await trained(1);
  const rows: Row[] = [
    ...manifest.rows.filter(({ split }) => split === "test"),
    { id: "words alone", text: "sunny lovely", label: "joy", extra: {} },
  ];
  const decoded = { picture: 0, sound: 0 };
  const all = await askSubsets(rows, manifest.base, (medium) => void decoded[medium]++);
  expect(decoded.sound).toBe(10);
  // Neighbours may share a picture.
  expect(decoded.picture).toBeLessThanOrEqual(10);
  for (const [at, subset] of subsetsOf(MODALITIES).entries()) {
    const alone = await ask(rows, manifest.base, subset);
    expect(alone.answers.length).toBeGreaterThanOrEqual(10);
    expect(all[at]).toEqual(alone);
  }
});

test("is evaluated with every subset, and its page shows them", async () => {
  const { files, ask } = await trained(6);
  const askModel = async (
    _model: unknown,
    rows: readonly Row[],
    { base }: Manifest,
    { modalities }: { readonly modalities?: readonly Modality[] },
  ) => ask(rows, base, modalities);
  const tools = { ...fakeTools({ askModel }), files };
  const manifest = "set/composed.jsonl";
  await runEvaluate({ manifest, model: "run/model.onnx", subsets: true, resamples: 50, out: "said.json" }, tools);
  const { report, subsets } = JSON.parse(tools.out.join(""));
  expect(report).toMatchObject({ n: 10, task: "single", model: "tiny 0.1.0", skipped: { n: 0 } });
  expect(report.accuracy).toBeGreaterThan(0.8);
  expect(subsets).toHaveLength(7);
  for (const row of subsets) expect(row.shared.n).toBe(10);
  await runReport("said.json", { out: "page.html" }, tools);
  expect(await files.readText("page.html")).toContain("text + face + speech");
});

test("a row with nothing of what is shown is skipped, and one with a part of it is asked about", async () => {
  const { ask } = await trained(1);
  const rows: Row[] = [
    { id: "1", text: "sunny lovely", label: "joy", extra: {} },
    { id: "2", image: "face-1-1.png", label: "joy", extra: {} },
    { id: "3", text: "", label: "joy", extra: {} },
  ];
  const asked = await ask(rows, "", ["text"]);
  expect(asked.answers.map(({ row }) => row.id)).toEqual(["1"]);
  expect(asked.skipped).toEqual([
    { id: "2", code: "manifest", reason: "Row 2 has no text." },
    { id: "3", code: "manifest", reason: "Row 3 has no text." },
  ]);
  expect((await ask(rows, "")).answers.map(({ row }) => row.id)).toEqual(["1", "2"]);
});
