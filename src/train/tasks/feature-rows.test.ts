import { describe, expect, test } from "vitest";
import { npyBytes, npyFiles } from "../../../test/support/npy.ts";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { random } from "../../core/random.ts";
import type { Manifest } from "../../data/manifest.ts";
import type { Row } from "../../data/row.ts";
import { nodeRuntime } from "../../platform/node/runtime.ts";
import { parseTrainConfig } from "../config.ts";
import { train } from "../trainer.ts";
import { trainerOptions } from "../trainer-options.ts";
import { findFeatures, npyOpener } from "./feature-rows.ts";
import { configureFusionParts, type FeaturePorts } from "./fusion-config.ts";

const ROWS = 120;
const [DIM, STEPS] = [3, 4];
/** Of a row: a text, a face, and a voice of four steps and which of them are there. */
const ROW_BYTES = 4 * (DIM + DIM + STEPS * DIM + STEPS);
/** About a sixth of all. */
const SMALL = 20 * ROW_BYTES;

/** The files that a training reads; nothing may be read whole. */
function made(): { manifest: Manifest; bytes: Map<string, Uint8Array>; files: FeaturePorts["files"] } {
  const dice = random(2);
  const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => dice.normal() * 10 + 3);
  const voices = numbers(ROWS * STEPS * DIM);
  for (let row = 0; row < ROWS; row++) voices.fill(0, (row * STEPS + 1 + (row % STEPS)) * DIM, (row + 1) * STEPS * DIM);
  const bytes = new Map([
    ["text.npy", npyBytes(numbers(ROWS * DIM), [ROWS, DIM])],
    ["face.npy", npyBytes(numbers(ROWS * DIM), [ROWS, DIM])],
    ["speech.npy", npyBytes(voices, [ROWS, STEPS, DIM])],
  ]);
  const rows = Array.from({ length: ROWS }, (_, row): Row => {
    const face = row % 5 === 0 ? {} : { face: `face.npy#row=${ROWS - 1 - row}` };
    return {
      id: `row${row}`,
      subject: `film${row % 12}`,
      // A text that several rows have.
      features: { text: `text.npy#row=${row - (row % 3)}`, ...face, speech: `speech.npy#row=${row}` },
      label: ["anger", "joy"][dice.integer(2)] as string,
      split: row % 12 < 9 ? "train" : "validation",
      extra: { turn: row },
    };
  });
  const header = { name: "made", version: "1", labels: [], licence: "", terms: "permissive" as const, source: "" };
  const readBytes = (path: string): Promise<Uint8Array> => Promise.reject(new Error(`${path} was read whole`));
  const { readRange } = npyFiles(async (path) => bytes.get(path.replace(/^\.?\//, "")) as Uint8Array);
  return { manifest: { header, rows, base: "" }, bytes, files: { readBytes, readRange } };
}

async function trained(more: { features?: object; network?: object }, heldBytes?: number) {
  const config = parseTrainConfig({
    ...{ id: "made", version: "0.0.1", modality: "fusion", labels: ["anger", "joy"] },
    data: [{ manifest: "made.jsonl" }],
    features: { passes: 2, mixup: 0.4, ...more.features },
    network: { fusion: { kind: "cross-modal", dim: 4, heads: 1, crossLayers: 1 }, ...more.network },
    training: { epochs: 2, batch: 4, learningRate: 0.01, threads: 1, seed: 4 },
  });
  const { manifest, files } = made();
  const ports = { files, ...(heldBytes === undefined ? {} : { heldBytes }) };
  const { task, held } = await configureFusionParts(config, [manifest], ports);
  const given = { runtime: nodeRuntime(), files: temporaryFiles(), folder: "out", now: () => 0 };
  const { weights, history } = await train(task, { ...trainerOptions(config, task), fingerprint: "made" }, given);
  return { weights, scores: history.map(({ score }) => score), held: held() };
}

describe("a fusion with less memory than its features need", () => {
  test.each([
    ["rows that stand alone", {}],
    ["features standardized by subject", { features: { normalization: "subject" } }],
    [
      "conversations",
      { features: { utterances: 10 }, network: { fusion: { kind: "mlp", dim: 4 }, context: { kind: "mean" } } },
    ],
  ])("has the same weights as one in memory: %s", async (_name, more) => {
    const [inMemory, fromDisk] = [await trained(more), await trained(more, SMALL)];
    expect(fromDisk.weights).toEqual(inMemory.weights);
    expect(fromDisk.scores).toEqual(inMemory.scores);
    expect(inMemory.held).toBe(ROWS * ROW_BYTES);
    expect(fromDisk.held).toBeLessThanOrEqual(SMALL);
    expect(fromDisk.held).toBeGreaterThan(SMALL / 2);
  });

  test("reads rows that stand side by side in one piece", async () => {
    const { manifest, files } = made();
    const from = manifest.rows.map((row) => ({ row, base: "" }));
    const found = await findFeatures(from, ["speech"], npyOpener(files));
    const reads: number[] = [];
    const counting = npyOpener({
      ...files,
      readRange(path, start, end) {
        reads.push(end - start);
        return files.readRange(path, start, end);
      },
    });
    const counted = await findFeatures(from, ["speech"], counting);
    reads.length = 0;
    const [one, other] = [found.reader(1e6).read([7, 5, 6, 20]), counted.reader(1e6).read([7, 5, 6, 20])];
    const rows: Float32Array[] = [];
    for await (const row of other) rows.push(row);
    expect(reads).toEqual([3 * 4 * STEPS * DIM, 4 * STEPS * DIM]);
    for await (const row of one) expect(rows.shift()).toEqual(row);
  });

  test("ends when features become others while it reads them", async () => {
    const { manifest, bytes, files } = made();
    const from = manifest.rows.map((row) => ({ row, base: "" }));
    const found = await findFeatures(from, ["text", "face", "speech"], npyOpener(files));
    const { read } = found.reader(SMALL);
    const all = async (): Promise<number> => {
      let rows = 0;
      for await (const _row of read(Array(ROWS).keys())) rows++;
      return rows;
    };
    expect(await all()).toBe(ROWS);
    expect(await all()).toBe(ROWS);
    // The last number of the last voice that is read again.
    const speech = bytes.get("speech.npy") as Uint8Array;
    speech[speech.length - 1] = 9;
    await expect(all()).rejects.toThrow(
      "The features of row row119 (text.npy#row=117, face.npy#row=0, speech.npy#row=119) are not what they were when " +
        "they were read first.",
    );
    bytes.set("speech.npy", speech.slice(0, -4));
    await expect(all()).rejects.toThrow("speech.npy was cut off while it was read: row 119 is gone.");
  });
});

test("what is wrong with a file is found before a training begins", async () => {
  const { manifest, bytes, files } = made();
  const from = manifest.rows.map((row) => ({ row, base: "" }));
  const find = () => findFeatures(from, ["text", "face", "speech"], npyOpener(files));
  bytes.set("face.npy", npyBytes(new Float32Array(100 * DIM), [100, DIM]));
  await expect(find()).rejects.toThrow("The .npy file face.npy has rows 0 to 99; asked for row 118.");
  bytes.set("face.npy", npyBytes(new Float32Array(ROWS * DIM), [ROWS, DIM]).slice(0, -1));
  await expect(find()).rejects.toThrow(
    `The .npy file face.npy is cut off: it ends before its ${4 * ROWS * DIM} bytes of values do.`,
  );
  bytes.set("face.npy", npyBytes(new Float32Array(ROWS), [ROWS]));
  await expect(find()).rejects.toThrow(
    `The face features in face.npy have the shape [${ROWS}]; expected 2 or 3 dimensions.`,
  );
  bytes.set("face.npy", npyBytes(new Float32Array(ROWS * DIM), [ROWS, DIM]));
  const mixed = (modality: "face" | "speech", shape: readonly number[]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    bytes.set("other.npy", npyBytes(new Float32Array(count), [1, ...shape]));
    const others = from.map(({ row, base }, at) =>
      at === 7 ? { row: { ...row, features: { ...row.features, [modality]: "other.npy" } }, base } : { row, base },
    );
    return findFeatures(others, [modality], npyOpener(files));
  };
  await expect(mixed("face", [2 * DIM])).rejects.toThrow(
    `The face features of row row7 in other.npy have the shape [${2 * DIM}]; expected [${DIM}], as before it.`,
  );
  // As many numbers, but of vectors of another size.
  await expect(mixed("speech", [DIM, STEPS])).rejects.toThrow(
    `of row row7 in other.npy have the shape [${DIM}, ${STEPS}]; expected [${STEPS}, ${DIM}], as before it.`,
  );
  await expect(mixed("speech", [STEPS * DIM])).rejects.toThrow("have the shape [12]; expected [4, 3]");
});
