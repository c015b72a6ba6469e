/** A corpus of texts, faces and voices paired by label, and the configuration of one small network over all three. */
import type { WritableFiles } from "../../src/core/ports.ts";
import { compose } from "../../src/data/compose.ts";
import type { Manifest } from "../../src/data/manifest.ts";
import { writeManifest } from "../../src/data/prepare.ts";
import type { Row, Split } from "../../src/data/row.ts";
import { TINY_LABELS, tinyRows } from "./tiny-corpus.ts";

/**
 * Three corpora of one modality each, 40 rows of train, validation and test, paired into 50 at `set/composed.jsonl`.
 *
 * @param further columns of the composed rows
 */
export async function tinyComposed(
  files: WritableFiles,
  further: (row: Row, index: number) => Row["extra"] = () => ({}),
): Promise<Manifest> {
  const split = (index: number): Split => (index < 24 ? "train" : index < 32 ? "validation" : "test");
  const corpus = (name: string): Manifest => ({
    header: { name, version: "1", labels: TINY_LABELS, licence: "CC0-1.0", terms: "permissive", source: "" },
    rows: tinyRows(40, split).map((row) => ({ ...row, id: `${name}${row.id}`, extra: {} }) as Row),
    base: files.absolute("."),
  });
  const sources = { text: corpus("t"), face: corpus("f"), speech: corpus("s") };
  const { manifest } = compose(sources, { labels: TINY_LABELS, count: 50 });
  const rows = manifest.rows.map((row, index) => ({ ...row, extra: { ...row.extra, ...further(row, index) } }));
  return writeManifest(files, "set/composed.jsonl", { ...manifest, rows });
}

export const TINY_MULTIMODAL = {
  id: "tiny",
  version: "0.1.0",
  modality: "multimodal",
  labels: TINY_LABELS,
  data: [{ manifest: "set/composed.jsonl" }],
  features: {
    text: { languages: ["en"], maxTokens: 6, vocabularySize: 300 },
    face: { side: 32, cut: 32, size: 32 },
    speech: { bands: 16, steps: 12, cepstra: { coefficients: 6 }, augment: { bandShift: 0 } },
  },
  network: {
    text: { kind: "subword-lstm", tokenDim: 4, hidden: 8 },
    face: { kind: "vgg16", width: 1 / 16, hidden: 8, batchNorm: true },
    speech: { kind: "mfcc-lstm", hidden: 8 },
    fusion: { kind: "linear", dim: 8 },
    auxiliary: 0.5,
  },
  training: { epochs: 6, batch: 8, learningRate: 0.02, optimizer: "adam", threads: 1 },
};
