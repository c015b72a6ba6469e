/** Evaluation of tiny models on manifests made here. */
import { describe, expect, test } from "vitest";
import { AffektError } from "../src/core/errors.ts";
import type { Picture } from "../src/core/media.ts";
import { MODALITIES } from "../src/core/modality.ts";
import type { Media } from "../src/core/ports.ts";
import type { Manifest } from "../src/data/manifest.ts";
import type { Row } from "../src/data/row.ts";
import { measureFacts } from "../src/evaluate/analysis/row-facts.ts";
import { subsetsOf } from "../src/evaluate/analysis/subsets.ts";
import { askFace, askRecognizer, askRecognizerSubsets, askSpeech, askText } from "../src/evaluate/ask.ts";
import { evaluateOpinions, evaluatePredictions } from "../src/evaluate/evaluate.ts";
import { oneByOne } from "../src/evaluate/media-reader.ts";
import { rowMedia } from "../src/evaluate/row-media.ts";
import { createRecognizer } from "../src/recognize/recognizer.ts";
import { tinyText } from "./support/tiny-models.ts";
import {
  faceExpert,
  film,
  loudnessDetector,
  speechExpert,
  squareDetector,
  textExpert,
  tones,
} from "./support/tiny-recognizer.ts";

function manifest(...rows: readonly Omit<Row, "extra">[]): Manifest {
  return {
    header: { name: "made-here", version: "1", labels: [], licence: "CC0-1.0", terms: "permissive", source: "" },
    rows: rows.map((row) => ({ extra: {}, ...row })),
    base: "root",
  };
}

/** A strip of 8×8 pictures, bright and dark by turns, and sounds by name. */
function strip(count: number): Media {
  const decoded = new Set<unknown>();
  return {
    ...film([], null),
    async picture(source): Promise<Picture> {
      expect(source).toMatch(/^root\/strip\d?\.png$/u);
      expect(decoded.has(source)).toBe(false);
      decoded.add(source);
      const data = Uint8Array.from({ length: 64 * count }, (_, at) => (Math.floor(at / 64) % 2 === 0 ? 255 : 0));
      return { data, width: 8, height: 8 * count, channels: 1 };
    },
    async *sound(source) {
      if (source === "root/high.wav") yield tones(1000, { fromMs: 100, toMs: 900, hz: 4000 });
      else yield tones(1000, { fromMs: 100, toMs: 900, hz: 200 });
    },
  };
}

describe("text", () => {
  const set = manifest(
    { id: "1", text: "😀", label: "joy" },
    { id: "2", text: "😡", label: "anger", language: "en" },
    { id: "3", text: "😡", label: "joy", language: "zh" },
    { id: "4", text: "", label: "joy" },
    { id: "5", text: "😀", label: "trust" },
    { id: "6", text: "😀" },
    { id: "7", image: "a.png", label: "joy" },
  );

  test("rows that cannot be evaluated are counted with their reason, and the rest is", async () => {
    const expert = await textExpert();
    const { report, predictions } = evaluateOpinions(await askText(set.rows, expert), set, expert.contract, {
      groupBy: ["language"],
    });
    expect(report).toMatchObject({
      task: "single",
      n: 3,
      model: "text-tiny 0.1.0",
      labels: ["anger", "joy"],
      missingLabels: [],
      unknownLabels: { trust: 1 },
      skipped: { n: 3, byCode: { input: 1, label: 1, manifest: 1 } },
      accuracy: 2 / 3,
      groups: { language: { en: { n: 1, accuracy: 1 }, zh: { n: 1, accuracy: 0 } } },
    });
    expect(predictions.map(({ id, right }) => [id, right])).toEqual([
      ["1", true],
      ["2", true],
      ["3", false],
    ]);
  });

  test("a field to group by that no row has is refused, with those that the rows have", async () => {
    const expert = await textExpert();
    const asked = await askText(set.rows, expert);
    const refusal = expect.objectContaining({
      code: "usage",
      message: 'No row can be grouped by this: received "langauge"; expected "language" (did you mean "language"?).',
    }) as Error;
    const options = { groupBy: ["langauge"] };
    expect(() => evaluateOpinions(asked, set, expert.contract, options)).toThrowError(refusal);
    expect(() => evaluatePredictions({ answers: [], skipped: [] }, set, "all", options)).toThrowError(refusal);
  });

  test("scores are restricted to the labels that occur, and the report says so", async () => {
    const expert = await textExpert(tinyText({ labels: ["anger", "joy", "disgust"] }));
    const asked = await askText(set.rows.slice(0, 3), expert);
    const { report, predictions } = evaluateOpinions(asked, set, expert.contract);
    expect(report).toMatchObject({ restricted: true, missingLabels: ["disgust"], labels: ["anger", "joy"] });
    expect(report.notes[0]).toMatch(/restricted to the 2 labels.*disgust/u);
    // e : 1 without the third label
    expect(predictions[0]?.confidence).toBeCloseTo(Math.E / (1 + Math.E), 6);
    const open = evaluateOpinions(asked, set, expert.contract, { restrict: false });
    expect(open.report).toMatchObject({ restricted: false, labels: ["anger", "joy", "disgust"] });
    expect(open.predictions[0]?.confidence).toBeCloseTo(Math.E / (2 + Math.E), 6);
  });

  test("a multi-label model is judged by its thresholds on multi-label rows", async () => {
    const bytes = tinyText({ task: "multi", thresholds: [0.6, 0.6] });
    const rows = manifest(
      { id: "1", text: "😀😡", labels: ["joy", "anger"] },
      { id: "2", text: "😐", labels: ["joy"] },
    );
    const expert = await textExpert(bytes);
    const { report } = evaluateOpinions(await askText(rows.rows, expert), rows, expert.contract);
    // sigmoid(1) = 0.73 is a yes, sigmoid(0) = 0.5 is none: joy found in 1 of 2 rows, anger in 1 of 1.
    expect(report).toMatchObject({ task: "multi", n: 2, accuracy: 0.5, perClass: { joy: { recall: 0.5 } } });
    expect(report.macroF1).toBeCloseTo((1 + 2 / 3) / 2, 12);
  });

  test("the same model on rows with one label each is judged by its highest score", async () => {
    const expert = await textExpert(tinyText({ task: "multi", thresholds: [0.6, 0.6] }));
    const asked = await askText(set.rows.slice(0, 3), expert);
    expect(evaluateOpinions(asked, set, expert.contract).report).toMatchObject({ task: "single", accuracy: 2 / 3 });
  });

  test("a manifest without a usable row is an error", async () => {
    const expert = await textExpert();
    const asked = await askText(set.rows.slice(3), expert);
    expect(() => evaluateOpinions(asked, set, expert.contract)).toThrowError(expect.objectContaining({ code: "data" }));
  });
});

describe("face", () => {
  test("parts of a strip are crops of faces: nothing is detected, the strip is decoded once", async () => {
    const rows = Array.from({ length: 6 }, (_, at) => ({
      id: String(at),
      image: `strip.png#xywh=0,${8 * at},8,8`,
      label: at % 2 === 0 ? "joy" : "anger",
    }));
    const set = manifest(...rows);
    const expert = await faceExpert();
    const { report } = evaluateOpinions(
      await askFace(set.rows, rowMedia(set, oneByOne(strip(6))), expert),
      set,
      expert.contract,
    );
    expect(report).toMatchObject({ n: 6, accuracy: 1, uar: 1 });
  });

  test("strips that rows take turns with are decoded once each, and answers keep the order of the rows", async () => {
    const rows = Array.from({ length: 8 }, (_, at) => ({
      id: String(at),
      image: `${at % 4}.png#xywh=0,${8 * (at % 2)},8,8`,
      label: at % 2 === 0 ? "joy" : "anger",
    }));
    const set = manifest(...rows);
    const decoded: unknown[] = [];
    const media: Media = {
      ...strip(2),
      async picture(source) {
        decoded.push(source);
        const data = Uint8Array.from({ length: 128 }, (_, at) => (at < 64 ? 255 : 0));
        return { data, width: 8, height: 16, channels: 1 };
      },
    };
    const asked = await askFace(set.rows, rowMedia(set, oneByOne(media)), await faceExpert());
    expect(decoded).toEqual(["root/0.png", "root/1.png", "root/2.png", "root/3.png"]);
    expect(asked.answers.map(({ row }) => row.id)).toEqual(rows.map(({ id }) => id));
  });

  test("a whole picture needs a detector", async () => {
    const set = manifest({ id: "1", image: "strip.png", label: "joy" });
    const expert = await faceExpert();
    const without = await askFace(set.rows, rowMedia(set, oneByOne(strip(1))), expert);
    expect(without.skipped[0]).toMatchObject({ code: "config" });
    const found = await askFace(set.rows, rowMedia(set, oneByOne(strip(1))), expert, { detector: squareDetector });
    expect(found.answers).toHaveLength(1);
  });
});

describe("speech", () => {
  const set = manifest(
    { id: "1", audio: "high.wav", label: "joy", subject: "a" },
    { id: "2", audio: "low.wav", label: "anger", subject: "a" },
  );

  test("clips are normalized by all clips of their speaker", async () => {
    const expert = await speechExpert();
    const asked = await askSpeech(set.rows, rowMedia(set, oneByOne(strip(1))), expert);
    expect(evaluateOpinions(asked, set, expert.contract).report).toMatchObject({ n: 2, accuracy: 1 });
  });

  test("by itself each clip has no mean left", async () => {
    const expert = await speechExpert();
    const asked = await askSpeech(set.rows, rowMedia(set, oneByOne(strip(1))), expert, { statistics: "clip" });
    for (const { answer } of asked.answers)
      for (const logit of answer.logits) expect(Math.abs(logit)).toBeLessThan(0.3);
  });
});

test("a whole recognizer is evaluated on whatever the rows have", async () => {
  const set = manifest(
    { id: "1", text: "😀", label: "happy" },
    { id: "2", text: "😡", label: "anger" },
    { id: "3", text: "" },
  );
  const recognizer = createRecognizer({ text: () => textExpert() });
  const asked = await askRecognizer(set.rows, set, rowMedia(set, oneByOne(strip(1))), recognizer);
  const { report } = evaluatePredictions(asked, set, "all");
  expect(report).toMatchObject({ n: 2, accuracy: 1, labels: ["anger", "joy"], skipped: { n: 1 } });
});

describe("the whole recognizer, with every subset", () => {
  const subsets = subsetsOf(MODALITIES);

  /** Rows of three sheets by turns, with a text and a sound each. */
  const rows = Array.from({ length: 12 }, (_, at) => ({
    id: `${at}`,
    text: at % 2 ? "😡" : "😀",
    image: `strip${at % 3}.png#xywh=0,${8 * (at % 4)},8,8`,
    audio: at % 2 ? "high.wav" : "low.wav",
    label: at % 2 ? "anger" : "joy",
  }));
  const parts = () => ({
    text: () => textExpert(),
    face: () => faceExpert(),
    detector: squareDetector,
    speech: () => speechExpert(),
    voice: loudnessDetector,
  });

  test("decodes every sheet and sound once, and says what it says of each subset by itself", async () => {
    const set = manifest(...rows);
    const recognizer = createRecognizer(parts());
    const heard: unknown[] = [];
    const sheets = strip(4);
    const media: Media = {
      ...sheets,
      sound(source, options) {
        heard.push(source);
        return sheets.sound(source, options);
      },
    };
    const all = await askRecognizerSubsets(set.rows, set, rowMedia(set, oneByOne(media)), recognizer, subsets);
    expect(heard).toHaveLength(12);
    expect(all).toHaveLength(7);
    for (const [at, modalities] of subsets.entries()) {
      const alone = await askRecognizerSubsets(set.rows, set, rowMedia(set, oneByOne(strip(4))), recognizer, [
        modalities,
      ]);
      expect(all[at]).toEqual(alone[0]);
      expect(all[at]?.answers.map(({ row }) => row.id)).toEqual(rows.map(({ id }) => id));
    }
    await recognizer.close();
  });

  test("a row whose picture is broken is asked by what else it has", async () => {
    const set = manifest(
      { id: "0", text: "😀", image: "broken.png", label: "joy" },
      { id: "1", text: "😡", label: "anger" },
    );
    const recognizer = createRecognizer(parts());
    const media: Media = {
      ...strip(1),
      picture: () => Promise.reject(new AffektError("media", "It is cut off.", "Copy it again.")),
    };
    const wanted = [["text"], ["face"], ["text", "face"]] as const;
    const all = await askRecognizerSubsets(set.rows, set, rowMedia(set, oneByOne(media)), recognizer, wanted);
    expect(all.map(({ answers }) => answers.map(({ row }) => row.id))).toEqual([["0", "1"], [], ["1"]]);
    expect(all.map(({ skipped }) => skipped.map(({ id, code }) => `${id} ${code}`))).toEqual([
      [],
      ["0 media", "1 no-modality"],
      ["0 media"],
    ]);
    await recognizer.close();
  });
});

test("facts of rows are measured with every sheet decoded once", async () => {
  const set = manifest(
    ...[0, 1, 0, 1].map((sheet, at) => ({ id: `${at}`, image: `strip${sheet}.png#xywh=0,${8 * (at % 2)},8,8` })),
    { id: "4", image: "strip3.png" },
    { id: "5", image: "strip0.png#xywh=0,8,8,8" },
  );
  const bright = new Map<string, number | undefined>();
  for await (const { id, brightness } of measureFacts(set.rows, rowMedia(set, oneByOne(strip(2))))) {
    bright.set(id, brightness);
  }
  expect(["0", "1", "2", "3", "4", "5"].map((id) => bright.get(id))).toEqual([255, 0, 255, 0, 127.5, 0]);
});
