/** The shipped models give no steps out, but have them inside: what is read there is what their embeddings are made of. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Features } from "../src/core/media.ts";
import { random } from "../src/core/random.ts";
import { floats, type Tensor } from "../src/core/tensor.ts";
import { npyRow, readNpy } from "../src/data/readers/npy.ts";
import type { OnnxModel, OnnxValue } from "../src/graph/onnx.ts";
import { decodeModel } from "../src/graph/onnx-read.ts";
import { encodeModel } from "../src/graph/onnx-write.ts";
import { embedManifest } from "../src/platform/node/embed.ts";
import { shippedModels } from "../src/platform/node/open.ts";
import { askModel } from "../src/platform/node/open-expert.ts";
import { nodeRuntime } from "../src/platform/node/runtime.ts";
import { bandStatistics } from "../src/preprocess/speech/running-normalization.ts";
import { writeWav } from "../src/preprocess/speech/wav.ts";
import type { SpeechContract } from "../src/recognize/contract.ts";
import { contractFromModel } from "../src/recognize/contract-file.ts";
import { sequenceContract } from "../src/recognize/sequence.ts";
import { openSpeechExpert } from "../src/recognize/speech-expert.ts";
import { tone } from "./support/sounds.ts";
import { temporaryFiles } from "./support/temp-files.ts";
import { voice } from "./support/voice.ts";

function shipped(name: string) {
  const path = join(shippedModels(), name, "model.onnx");
  const bytes = readFileSync(path);
  return { path, bytes, contract: contractFromModel(bytes) };
}

async function run(model: OnnxModel, feeds: Readonly<Record<string, Tensor>>, names: readonly string[]) {
  // What is made on the way is given out as well.
  const more: OnnxValue[] = names
    .filter((name) => model.outputs.every((output) => output.name !== name))
    .map((name) => ({ name, type: "float32", dims: [] }));
  const session = await nodeRuntime().open(encodeModel({ ...model, outputs: [...model.outputs, ...more] }));
  const answers = await session.run(feeds, Object.fromEntries(names.map((name) => [name, null])));
  await session.release();
  return Object.fromEntries(names.map((name) => [name, floats(answers[name], name)]));
}

/** With the network's own weights: the steps `[steps, dim]` → means `[heads, dim]`. */
function attended(weights: Float32Array, steps: Float32Array, count: number, of = (value: number) => value) {
  const [heads, dim] = [weights.length / count, steps.length / count];
  return Array.from({ length: heads * dim }, (_, at) => {
    const [head, column] = [Math.floor(at / dim), at % dim];
    let sum = 0;
    for (let step = 0; step < count; step++) {
      sum += (weights[head * count + step] as number) * of(steps[step * dim + column] as number);
    }
    return sum;
  });
}

const closeTo = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 3) as number);
const softmaxOf = (model: OnnxModel): string => model.nodes.find(({ op }) => op === "Softmax")?.outputs[0] ?? "";

describe.each([
  ["text-en", [5, 812, 90, 7, 333]],
  ["text-zh", [12, 40, 3000, 8]],
])("%s", (name, ids) => {
  test("pooled as the network pools them, its steps are the embedding", async () => {
    const { bytes, contract } = shipped(name);
    const { bytes: opened = bytes, dim, contract: wanted } = sequenceContract(contract, bytes);
    const model = decodeModel(opened);
    const [tokens = 0, ngrams = 0] = model.inputs.map(({ dims }) => dims[1]);
    expect([dim, wanted.labels.length]).toEqual([256, 256 * tokens]);
    const padded = new Int32Array(tokens);
    padded.set(ids);
    const feeds: Record<string, Tensor> = {
      tokens: { type: "int32", data: padded, dims: [1, tokens] },
      ngrams: { type: "int32", data: new Int32Array(ngrams), dims: [1, ngrams] },
    };
    const softmax = softmaxOf(model);
    const made = await run(model, feeds, ["sequence", "embedding", "logits", "hidden.weight", softmax]);
    const steps = made.sequence as Float32Array;
    const at = (step: number, column: number) => steps[step * dim + column] as number;
    expect(steps.slice(ids.length * dim).every((value) => value === 0)).toBe(true);
    const columns = Array.from({ length: dim }, (_, column) => ids.map((_, step) => at(step, column)));
    const pooled = [
      ...attended(made[softmax] as Float32Array, steps, tokens),
      ...columns.map((values) => values.reduce((sum, value) => sum + value, 0) / ids.length),
      ...columns.map((values) => Math.max(...values)),
    ];
    const bias = model.initializers.find((own) => own.name === "hidden.bias");
    const biases = new Float32Array(Uint8Array.from(bias?.bytes ?? []).buffer);
    const embedding = [...biases].map((own, unit) => {
      const sum = pooled.reduce(
        (total, value, row) => total + value * (made["hidden.weight"]?.[row * biases.length + unit] as number),
        own,
      );
      return Math.max(0, sum);
    });
    expect([...(made.embedding as Float32Array)]).toEqual(closeTo(embedding));
    // The file itself answers the same.
    const before = await run(decodeModel(bytes), feeds, ["logits"]);
    expect(made.logits).toEqual(before.logits);
  });
});

test("speech: mean and deviation of its steps, weighed as the network does, are the embedding", async () => {
  const { bytes, contract } = shipped("speech");
  const { bytes: opened = bytes, dim } = sequenceContract(contract, bytes);
  const model = decodeModel(opened);
  const draw = random(3);
  const noise = (dims: readonly number[]): Tensor => ({
    type: "float32",
    data: Float32Array.from({ length: dims.reduce((product, own) => product * own, 1) }, () => draw.normal()),
    dims,
  });
  const feeds = { features: noise([1, 1, 64, 128]), functionals: noise([1, 310]) };
  const softmax = softmaxOf(model);
  const made = await run(model, feeds, ["sequence", "embedding", softmax]);
  const steps = made.sequence as Float32Array;
  const weights = made[softmax] as Float32Array;
  const means = attended(weights, steps, steps.length / dim);
  const squares = attended(weights, steps, steps.length / dim, (value) => value ** 2);
  const deviations = squares.map((square, at) => Math.sqrt(Math.max(0, square - (means[at] as number) ** 2) + 1e-4));
  expect([...(made.embedding as Float32Array).subarray(0, 2 * means.length)]).toEqual(
    closeTo([...means, ...deviations]),
  );
});

test("rows are embedded step by step with the shipped models", async () => {
  const files = temporaryFiles({ "a.wav": writeWav(voice(1)) });
  const header = { name: "set", version: "1", labels: [], licence: "", terms: "permissive" as const, source: "" };
  const rows = [
    { id: "1", text: "I am not happy with it at all.", audio: "a.wav", extra: {} },
    { id: "2", text: "Yes!", extra: {} },
  ];
  const ports = { files, ask: askModel, cacheFolder: "cache", steps: Number.POSITIVE_INFINITY };
  const models = [shipped("text-en"), shipped("speech")];
  const { reports } = await embedManifest({ header, rows, base: files.absolute(".") }, models, "out", ports);
  expect(reports).toMatchObject([
    { modality: "text", dim: 256, rows: 2 },
    // A second of sound, in steps of 160 ms.
    { modality: "speech", dim: 128, steps: 6, rows: 1 },
  ]);
  const text = readNpy(await files.readBytes("out/text.npy"), "out/text.npy");
  const filled = [0, 1].map((row) => npyRow(text, row).findLastIndex((value) => value !== 0) + 1);
  expect(filled[0]).toBe((reports[0]?.steps ?? 0) * 256);
  expect(filled[1]).toBeLessThan(5 * 256);
});

const audioRow = (seconds: number) => ({ id: `${seconds}`, audio: `${seconds}.wav`, extra: {} });
const header = { name: "set", version: "1", labels: [], licence: "", terms: "permissive" as const, source: "" };

test("a sound has a step for each 160 ms, and its row says how many", async () => {
  const lengths = [0.05, 0.5, 1, 2.5, 3, 5.5];
  const files = temporaryFiles(Object.fromEntries(lengths.map((own) => [`${own}.wav`, writeWav(voice(own))])));
  const ports = { files, ask: askModel, cacheFolder: "cache", steps: Number.POSITIVE_INFINITY };
  const manifest = { header, rows: lengths.map(audioRow), base: files.absolute(".") };
  const { manifest: made } = await embedManifest(manifest, [shipped("speech")], "out", ports);
  expect(made.rows.map(({ features }) => Number(features?.speech?.split("&steps=")[1]))).toEqual([1, 3, 6, 16, 19, 34]);
});

test("of a steady tone, whose steps may be all zeros, none vanishes", async () => {
  const files = temporaryFiles({ "2.wav": writeWav(tone(440, 2)) });
  const ports = { files, ask: askModel, cacheFolder: "cache", steps: Number.POSITIVE_INFINITY };
  const manifest = { header, rows: [audioRow(2)], base: files.absolute(".") };
  const { manifest: made, reports } = await embedManifest(manifest, [shipped("speech")], "out", ports);
  expect(reports).toMatchObject([{ steps: 12 }]);
  expect(made.rows[0]?.features?.speech).toBe("speech.npy#row=0&steps=12");
});

test("what comes later changes no step of a window before it, and every step of its own time", async () => {
  const { bytes, contract } = shipped("speech");
  const sequences = sequenceContract(contract as SpeechContract, bytes);
  // All of it is normalized by the first half.
  const input = { ...sequences.contract.input, normalization: "speaker" } as const;
  const expert = await openSpeechExpert(nodeRuntime(), sequences.bytes ?? bytes, { ...sequences.contract, input });
  const heard = (hertz: number) => expert.prepare(voice(2.8, hertz)).features;
  const first = heard(120);
  const statistics = bandStatistics(first);
  const followed = ({ steps, data }: Features): Features => ({
    ...first,
    steps: first.steps + steps,
    data: Float32Array.of(...first.data, ...data),
  });
  const opinions = await expert.opinions(
    [first, followed(heard(130)), followed(heard(220))].map((features) => ({ features, statistics, quality: 1 })),
  );
  await expert.close();
  const [alone, one, other] = opinions.map((own) => sequences.stepsOf(own)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const apart = (a: Float32Array, b: Float32Array) =>
    Array.from({ length: a.length / 128 }, (_, step) => {
      const [from, to] = [step * 128, (step + 1) * 128];
      return Math.max(...a.subarray(from, to).map((value, at) => Math.abs(value - (b[from + at] as number))));
    });
  // 139 frames in windows of 128 at 0 and 11: up to frame 69 the first is nearer. A step has 8 frames.
  expect(alone.length / 128).toBe(17);
  expect(apart(alone, one).slice(0, 9)).toEqual(Array.from({ length: 9 }, () => 0));
  // 278 frames in windows at 0, 75 and 150: up to frame 101 the first is nearer, and it ends before the second half.
  const differences = apart(one, other);
  expect(differences).toHaveLength(35);
  expect(differences.slice(0, 13)).toEqual(Array.from({ length: 13 }, () => 0));
  // The second half begins inside step 17.
  expect(Math.min(...differences.slice(17))).toBeGreaterThan(0.5);
});
