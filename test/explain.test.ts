/** Why an answer came out as it did: on networks whose answers are known by hand, and on the shipped ones. */
import { afterAll, describe, expect, test } from "vitest";
import { portrait } from "../src/cli/demo/photograph.ts";
import { voice } from "../src/cli/demo/voice.ts";
import type { TextExplanation } from "../src/core/explanation.ts";
import type { Waveform } from "../src/core/media.ts";
import { createExplainer } from "../src/explain/explainer.ts";
import { explainFace } from "../src/explain/face.ts";
import { without } from "../src/explain/speech.ts";
import { openRecognizer } from "../src/platform/node/open.ts";
import { toEkman } from "../src/recognize/answer.ts";
import { createRecognizer, type RecognizerParts, sharedParts } from "../src/recognize/recognizer.ts";
import { tinyFace } from "./support/tiny-models.ts";
import {
  faceExpert,
  loudnessDetector,
  picture,
  speechExpert,
  squareDetector,
  textExpert,
  tones,
} from "./support/tiny-recognizer.ts";

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);

describe("on networks of a few numbers", () => {
  const parts: RecognizerParts = sharedParts({
    text: () => textExpert(),
    face: () => faceExpert(),
    detector: squareDetector,
    speech: () => speechExpert(),
    voice: loudnessDetector,
  });
  const { explain } = createExplainer(parts, createRecognizer(parts));

  test("two words that pull apart have the shares worked out by hand", async () => {
    // Nothing .5, 😀 σ(1), 😡 σ(−1), both .5: the mean of σ(1) − .5 and .5 − σ(−1) is σ(1) − .5.
    const { text, modalities } = await explain({ text: "😀 😡" }, { label: "joy" });
    expect(text).toMatchObject({ method: "shapley", score: expect.closeTo(0.5, 12), base: 0.5, calls: 4 });
    expect(text?.parts.map(({ text: word }) => word)).toEqual(["😀", "😡"]);
    expect(text?.parts[0]?.points).toBeCloseTo(sigmoid(1) - 0.5, 6);
    expect(text?.parts[1]?.points).toBeCloseTo(0.5 - sigmoid(1), 6);
    expect(modalities).toBeUndefined();
  });

  test("the bright part of a face is hot where bright is joy, and cold for the other label", async () => {
    // 40×40 pixels, all white but for the black lower right quarter.
    const half = { ...picture({ x: 8, y: 8, width: 40, height: 40, grey: 255 }) };
    for (let y = 28; y < 48; y++) half.data.fill(0, y * 96 + 28, y * 96 + 48);
    const face = { box: { x: 8, y: 8, width: 40, height: 40 }, confidence: 1 };
    const expert = await faceExpert();
    const joy = await explainFace(half, face, "joy", expert, toEkman, { cells: 8 });
    const anger = await explainFace(half, face, "anger", expert, toEkman, { cells: 8 });
    expect(joy.points[0]).toBeGreaterThan(0.005);
    expect(joy.points.at(-1)).toBeLessThan(-0.005);
    expect(anger.points[0]).toBeCloseTo(-(joy.points[0] as number), 6);
    expect(joy.calls).toBe(65);
    expect(joy.corners[0]).toEqual({ x: 8, y: 8 });
    expect(joy.corners[2]).toEqual({ x: 48, y: 48 });
  });

  test("the moments of the shrill tone are what makes it joy", async () => {
    const audio = tones(2600, { fromMs: 200, toMs: 1200, hz: 4000 }, { fromMs: 1200, toMs: 2400, hz: 200 });
    const { speech } = await explain({ audio }, { label: "joy" });
    const during = (from: number, to: number): number[] =>
      (speech?.spans ?? []).filter(({ startMs, endMs }) => startMs >= from && endMs <= to).map(({ points }) => points);
    expect(during(0, 1250).length).toBeGreaterThan(2);
    expect(sum(during(0, 1250))).toBeGreaterThan(0.02);
    expect(sum(during(1150, 2600))).toBeLessThan(-0.02);
  });

  test("modalities share the fused answer without a rest", async () => {
    const image = picture({ x: 8, y: 8, width: 40, height: 40, grey: 255 });
    const audio = tones(1000, { fromMs: 200, toMs: 800, hz: 4000 });
    const { modalities, prediction } = await explain({ text: "😡😡", image, audio }, { label: "joy" });
    const { points, score, base } = modalities ?? { points: {}, score: 0, base: 0 };
    expect(prediction.scores.find(({ label }) => label === "joy")?.score).toBe(score);
    expect(base).toBeCloseTo(0.5, 12);
    expect(Math.abs(sum(Object.values(points)) - (score - base))).toBeLessThan(1e-6);
    expect(points.text).toBeLessThan(0);
    expect(points.face).toBeGreaterThan(0);
  });

  test("a label that nobody answers with is refused with those that there are; a stop is heard", async () => {
    await expect(explain({ text: "😀" }, { label: "hunger" })).rejects.toMatchObject({
      code: "label",
      hint: "Labels are anger, joy.",
    });
    const stop = new AbortController();
    stop.abort();
    await expect(explain({ text: "😀" }, { signal: stop.signal })).rejects.toMatchObject({ code: "aborted" });
  });

  test("a crop that is taken out of the picture is seen as the face in the picture is, also one that lies", async () => {
    const { uprightCrop } = await import("../src/recognize/face-expert.ts");
    const image = picture({ x: 10, y: 8, width: 40, height: 40, grey: 255 });
    for (let at = 0; at < image.data.length; at++) image.data[at] = (at * 37 + (at >> 5)) % 256;
    const box = { x: 10, y: 8, width: 40, height: 40 };
    const upright = [
      { x: 22, y: 20 },
      { x: 38, y: 21 },
      { x: 30, y: 30 },
      { x: 30, y: 38 },
    ];
    const lying = [
      { x: 38, y: 20 },
      { x: 38, y: 36 },
      { x: 28, y: 28 },
      { x: 20, y: 28 },
    ];
    for (const aligned of [false, true]) {
      const input = {
        inputs: { pixels: "pixels" },
        size: 8,
        channels: 1,
        normalization: { mean: [0], std: [1] },
        cropMargin: 0.1,
        aligned,
      } as const;
      const expert = await faceExpert(tinyFace({ input: { ...input, normalization: { mean: [0], std: [1] } } }));
      for (const landmarks of [upright, lying]) {
        const face = { box, confidence: 1, landmarks };
        const { crop, corners } = uprightCrop(image, face, expert.contract.input);
        expect(expert.prepare(crop, null).views).toEqual(expert.prepare(image, face).views);
        // Seen upright, the left eye is left of the right one: nearer to the left edge than to the right.
        const [left] = landmarks as [{ x: number; y: number }];
        const away = (to: { x: number; y: number }): number => Math.hypot(left.x - to.x, left.y - to.y);
        expect(Math.min(...corners.map(away))).toBe(away(corners[0]));
      }
    }
  });
});

test("sound is joined without a gap where a stretch is cut out", () => {
  const sound: Waveform = { samples: new Float32Array(16_000).fill(0.5), sampleRate: 16_000 };
  const { samples } = without(sound, 4_000, 8_000);
  expect(samples).toHaveLength(12_000 - 160);
  expect(samples.every((sample) => Math.abs(sample - 0.5) < 1e-6)).toBe(true);
  expect(without(sound, 0, 4_000).samples).toHaveLength(12_000);
});

describe("on the shipped networks", () => {
  const opened = openRecognizer();
  afterAll(async () => (await opened).close());
  const pointsOf = (text: TextExplanation | undefined, word: string): number =>
    text?.parts.find((part) => part.text === word)?.points ?? Number.NaN;

  test.each([
    ["I love this but the weather is awful", "joy", "love", "awful"],
    ["I am so sad today, but dinner was wonderful", "sadness", "sad", "wonderful"],
    ["我很喜欢这个，但是天气太糟糕了", "joy", "很喜欢", "糟糕"],
  ])("in %j the words for and against %s carry their signs", async (text, label, spoken, against) => {
    const found = await (await opened).explain({ text }, { label });
    const { parts, score, base } = found.text ?? { parts: [], score: 0, base: 0 };
    expect(pointsOf(found.text, spoken)).toBeGreaterThan(0.1);
    expect(pointsOf(found.text, against)).toBeLessThan(-0.02);
    expect(Math.abs(sum(parts.map(({ points }) => points)) - (score - base))).toBeLessThan(1e-6);
    expect(found.prediction.scores.find((one) => one.label === label)?.score).toBeCloseTo(score, 6);
  });

  test("a negation turns a word around", async () => {
    const { text } = await (await opened).explain({ text: "I am not happy about this" }, { label: "joy" });
    expect(pointsOf(text, "happy")).toBeGreaterThan(0.05);
    expect(pointsOf(text, "not")).toBeLessThan(-0.05);
  });

  test("ten megabytes of text cost no more than a page", async () => {
    const text = "The bus was late again and I hate it. ".repeat(270_000);
    const { text: found } = await (await opened).explain({ text });
    expect(found?.calls).toBeLessThan(50);
    expect(found?.method).toBe("occlusion");
    expect(found?.parts.every(({ start, end, text: own }) => text.slice(start, end) === own)).toBe(true);
    expect(Number.isFinite(found?.parts[0]?.points)).toBe(true);
    // Nothing that was not read is said to speak for or against.
    expect(Math.max(...(found?.parts ?? []).map((part) => part.text.length))).toBeLessThan(2_000);
  });

  test("a model that does not know the label keeps silent", async () => {
    const { text, speech, silent } = await (await opened).explain(
      { text: "今天很开心", audio: voice() },
      { label: "disgust" },
    );
    expect(silent).toEqual(["text"]);
    expect(text).toBeUndefined();
    expect(speech?.spans.length).toBeGreaterThan(5);
  });

  test("face, voice and words of one person are explained together, each by its own answer", async () => {
    const inputs = { text: "I love this", image: await portrait(), audio: voice() };
    // The voice is made of vowels: what it outweighs is no matter here, so the label is asked for.
    const { label, prediction, modalities, face, speech } = await (await opened).explain(inputs, { label: "joy" });
    expect(label).toBe("joy");
    const own = (modality: "face" | "speech"): number | undefined => {
      const result = prediction.modalities[modality];
      return result?.present === true ? result.scores.find((one) => one.label === label)?.score : undefined;
    };
    expect(face?.points).toHaveLength(100);
    expect(face?.score).toBeCloseTo(own("face") ?? -1, 6);
    expect(speech?.score).toBeCloseTo(own("speech") ?? -1, 6);
    expect(sum(Object.values(modalities?.points ?? {}))).toBeCloseTo(
      (modalities?.score ?? 0) - (modalities?.base ?? 0),
      6,
    );
    expect(modalities?.points.text).toBeGreaterThan(modalities?.points.face ?? 1);
    expect(speech?.spans.every(({ startMs, endMs }) => endMs - startMs >= 200 && endMs - startMs <= 400)).toBe(true);
  });
});
