import { describe, expect, test } from "vitest";
import type { Modality } from "../core/modality.ts";
import { type ComposeSources, compose } from "./compose.ts";
import { findLeaks } from "./leak.ts";
import type { Manifest } from "./manifest.ts";
import type { Row, Split } from "./row.ts";

const LABELS = ["anger", "joy"];
const SPLIT: readonly Split[] = ["train", "train", "train", "validation", "test"];

/** Ten subjects with four samples each, two per label; every subject on one side if `split`. */
function corpus(modality: Modality, split = true): Manifest {
  const rows = Array.from({ length: 40 }, (_, index): Row => {
    const subject = Math.floor(index / 4);
    const media = {
      text: { text: `words ${index}` },
      face: { image: `faces.png#xywh=${index},0,4,4` },
      speech: { audio: `${index}.wav`, sha256: { audio: index.toString(16).padStart(64, "0") } },
    }[modality];
    return {
      id: `${modality}${index}`,
      subject: `${modality}-s${subject}`,
      ...media,
      label: LABELS[index % 2] as string,
      ...(split ? { split: SPLIT[subject % 5] as Split } : {}),
      extra: {},
    };
  });
  const header = { name: modality, version: "1", labels: LABELS, licence: modality, source: "" };
  const terms = modality === "speech" ? ("non-commercial" as const) : ("permissive" as const);
  return { header: { ...header, terms }, rows, base: `/data/${modality}` };
}

const sources = (split?: boolean): ComposeSources => ({
  text: corpus("text", split),
  face: corpus("face", split),
  speech: corpus("speech", split),
});

describe("composing trimodal rows", () => {
  test("pairs samples of the same label, as many of each, in the shares asked for", () => {
    const { manifest, report } = compose(sources(), { labels: LABELS, count: 50 });
    // A fifth for testing, a fifth of the other 40 for selection.
    expect(report.splits).toEqual({ train: 32, validation: 8, test: 10 });
    expect(report.labels).toEqual({ anger: 25, joy: 25 });
    expect(new Set(manifest.rows.map(({ id }) => id)).size).toBe(50);
    const label = (id: string): string => LABELS[Number(/\d+$/u.exec(id)?.[0]) % 2] as string;
    for (const row of manifest.rows) {
      const parts = row.extra.parts as Record<Modality, string>;
      for (const id of Object.values(parts)) expect(label(id)).toBe(row.label);
    }
  });

  test("rows point at the original files, and say that the pairing is artificial", () => {
    const { manifest } = compose(sources(), { labels: LABELS, count: 50 });
    const [row] = manifest.rows as [Row];
    expect(row.image).toMatch(/^data\/face\/faces\.png#xywh=\d+,0,4,4$/u);
    expect(row.audio).toMatch(/^data\/speech\/\d+\.wav$/u);
    expect(manifest.base).toBe("/");
    expect(row.sha256?.audio).toHaveLength(64);
    expect(row.extra.note).toContain("artificial pairing");
    expect(manifest.header.terms).toBe("non-commercial");
    expect(manifest.header.source).toContain("artificial pairing");
  });

  test.each([true, false])("no subject, text or medium stands in two splits (corpora with splits: %s)", (split) => {
    const from = sources(split);
    const { manifest } = compose(from, { labels: LABELS, count: 50 });
    for (const modality of ["text", "face", "speech"] as const) {
      const byId = new Map(from[modality].rows.map((row) => [row.id, row]));
      const used = manifest.rows.map((row) => {
        const { split: _own, ...sample } = byId.get((row.extra.parts as Record<Modality, string>)[modality]) as Row;
        return { ...sample, split: row.split as Split };
      });
      expect(findLeaks(used)).toEqual([]);
    }
  });

  test("leaves out training samples that share a text with a test sample", () => {
    const text = corpus("text");
    const twins = text.rows.map((row) => (row.split === "validation" ? row : { ...row, text: `words ${row.label}` }));
    const from = { ...sources(), text: { ...text, rows: twins } };
    // All training texts are texts of the test.
    expect(() => compose(from, { labels: LABELS, count: 50 })).toThrow("text has no train sample of anger.");
  });

  test("keeps a corpus' own test split", () => {
    const from = sources();
    const { manifest } = compose(from, { labels: LABELS, count: 50 });
    const own = new Map(from.speech.rows.map((row) => [row.id, row.split]));
    for (const row of manifest.rows) expect(own.get((row.extra.parts as { speech: string }).speech)).toBe(row.split);
  });

  test("repeats scarce samples evenly, and says how often", () => {
    // 12 of 40 samples per label are for training; 64 rows of training need 32 per label.
    const { report } = compose(sources(), { labels: LABELS, count: 100 });
    expect(report.sources.face).toEqual({
      name: "face",
      different: { train: 24, validation: 8, test: 8 },
      mostRepeated: 3,
    });
  });

  test("the same seed gives the same rows, another seed others", () => {
    const ids = (seed: number): string[] =>
      compose(sources(), { labels: LABELS, count: 50, seed }).manifest.rows.map(({ id }) => id);
    expect(ids(1)).toEqual(ids(1));
    expect(ids(2)).not.toEqual(ids(1));
  });

  test("refuses labels that a corpus lacks, and too few rows", () => {
    expect(() => compose(sources(), { labels: ["anger", "fear"], count: 50 })).toThrow("has no test sample of fear");
    expect(() => compose(sources(), { labels: LABELS, count: 5 })).toThrow("5 rows are too few for 2 labels");
  });
});
