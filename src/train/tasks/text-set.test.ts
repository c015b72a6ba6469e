import { describe, expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { TINY_LABELS, tinyPorts, tinyRows } from "../../../test/support/tiny-corpus.ts";
import { TINY_MULTIMODAL, tinyComposed } from "../../../test/support/tiny-multimodal.ts";
import type { Scratch } from "../../core/ports.ts";
import { random, shuffle } from "../../core/random.ts";
import { textNgrams } from "../../preprocess/text/ngrams.ts";
import { subwordTokenizer, trainSubwords } from "../../preprocess/text/subwords.ts";
import { runTraining } from "../run.ts";
import { textSetWriter } from "./text-set.ts";

/** Bytes that a training may hold: texts have a quarter of them, too little for any of these corpora. */
const SMALL = 800;

const FEATURES = { languages: ["en"], maxTokens: 6, vocabularySize: 300, buckets: 1 << 17, ngramLimit: 30 };
const TEXT = {
  id: "tiny",
  version: "0.1.0",
  modality: "text",
  labels: TINY_LABELS,
  data: [{ manifest: "rows.jsonl" }],
  features: FEATURES,
  network: { tokenDim: 4, hidden: 4, heads: 1 },
  training: { epochs: 2, batch: 8, learningRate: 0.02, seed: 3, threads: 1 },
};
const COLUMNS = {
  ...TEXT,
  features: { ...FEATURES, numbers: ["arousal"] },
  network: { kind: "subword-lstm", tokenDim: 4, hidden: 4, head: { kind: "multi-task", hidden: 4 } },
};
const BALANCED = {
  ...TEXT,
  features: { ...FEATURES, task: "multi", classWeightPower: 0.5 },
  training: { ...TEXT.training, sampling: "class-balanced" },
};
const MULTIMODAL = { ...TINY_MULTIMODAL, training: { ...TINY_MULTIMODAL.training, epochs: 1 } };

async function trained(config: object, heldBytes?: number) {
  const rows = tinyRows(64).map((row, at) => ({ ...row, arousal: at % 5 }));
  const files = temporaryFiles({
    "train.json": JSON.stringify(config),
    "rows.jsonl": rows.map((row) => JSON.stringify(row)).join("\n"),
  });
  await tinyComposed(files);
  const ports = tinyPorts(files);
  let opened = 0;
  const lines = (path: string) => {
    opened++;
    return files.lines(path);
  };
  const scratches = { opened: 0, closed: 0, bytes: 0 };
  const scratch = async (folder: string): Promise<Scratch> => {
    scratches.opened++;
    const file = await files.scratch(folder);
    return {
      ...file,
      async append(bytes) {
        scratches.bytes += bytes.length;
        return file.append(bytes);
      },
      async close() {
        scratches.closed++;
        await file.close();
      },
    };
  };
  const { weights, history } = await runTraining(
    { config: "train.json", root: ".", out: "run", command: "affekt train train.json" },
    { ...ports, files: { ...ports.files, lines, scratch }, ...(heldBytes === undefined ? {} : { heldBytes }) },
  );
  return { weights, scores: history.map(({ metrics }) => metrics), scratches, opened };
}

describe("texts that are more than what may be held", () => {
  test.each([
    ["one label a row", TEXT],
    ["further columns", COLUMNS],
    ["several labels a row, drawn in balance", BALANCED],
    ["beside faces and voices", MULTIMODAL],
  ])("are read from the disk and give the same weights and scores: %s", async (_name, config) => {
    const held = await trained(config);
    const read = await trained(config, SMALL);
    expect(read.weights).toEqual(held.weights);
    expect(read.scores).toEqual(held.scores);
    expect(held.scratches).toEqual({ opened: 0, closed: 0, bytes: 0 });
    expect(read.scratches).toEqual({ opened: 2, closed: 2, bytes: expect.any(Number) });
    expect(read.scratches.bytes).toBeGreaterThan(0);
    // Rows of texts are read again for the vocabulary and for the ids, where they are not kept either.
    expect([held.opened, read.opened]).toEqual(config === MULTIMODAL ? [1, 1] : [1, 3]);
  });
});

describe("a set of texts", () => {
  const texts = Array.from(
    { length: 600 },
    (_, at) => `what a ${at % 7 ? "lovely" : "rotten"} day it was, number ${at}!`,
  );
  const tokenizer = subwordTokenizer(trainSubwords(texts, { vocabularySize: 400 }));
  const options = {
    labels: TINY_LABELS,
    task: "single" as const,
    tokenizer,
    maxTokens: 48,
    ngramLimit: 192,
    buckets: 1 << 17,
    reads: ["tokens", "ngrams"] as const,
  };

  async function setOf(heldBytes: number, subjects = true) {
    const files = temporaryFiles();
    const writer = textSetWriter(options, { ...tinyPorts(files), heldBytes }, true);
    for (const [at, text] of texts.entries()) {
      const distribution = { anger: 0.25 + (at % 3) / 4, joy: 0.75 - (at % 3) / 4 };
      const subject = subjects || at !== 599 ? { subject: `s${at % 50}` } : {};
      await writer.add({ id: `r${at}`, text, distribution, ...subject, extra: {} });
    }
    return writer.finish();
  }

  test("gives what the network is fed of each text, in any order", async () => {
    for (const heldBytes of [1e9, 100_000]) {
      const set = await setOf(heldBytes);
      const order = shuffle(Int32Array.from(texts.keys()), random(1));
      let slot = 0;
      for await (const { tokens, ngrams, targets } of set.read(order)) {
        const row = order[slot++] as number;
        const ids = tokenizer.encode(texts[row] as string, 48);
        expect([...tokens]).toEqual([...ids, ...Array(48 - ids.length).fill(0)]);
        const hashed = textNgrams(texts[row] as string, { buckets: 1 << 17, limit: 192 });
        expect([...ngrams]).toEqual([...hashed, ...Array(192 - hashed.length).fill(0)]);
        expect([...targets]).toEqual([0.25 + (row % 3) / 4, 0.75 - (row % 3) / 4]);
      }
      expect(slot).toBe(texts.length);
    }
  });

  test("holds a third of what the padded ids take, and no more than it may", async () => {
    const padded = texts.length * 4 * (48 + 192);
    const roomy = await setOf(64 * padded);
    expect(roomy.held().now).toBeLessThan(padded / 3);
    const few = await setOf(100_000);
    for await (const _row of few.read(texts.keys()));
    expect(few.held().most).toBeLessThanOrEqual(25_000);
    expect(few.held().now).toBeGreaterThan(10_000);
  });

  test("numbers subjects where all rows have one, and sums targets by label", async () => {
    const set = await setOf(1e9);
    expect([...(set.subjects ?? [])]).toEqual(texts.map((_, at) => at % 50));
    expect([...set.mass]).toEqual([300, 300]);
    expect((await setOf(1e9, false)).subjects).toBeUndefined();
  });
});
