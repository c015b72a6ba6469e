import { describe, expect, test } from "vitest";
import { npyBytes, npyFiles } from "../../../test/support/npy.ts";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import type { Modality } from "../../core/modality.ts";
import { random } from "../../core/random.ts";
import { floats } from "../../core/tensor.ts";
import type { Manifest } from "../../data/manifest.ts";
import type { Row } from "../../data/row.ts";
import { inferenceModel } from "../../graph/inference.ts";
import { argmax } from "../../metrics/argmax.ts";
import { nodeRuntime } from "../../platform/node/runtime.ts";
import { chooseModels } from "../../recognize/choose-models.ts";
import { parseContract } from "../../recognize/contract.ts";
import { parseTrainConfig, type TrainConfig } from "../config.ts";
import { train } from "../trainer.ts";
import { trainerOptions } from "../trainer-options.ts";
import { findFeatures, npyOpener, type RowReader } from "./feature-rows.ts";
import { configureFusionParts, type FeaturePorts } from "./fusion-config.ts";
import { sourcedRows } from "./fusion-set.ts";
import { fusionLogits } from "./fusions.ts";

const LABELS = ["anger", "joy", "neutral", "sadness"];
const DIM = 3;
const ROWS = 360;

interface Made {
  readonly manifest: Manifest;
  readonly files: FeaturePorts["files"];
}

/**
 * Four labels, two bits: text knows the one, the face the other, speech has a hint of both. The numbers lie far from 0
 * and are of different sizes, and some are missing.
 */
function trimodal(without: (row: number) => Modality | undefined = () => undefined): Made {
  const dice = random(11);
  const columns = {
    text: new Float32Array(ROWS * DIM),
    face: new Float32Array(ROWS * DIM),
    speech: new Float32Array(ROWS * DIM),
  };
  const rows = Array.from({ length: ROWS }, (_, row): Row => {
    const label = dice.integer(4);
    const [first, second] = [(label >> 1) * 2 - 1, (label & 1) * 2 - 1];
    const noisy = (signal: number, noise: number): number => signal + noise * dice.normal();
    columns.text.set([noisy(first, 0.4) * 100 + 700, dice.normal(), Number.NaN], row * DIM);
    columns.face.set([dice.normal(), noisy(second, 0.4) * 0.01, 5], row * DIM);
    columns.speech.set([noisy(first, 2), noisy(second, 2), row % 7 === 0 ? Number.NaN : 1], row * DIM);
    const missing = without(row);
    const features = Object.fromEntries(
      (["text", "face", "speech"] as const)
        .filter((name) => name !== missing)
        .map((name) => [name, `${name}.npy#row=${row}`]),
    );
    return {
      id: `row${row}`,
      subject: `film${Math.floor(row / 6)}`,
      features,
      label: LABELS[label] as string,
      split: row < 240 ? "train" : row < 300 ? "validation" : "test",
      extra: { turn: -row, sentiment: first, ...(row % 5 === 0 ? {} : { second: second > 0 ? "high" : "low" }) },
    };
  });
  const bytes = new Map(Object.entries(columns).map(([name, data]) => [`${name}.npy`, npyBytes(data, [ROWS, DIM])]));
  const header = { name: "made", version: "1", labels: LABELS, licence: "", terms: "permissive" as const, source: "" };
  return {
    manifest: { header, rows, base: "" },
    files: npyFiles(async (path) => bytes.get(path.replace(/^\.?\//, "")) as Uint8Array),
  };
}

/** Every row as it is packed. */
async function allRows({ rows, read }: { readonly rows: number } & Pick<RowReader, "read">): Promise<Float32Array[]> {
  const found: Float32Array[] = [];
  for await (const row of read(Array(rows).keys())) found.push(row);
  return found;
}

function configOf(network: object, features: object = {}, training: object = {}): TrainConfig {
  return parseTrainConfig({
    id: "made",
    version: "0.0.1",
    modality: "fusion",
    labels: LABELS,
    data: [{ manifest: "made.jsonl" }],
    features: { modalityDropout: 0.2, passes: 4, ...features },
    network: { inputDropout: 0, ...network },
    training: { epochs: 3, batch: 24, learningRate: 0.02, threads: 1, seed: 5, ...training },
  });
}

/** Trains, and asks about the test rows. */
async function trained(config: TrainConfig, { manifest, files }: Made) {
  const { task, options, load } = await configureFusionParts(config, [manifest], { files });
  const ports = { runtime: nodeRuntime(), files: temporaryFiles(), folder: "out", now: () => 0 };
  const result = await train(task, { ...trainerOptions(config, task), fingerprint: "made" }, ports);
  const session = await nodeRuntime().open(inferenceModel(task.infer, result.weights));
  const set = await load(sourcedRows([manifest], "test"));
  return {
    ...result,
    task,
    session,
    set,
    options,
    async accuracy(given?: readonly Modality[]) {
      const said = argmax(await fusionLogits(session, set, options, given), LABELS.length);
      return said.filter((label, row) => label === set.truth[row]).length / set.rows;
    },
  };
}

const mlp = { fusion: { kind: "mlp", dim: 8, dropout: 0 }, head: { kind: "softmax", dropout: 0 } };

describe("a fusion trained on features", () => {
  let made: ReturnType<typeof trained> | undefined;
  /** Trained once, by the first test that asks. */
  const fusion = () => (made ??= trained(configOf(mlp), trimodal()));

  test("knows more than each modality alone, and what a missing one leaves", async () => {
    const fused = await fusion();
    const all = await fused.accuracy();
    expect(all).toBeGreaterThan(0.9);
    for (const [modality, least] of [
      ["text", 0.35],
      ["face", 0.35],
      ["speech", 0.25],
    ] as const) {
      const alone = await fused.accuracy([modality]);
      expect(alone).toBeLessThan(all - 0.2);
      expect(alone).toBeGreaterThan(least);
    }
    expect(await fused.accuracy(["text", "face"])).toBeGreaterThan(0.9);
  });

  test("has a contract that says what it is fed, and that a recognizer refuses", async () => {
    const { task, session } = await fusion();
    const contract = parseContract({
      ...(await task.contract(session)),
      contract: 1,
      id: "made",
      version: "0.0.1",
      licence: { terms: "MIT", commercial: true },
      sources: [],
      trainingManifestHash: "0".repeat(64),
      trained: { date: "2026-01-31", command: "affekt train made.json", seed: 5 },
    });
    expect(contract).toMatchObject({
      modality: "fusion",
      input: {
        inputs: { text: "text", face: "face", speech: "speech", presence: "presence" },
        features: [
          { modality: "text", dim: 3 },
          { modality: "face", dim: 3 },
          { modality: "speech", dim: 3 },
        ],
        utterances: 1,
        order: "turn",
      },
    });
    // The recognizer starts from media, so it says at once that this model is not for it.
    expect(() => chooseModels([{ contract }], { ids: ["made"] })).toThrow("answers on ready-made features");
    expect(chooseModels([{ contract }])).toEqual({ text: [], face: [], speech: [] });
  });

  test("gives the same weights from the same seed, and others from another", async () => {
    const brief = (seed: number) => trained(configOf(mlp, { passes: 1 }, { epochs: 1, seed }), trimodal());
    const [one, two, other] = [await brief(5), await brief(5), await brief(6)];
    expect(two.weights).toEqual(one.weights);
    expect(other.weights).not.toEqual(one.weights);
  });

  test("learns from rows that lack a modality", async () => {
    const lacking = trimodal((row) => (row % 3 === 0 ? "speech" : row % 3 === 1 ? "face" : undefined));
    const { accuracy, set } = await trained(configOf(mlp), lacking);
    expect([...set.presence.subarray(0, 6)]).toEqual([1, 1, 0, 1, 0, 1]);
    expect(await accuracy()).toBeGreaterThan(0.6);
  });

  test.each([
    [{ fusion: { kind: "attention", dim: 8, dropout: 0 }, head: { kind: "cnn", filters: 8, dropout: 0 } }, {}],
    [{ fusion: { kind: "gated", dim: 8, dropout: 0 }, head: { kind: "rnn", hidden: 8, dropout: 0 }, headSteps: 2 }, {}],
    [
      {
        fusion: { kind: "cross-modal", dim: 8, heads: 2, crossLayers: 1, convert: true, dropout: 0 },
        head: { kind: "multi-task", dropout: 0 },
      },
      { numbers: ["sentiment"], categories: ["second"], mixup: 0.2 },
    ],
  ])("takes any fusion with any head: %j", async (network, features) => {
    const made = await trained(configOf(network, { passes: 10, ...features }, { epochs: 1 }), trimodal());
    expect(await made.accuracy()).toBeGreaterThan(0.7);
    const { outputs } = await made.task.contract(made.session);
    // A fusion that weighs the modalities says so, and its network gives the weights out.
    expect(made.session.outputs.includes("weights")).toBe(network.fusion.kind === "attention");
    expect("weights" in outputs).toBe(network.fusion.kind === "attention");
  });

  test("learns numbers and categories along, mixed like the labels, and answers them", async () => {
    const columns = { numbers: ["sentiment"], categories: ["second"], mixup: 0.2, passes: 10 };
    const head = { kind: "multi-task", dropout: 0 };
    const made = await trained(configOf({ ...mlp, head }, columns, { epochs: 1 }), trimodal());
    const { metrics } = made.best;
    expect(metrics["sentiment ccc"]).toBeGreaterThan(0.8);
    expect(metrics["second accuracy"]).toBeGreaterThan(0.9);
    const contract = await made.task.contract(made.session);
    expect(contract.columns).toMatchObject([
      { field: "sentiment", output: "number-1" },
      { field: "second", output: "category-1", values: ["high", "low"] },
    ]);
    expect(made.session.outputs).toEqual(expect.arrayContaining(["number-1", "category-1"]));
    await made.session.release();
  });

  test("mixes features: the batches of a training differ from those without by mixed targets alone", async () => {
    const batchOf = async (mixup: number) => {
      const { manifest, files } = trimodal();
      const config = configOf(mlp, { mixup, modalityDropout: 0, passes: 1 }, { labelSmoothing: 0 });
      const { task } = await configureFusionParts(config, [manifest], { files });
      for await (const feeds of task.batches(1, random(4))) {
        return (name: string) => [...floats(feeds[name], name)];
      }
      throw new Error("no batch");
    };
    const [plain, mixed] = [await batchOf(0), await batchOf(1)];
    const [targets, before] = [mixed("targets"), plain("targets")];
    // Row 0 is mixed with row 23 of the batch: its share stands where their labels differ.
    expect(targets.some((value) => value > 0.01 && value < 0.99)).toBe(true);
    for (let row = 0; row < 24; row++) {
      const partner = 23 - row;
      const own = before.slice(row * 4, row * 4 + 4).indexOf(1);
      if (before[partner * 4 + own] === 1) continue;
      const share = targets[row * 4 + own] as number;
      for (const modality of ["text", "face", "speech"]) {
        const [a, b] = [plain(modality)[row * DIM] as number, plain(modality)[partner * DIM] as number];
        expect((mixed(modality)[row * DIM] as number) / (share * a + (1 - share) * b)).toBeCloseTo(1, 3);
      }
    }
  });

  test.each([
    [
      { ...mlp, head: "multi-task" },
      'network.head: received "multi-task"; expected object (did you mean { "kind": "mul',
    ],
    [
      { ...mlp, head: { kind: "softmx" } },
      'network.head.kind: received "softmx"; expected one of "softmax", "cnn", "rnn", ',
    ],
    [{ ...mlp, fusion: "mlp" }, 'network.fusion: received "mlp"; expected object (did you mean { "kind": "mlp", … }?)'],
    [
      { ...mlp, context: "gru" },
      'network.context: received "gru"; expected object (did you mean { "kind": "gru", … }?)',
    ],
  ])("what has a kind is no name: %j", async (network, message) => {
    const { manifest, files } = trimodal();
    await expect(configureFusionParts(configOf(network), [manifest], { files })).rejects.toThrow(message);
  });

  test("columns without a head for them are refused", async () => {
    const { manifest, files } = trimodal();
    const config = configOf(mlp, { categories: ["second"] });
    await expect(configureFusionParts(config, [manifest], { files })).rejects.toThrow(
      "features names the columns second",
    );
  });
});

describe("the context of a conversation", () => {
  test.each([
    { kind: "gru", place: "after", hidden: 4, dropout: 0 },
    { kind: "transformer", place: "before", hidden: 8, heads: 2, dropout: 0 },
    { kind: "mean", reach: 1, dropout: 0 },
  ])("ends at the conversation's own utterances: %j", async (context) => {
    const features = { utterances: 8, order: "turn" };
    const made = configOf({ ...mlp, context }, features, { epochs: 1, batch: 4 });
    const { session, set, options, history } = await trained(made, trimodal());
    expect(history[0]?.trainingAccuracy).toBeGreaterThan(0.3);
    // Ordered by turn, which runs backwards here.
    expect([...(set.samples[0] as Int32Array)]).toEqual([5, 4, 3, 2, 1, 0]);
    const before = await fusionLogits(session, set, options);
    const changed = (row: number) => {
      async function* read(order: Iterable<number>): AsyncGenerator<Float32Array> {
        const wanted = [...order];
        let at = 0;
        // The text comes first.
        for await (const values of set.read(wanted)) {
          const own = values.slice();
          yield wanted[at++] === row ? own.fill(900, 0, DIM) : own;
        }
      }
      return fusionLogits(session, { ...set, read }, options);
    };
    const logitsOf = (logits: Float32Array, row: number) => [...logits.subarray(row * 4, (row + 1) * 4)];
    const [inside, outside] = [await changed(5), await changed(6)];
    expect(logitsOf(outside, 0)).toEqual(logitsOf(before, 0));
    expect(logitsOf(inside, 0)).not.toEqual(logitsOf(before, 0));
    const alone = await fusionLogits(session, { ...set, samples: set.samples.slice(0, 1) }, options);
    for (const [at, value] of logitsOf(alone, 0).entries()) expect(value).toBeCloseTo(before[at] as number, 4);
  });

  test("is learnt from utterances that are hidden from themselves", async () => {
    // One label a film: what an utterance lacks stands in its neighbours.
    const films = trimodal();
    const rows = films.manifest.rows.map((row, at, all) => ({ ...row, label: all[at - (at % 6)]?.label as string }));
    const copied = rows.map((row, at) => ({ ...row, features: rows[at - (at % 6)]?.features ?? {} }));
    const made = { ...films, manifest: { ...films.manifest, rows: copied } };
    const context = { kind: "mean", reach: 5, dropout: 0 };
    const features = { utterances: 8, utteranceDropout: 0.5, modalityDropout: 0, passes: 20 };
    const config = configOf({ ...mlp, context }, features, { epochs: 1, batch: 8 });
    const { session, set, options } = await trained(config, made);
    // Of the first utterance of every film nothing is known.
    const presence = set.presence.map((own, at) => (Math.floor(at / 3) % 6 === 0 ? 0 : own));
    const said = argmax(await fusionLogits(session, { ...set, presence }, options), LABELS.length);
    await session.release();
    const first = [...said.keys()].filter((row) => row % 6 === 0);
    const right = first.filter((row) => said[row] === set.truth[row]).length;
    expect(right / first.length).toBeGreaterThan(0.85);
  });

  test("needs conversations", async () => {
    const { manifest, ...plain } = trimodal();
    const config = configOf({ ...mlp, context: { kind: "gru" } });
    await expect(configureFusionParts(config, [manifest], plain)).rejects.toThrow("features.utterances is 1");
    const sequences = trimodal();
    const files = npyFiles(async (path) =>
      path.endsWith("face.npy")
        ? npyBytes(new Float32Array(ROWS * DIM).fill(1), [ROWS, 1, DIM])
        : sequences.files.readBytes(path),
    );
    const before = configOf({ ...mlp, context: { kind: "gru", place: "before" } }, { utterances: 6 });
    await expect(configureFusionParts(before, [sequences.manifest], { files })).rejects.toThrow(
      'network.context.place is "before", which reads vectors; the features of face are sequences.',
    );
    const hidden = configOf(mlp, { utterances: 6, utteranceDropout: 0.5 });
    await expect(configureFusionParts(hidden, [manifest], plain)).rejects.toThrow("nothing reads their neighbours");
  });
});

test("features standardized by subject have mean 0 and deviation 1 within each", async () => {
  const { manifest, files } = trimodal();
  const { load } = await configureFusionParts(configOf(mlp, { normalization: "subject" }), [manifest], { files });
  const rows = await allRows(await load(sourcedRows([manifest], "test")));
  const first = rows.slice(0, 6).map(([number]) => number as number);
  expect(first.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 4);
  expect(first.reduce((sum, value) => sum + value * value, 0) / 6).toBeCloseTo(1, 4);
  expect(rows[0]?.[2]).toBeNaN();
});

test("the steps of a sequence are told by its length, and where it is not told by what is not zero", async () => {
  const { manifest } = trimodal();
  // Two rows of four steps of one number; the second and the fourth of the second row are zeros.
  const bytes = npyBytes(Float32Array.of(0, 0, 0, 0, 1, 0, 2, 0), [2, 4, 1]);
  const open = npyOpener(npyFiles(async () => bytes));
  const row = (speech: string) => ({ row: { ...(manifest.rows[0] as Row), features: { speech } }, base: "" });
  const rows = ["a.npy#row=0&steps=3", "a.npy#row=1&steps=2", "a.npy#row=1"].map(row);
  const found = await findFeatures(rows, ["speech"], open);
  const steps = (await allRows({ rows: 3, ...found.reader(1000) })).map((row) => [...row.slice(4)]);
  expect(steps).toEqual([
    [1, 1, 1, 0],
    [1, 1, 0, 0],
    [1, 0, 1, 0],
  ]);
});

test("a sequence that is to be longer than the rows of its file is refused", async () => {
  const { manifest } = trimodal();
  const open = npyOpener(npyFiles(async () => npyBytes(new Float32Array(8), [2, 4, 1])));
  const find = (speech: string) =>
    findFeatures(
      [{ row: { ...(manifest.rows[0] as Row), id: "r", features: { speech } }, base: "" }],
      ["speech"],
      open,
    );
  await expect(find("a.npy#row=0&steps=5")).rejects.toMatchObject({
    code: "data",
    message: "The speech features of row r, a.npy#row=0&steps=5, are to be 5 steps of a.npy, whose rows have 4.",
  });
  expect((await find("a.npy#row=0&steps=4")).layout).toEqual([{ modality: "speech", dim: 1, steps: 4 }]);
});

test("features that are the same in all training rows are refused", async () => {
  const { manifest, files } = trimodal();
  const zeros = { ...manifest, rows: manifest.rows.map((row) => ({ ...row, features: { speech: "zeros.npy" } })) };
  const read = npyFiles(async () => npyBytes(new Float32Array(4), [1, 4]));
  await expect(configureFusionParts(configOf(mlp), [zeros], { files: read })).rejects.toMatchObject({
    code: "data",
    message: expect.stringMatching(/^All \d+ training rows of features look the same to the network/u) as string,
  });
  expect((await configureFusionParts(configOf(mlp), [manifest], { files })).task.trainingRows).toBeGreaterThan(1);
});
