import { rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { TINY_LABELS, tinyPorts, tinyRows, voice } from "../../../test/support/tiny-corpus.ts";
import { TINY_MULTIMODAL, tinyComposed } from "../../../test/support/tiny-multimodal.ts";
import { AffektError } from "../../core/errors.ts";
import type { WritableFiles } from "../../core/ports.ts";
import type { Manifest } from "../../data/manifest.ts";
import type { Row } from "../../data/row.ts";
import { runTraining, type TrainingPorts } from "../run.ts";
import { decodeSafetensors, encodeSafetensors } from "../safetensors.ts";
import { openClips } from "./speech-clips.ts";

/** Bytes of about four of the 32 recordings of the small corpus. */
const SMALL = 6_000;

const SPEECH = {
  id: "tiny",
  version: "0.1.0",
  modality: "speech",
  labels: TINY_LABELS,
  data: [{ manifest: "rows.jsonl" }],
  features: { bands: 16, steps: 12 },
  network: { kind: "crnn", channels: [4], hidden: 4 },
  training: { epochs: 2, batch: 8, learningRate: 0.02, seed: 3, threads: 1 },
};
const FUNCTIONALS = { ...SPEECH, network: { kind: "functionals", members: 1, hidden: [4] } };
const MULTIMODAL = { ...TINY_MULTIMODAL, training: { ...TINY_MULTIMODAL.training, epochs: 1 } };

// Four speakers, so that their statistics are those of several recordings.
const rows = tinyRows(32).map((row, at) => ({ ...row, subject: `s${at < 24 ? at % 3 : 3}` }));

/** A training in a folder of its own; `between` is called after its first epoch. */
async function trained(
  config: object,
  more: Partial<TrainingPorts> = {},
  between: (files: WritableFiles) => void | Promise<void> = () => {},
) {
  const files = temporaryFiles({
    "train.json": JSON.stringify(config),
    "rows.jsonl": rows.map((row) => JSON.stringify(row)).join("\n"),
  });
  await tinyComposed(files);
  const ports = tinyPorts(files);
  const decoded: string[] = [];
  const counting: TrainingPorts = {
    ...ports,
    async *sounds(places) {
      decoded.push(...places.map(({ path }) => path));
      yield* (more.sounds ?? ports.sounds)(places);
    },
  };
  const run = { config: "train.json", root: ".", out: "run", command: "affekt train train.json" };
  const { weights, history } = await runTraining(
    run,
    { ...counting, ...(more.heldBytes === undefined ? {} : { heldBytes: more.heldBytes }) },
    { epoch: async (_report, { length }) => (length === 1 ? await between(files) : undefined) },
  );
  return { weights, history, decoded };
}

const parts = async (files: WritableFiles): Promise<string[]> =>
  (await files.list("cache")).map((part) => `cache/${part}`);

/** Turns a bit in the middle of every array of every part. */
async function damage(files: WritableFiles): Promise<void> {
  for (const part of await parts(files)) {
    const bytes = await files.readBytes(part);
    const { arrays, metadata } = decodeSafetensors(bytes);
    for (const data of arrays.values()) {
      const middle = data.length >> 1;
      data[middle] = -(data[middle] as number);
    }
    await files.write(part, encodeSafetensors({ arrays, metadata }));
  }
}

describe("a training with less memory than its features need", () => {
  test.each([
    ["speech", SPEECH],
    ["functionals", FUNCTIONALS],
    ["multimodal", MULTIMODAL],
  ])("gives the same weights as one in memory: %s", async (_name, config) => {
    const inMemory = await trained(config);
    const fromDisk = await trained(config, { heldBytes: SMALL });
    expect(fromDisk.weights).toEqual(inMemory.weights);
    expect(fromDisk.history.map(({ score }) => score)).toEqual(inMemory.history.map(({ score }) => score));
    expect(fromDisk.decoded.toSorted()).toEqual(inMemory.decoded.toSorted());
  });

  test.each([
    ["damaged", damage],
    [
      "missing",
      async (files: WritableFiles) => {
        for (const part of await parts(files)) rmSync(files.absolute(part));
      },
    ],
    [
      "cut off",
      async (files: WritableFiles) => {
        for (const part of await parts(files)) await files.write(part, (await files.readBytes(part)).subarray(0, -100));
      },
    ],
  ])("makes parts anew that are %s while it runs, and learns the same", async (_name, spoil) => {
    const whole = await trained(SPEECH);
    const again = await trained(SPEECH, { heldBytes: SMALL }, spoil);
    expect(again.weights).toEqual(whole.weights);
    expect(again.decoded.length).toBeGreaterThan(whole.decoded.length);
  });

  test("ends when a damaged part cannot be made again, and when another sound would come of it", async () => {
    let broken = false;
    const sounds: TrainingPorts["sounds"] = async function* (places) {
      for (const { path } of places) yield { value: voice(Number(/(\d+)\.wav$/u.exec(path)?.[1]) + (broken ? 1 : 0)) };
    };
    const changed = trained(SPEECH, { heldBytes: SMALL, sounds }, async (files) => {
      broken = true;
      await damage(files);
    });
    await expect(changed).rejects.toThrow("is damaged, and what is made of it now is not the same");

    let gone = false;
    const silent: TrainingPorts["sounds"] = async function* (places) {
      for (const { path } of places) {
        const error = new AffektError("file", `Could not read ${path}.`, "");
        yield gone ? { error } : { value: voice(Number(/(\d+)\.wav$/u.exec(path)?.[1])) };
      }
    };
    const lost = trained(SPEECH, { heldBytes: SMALL, sounds: silent }, async (files) => {
      gone = true;
      await damage(files);
    });
    await expect(lost).rejects.toThrow(/damaged or gone, and it cannot be made anew\. Could not read .*\.wav/u);
  });
});

describe("features of recordings", () => {
  const spectrum = { bands: 16, lowHz: 50, highHz: 7600, windowMs: 25, hopMs: 10, averageFrames: 2, trimDb: 0 };

  async function opened(files: WritableFiles, heldBytes: number) {
    const header = {
      name: "tiny",
      version: "1",
      labels: [],
      licence: "CC0-1.0",
      terms: "permissive",
      source: "",
    } as const;
    const own: Row[] = rows.map((row) => ({ ...row, extra: {} }));
    const manifest: Manifest = { header: { ...header, labels: [] }, rows: own, base: files.absolute(".") };
    const clips = await openClips([manifest], spectrum, { ...tinyPorts(files), heldBytes }, { withFunctionals: true });
    return { clips, numbers: own.map((row) => clips.find(manifest, row) as number) };
  }

  test("are held up to the budget and never beyond", async () => {
    const files = temporaryFiles();
    const all = await opened(files, 1e6);
    const few = await opened(files, 12_000);
    for (const order of [all.numbers, all.numbers.toReversed(), all.numbers]) {
      const wanted = [];
      for await (const features of all.clips.read(order)) wanted.push(features);
      let at = 0;
      for await (const features of few.clips.read(order)) {
        expect(features).toEqual(wanted[at++]);
        expect(few.clips.held().now).toBeLessThanOrEqual(12_000);
      }
      expect(at).toBe(order.length);
    }
    expect(few.clips.held().most).toBeLessThanOrEqual(12_000);
    expect(few.clips.held().most).toBeGreaterThan(6_000);
    expect(all.clips.held().most).toBeGreaterThan(50_000);
  });

  test("of parts without checksums are compared with what was read first", async () => {
    const files = temporaryFiles();
    await opened(files, 1e6);
    for (const part of await parts(files)) {
      const { arrays } = decodeSafetensors(await files.readBytes(part));
      await files.write(part, encodeSafetensors({ arrays, metadata: {} }));
    }
    const { clips, numbers } = await opened(files, 12_000);
    const first = [];
    for await (const features of clips.read(numbers)) first.push(features);
    await damage(files);
    const again = [];
    for await (const features of clips.read(numbers)) again.push(features);
    expect(again).toEqual(first);
  });

  test("that were damaged before a training began are made anew", async () => {
    const files = temporaryFiles();
    const read = async () => {
      const { clips, numbers } = await opened(files, 12_000);
      const found = [];
      for await (const features of clips.read(numbers)) found.push(features);
      return found;
    };
    const first = await read();
    await damage(files);
    expect(await read()).toEqual(first);
    // What was made anew is found from then on, beside what is damaged.
    expect(await read()).toEqual(first);
  });
});
