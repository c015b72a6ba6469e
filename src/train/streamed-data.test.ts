import { describe, expect, test } from "vitest";
import { temporaryFiles } from "../../test/support/temp-files.ts";
import { TINY_LABELS, tinyPorts } from "../../test/support/tiny-corpus.ts";
import { random } from "../core/random.ts";
import { PAIRING_CAVEAT, PAIRING_NOTE } from "../data/caveats.ts";
import { parseTrainConfig } from "./config.ts";
import { streamedData } from "./streamed-data.ts";
import { heldData, type SplitData, type TrainingData } from "./training-data.ts";

type Tag = (at: number) => object;

const bySubject: Tag = (at) => ({ subject: `s${at % 30}` });
const someSubjects: Tag = (at) => (at % 3 ? bySubject(at) : {});
const composed: Tag = (at) => (at === 80 ? { note: PAIRING_NOTE } : {});
const splitAs =
  (...splits: readonly (string | undefined)[]): Tag =>
  (at) => {
    const split = splits[(at % 30) % splits.length];
    return { ...bySubject(at), ...(split === undefined ? {} : { split }) };
  };
/** Subjects s0 to s2 stand in several splits. */
const leaking: Tag = (at) => ({ subject: `s${at % 30}`, split: at % 30 < 3 && at > 40 ? "test" : "train" });

const OPTIONS = { config: "train.json", root: "." };

/** Two manifests, each with a broken row, held and passing by. */
function bothWays(tag: Tag, { folds, heldBytes = 1e6 }: { folds?: number; heldBytes?: number } = {}) {
  const line = (name: string, at: number): string => {
    const label = at % 5 ? { label: TINY_LABELS[at % 2] } : { distribution: { anger: 0.25, joy: 0.75 } };
    return JSON.stringify({ id: `${name}${at}`, text: `it is a text ${at % 40}`, ...label, ...tag(at) });
  };
  const rows = (name: string): string =>
    `${Array.from({ length: 90 }, (_, at) => line(name, at)).join("\n")}\n{"id":\n`;
  const files = temporaryFiles({ "a.jsonl": rows("a"), "b.jsonl": rows("b") });
  const config = parseTrainConfig({
    ...{ id: "tiny", version: "0.1.0", modality: "text", labels: [...TINY_LABELS, "fear"] },
    data: [{ manifest: "a.jsonl" }, { manifest: "b.jsonl" }],
    features: { languages: ["en"], maxTokens: 8, vocabularySize: 300, buckets: 64, ngramLimit: 8 },
    network: { kind: "bag-of-words", tokenDim: 4, hidden: 4 },
    training: { epochs: 1, batch: 8, learningRate: 0.01, seed: 5 },
    ...(folds === undefined ? {} : { folds }),
  });
  const ports = { ...tinyPorts(files), heldBytes };
  return {
    config,
    ports,
    both: () => Promise.all([heldData(config, OPTIONS, ports), streamedData(config, OPTIONS, ports)]),
  };
}

const about = ({ hash, caveats, problems }: TrainingData) => ({ hash, caveats, problems });

/** Everything that a split tells, and the batches that come of it. */
async function told(split: SplitData, ports: ReturnType<typeof tinyPorts>, last = false) {
  const task = await split.configure(ports, last);
  const batches = [];
  for await (const feeds of task.batches(1, random(2))) batches.push(structuredClone(feeds));
  const { trainingRows, validationRows } = task;
  return { sources: split.sources, uncovered: split.uncovered(), trainingRows, validationRows, batches };
}

/** All rows kept, some, and none. */
const BUDGETS = [1e6, 50_000, 40];

describe("rows that pass by", () => {
  test.each<[string, Tag]>([
    ["no split, subjects", bySubject],
    ["no split, no subjects", () => ({})],
    ["no split, some subjects", someSubjects],
    ["train and test", splitAs("train", "train", "test")],
    ["train and nothing", splitAs(undefined, "train", "train")],
    ["all splits", splitAs("train", "validation", "test", "train")],
    ["rows without a split first", splitAs(undefined, "train", "validation", "test")],
    ["composed rows", composed],
  ])("are split, counted and learnt from as those that are held: %s", async (_name, tag) => {
    for (const heldBytes of BUDGETS) {
      const { ports, both } = bothWays(tag, { heldBytes });
      const [held, streamed] = await both();
      expect(about(streamed)).toEqual(about(held));
      expect(held.problems).toHaveLength(2);
      expect(held.caveats).toEqual(tag === composed ? [PAIRING_CAVEAT] : []);
      const wanted = await told(await held.validated(), ports);
      for (const last of [false, true]) expect(await told(await streamed.validated(), ports, last)).toEqual(wanted);
    }
  });

  test.each<[string, Tag]>([
    ["no split, some subjects", someSubjects],
    ["train and test", splitAs("train", "train", "test")],
    ["all splits", splitAs("train", "validation", "test", "train")],
    ["rows without a split first", splitAs(undefined, "train", "validation", "test")],
  ])("have the folds of those that are held: %s", async (_name, tag) => {
    const { ports, both } = bothWays(tag, { folds: 3, heldBytes: 50_000 });
    const [held, streamed] = await both();
    for (const fold of [1, 2, 3]) {
      expect(await told(await streamed.folded(fold), ports)).toEqual(await told(await held.folded(fold), ports));
    }
  });

  test("are refused for a subject in two splits in the words that those are that are held", async () => {
    const [held, streamed] = await bothWays(leaking, { heldBytes: 40 }).both();
    const refusal = await held.validated().catch((error: Error) => error.message);
    expect(refusal).toBe('The subject "s0" stands in train and test (3 such cases).');
    await expect(streamed.validated()).rejects.toThrow(refusal as string);
  });

  test("stop passing by when the training is interrupted", async () => {
    const { config, ports } = bothWays(bySubject);
    const interrupt = new AbortController();
    let turns = 0;
    const turn = async () => void turns++;
    const load = () => streamedData(config, OPTIONS, { ...ports, turn, signal: interrupt.signal });
    const split = await (await load()).validated();
    await split.configure(ports, false);
    // Once for the vocabulary, and once for the ids.
    expect(turns).toBe(2);
    interrupt.abort();
    const stopped = { code: "aborted", message: "Stopped while rows were prepared." };
    await expect(split.configure(ports, false)).rejects.toMatchObject(stopped);
    await expect(load()).rejects.toMatchObject(stopped);
  });

  test("are refused where there are too few subjects to set some apart", async () => {
    const [held, streamed] = await bothWays(() => ({ subject: "only" })).both();
    await expect(held.validated()).rejects.toThrow("1 subjects cannot fill 2 parts");
    await expect(streamed.validated()).rejects.toThrow("1 subjects cannot fill 2 parts");
  });
});
