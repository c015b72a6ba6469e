import { expect, test } from "vitest";
import { temporaryFiles } from "../../test/support/temp-files.ts";
import { TINY_LABELS, tinyPorts, tinyRows } from "../../test/support/tiny-corpus.ts";
import type { Manifest } from "../data/manifest.ts";
import type { Row } from "../data/row.ts";
import { type UncoveredLabels, uncoveredLabels } from "./label-cover.ts";
import { runTraining } from "./run.ts";

const header = { name: "made", version: "1", labels: [], licence: "", terms: "permissive" as const, source: "" };
const LABELS = ["anger", "joy", "sadness"];

function rows(...made: readonly Pick<Row, "label" | "labels" | "distribution" | "split">[]): Manifest[] {
  return [{ header, base: ".", rows: made.map((row, at) => ({ id: String(at), text: "a", extra: {}, ...row })) }];
}

test("labels without rows to train or to select on are named", () => {
  const data = rows(
    { split: "train", label: "anger" },
    { split: "train", distribution: { joy: 1, sadness: 0 } },
    { split: "validation", labels: ["joy", "sadness"] },
    { split: "test", label: "anger" },
  );
  expect(uncoveredLabels(LABELS, data)).toEqual({ training: ["sadness"], validation: ["anger"] });
});

test("rows of one label alone are nothing to train on", () => {
  const data = rows(
    { split: "train", label: "anger" },
    { split: "train", label: "anger" },
    { split: "validation", label: "joy" },
  );
  expect(() => uncoveredLabels(LABELS, data)).toThrow(/^All training rows have the label anger; expected rows of/u);
});

test("a training refuses rows of one label, and tells and reports labels that no row has", async () => {
  const config = {
    id: "tiny",
    version: "0.1.0",
    modality: "text",
    labels: [...TINY_LABELS, "surprise"],
    data: [{ manifest: "rows.jsonl" }],
    features: { languages: ["en"], maxTokens: 6, vocabularySize: 300 },
    network: { kind: "bag-of-words", tokenDim: 4, hidden: 4 },
    training: { epochs: 1, batch: 8, learningRate: 0.02, threads: 1 },
  };
  const all = tinyRows(16);
  const run = async (rows: readonly object[], out: string) => {
    const text = rows.map((row) => JSON.stringify(row)).join("\n");
    const files = temporaryFiles({ "rows.jsonl": text, "train.json": JSON.stringify(config) });
    const told: UncoveredLabels[] = [];
    const events = { uncovered: (labels: UncoveredLabels) => void told.push(labels) };
    const options = { config: "train.json", root: ".", out, command: "made here", given: "--root ." };
    await runTraining(options, tinyPorts(files), events);
    return { told, page: await files.readText(`${out}/report.html`) };
  };
  const { told, page } = await run(all, "all");
  expect(told).toEqual([{ training: ["surprise"], validation: ["surprise"] }]);
  expect(page).toContain("No validation row has the label surprise");
  expect(page).toContain("<code>made here --root .</code>");
  const one = all.filter(({ label }) => label === TINY_LABELS[0]);
  await expect(run(one, "one")).rejects.toMatchObject({ code: "data" });
});
