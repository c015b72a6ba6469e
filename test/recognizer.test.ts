/** The recognizer on networks of a few numbers: what goes in, what comes out, what is refused. */
import { describe, expect, test } from "vitest";
import type { Waveform } from "../src/core/media.ts";
import type { Inputs, ModalityResult } from "../src/core/prediction.ts";
import { nodeRuntime } from "../src/platform/node/runtime.ts";
import { type TextContract } from "../src/recognize/contract.ts";
import { contractFromModel, withContract } from "../src/recognize/contract-file.ts";
import { createRecognizer, type RecognizerParts } from "../src/recognize/recognizer.ts";
import { openTextExpert } from "../src/recognize/text-expert.ts";
import { utterances } from "../src/recognize/utterances.ts";
import { tinyFace, tinySpeech, tinyText } from "./support/tiny-models.ts";
import {
  faceExpert,
  film,
  loudnessDetector,
  picture,
  speechExpert,
  squareDetector,
  textExpert,
  tones,
} from "./support/tiny-recognizer.ts";

const parts: RecognizerParts = {
  text: () => textExpert(),
  face: () => faceExpert(),
  detector: squareDetector,
  speech: () => speechExpert(),
  voice: loudnessDetector,
};
const recognizer = createRecognizer(parts);
const bright = { x: 8, y: 8, width: 40, height: 40, grey: 255 };
const dark = { x: 60, y: 8, width: 24, height: 24, grey: 0 };
const shrill = tones(2000, { fromMs: 320, toMs: 1024, hz: 4000 }, { fromMs: 1024, toMs: 1120, hz: 200 });
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

function present(result: ModalityResult | undefined) {
  if (result?.present !== true) throw new Error("the modality is absent");
  return result;
}

describe("text", () => {
  test("two smiles are joy with the softmax of 2 and 0", async () => {
    const { label, confidence, scores, modalities } = await recognizer.recognize({ text: "😀😁" });
    expect(label).toBe("joy");
    expect(confidence).toBeCloseTo(sigmoid(2), 6);
    expect(scores.map((score) => score.label)).toEqual(["joy", "anger"]);
    expect(modalities).toMatchObject({
      text: { present: true, quality: 1, weight: 1, model: "text-tiny 0.1.0" },
    });
  });

  test("temperature and bias of the contract are applied", async () => {
    const bytes = tinyText({ temperature: 2, bias: [0.5, 0] });
    const { confidence } = await createRecognizer({ text: () => textExpert(bytes) }).recognize({ text: "😀😁" });
    expect(confidence).toBeCloseTo(sigmoid(2 / 2 - 0.5), 6);
  });

  test("a long text is the mean of its windows", async () => {
    // 8 tokens in windows of 4: joy in the first half, anger in the second.
    const { scores } = await recognizer.recognize({ text: "😀😁😀😁 😡😐😡😐" });
    expect(Math.abs((scores[0]?.score ?? 0) - 0.5)).toBeLessThan(0.3);
  });

  test("a million characters are answered at a bounded cost", async () => {
    const { label } = await recognizer.recognize({ text: "😀 ".repeat(333_334) });
    expect(label).toBe("joy");
  });

  test.each(["", "   ", "\n"])("a text without a token (%j) is refused", async (text) => {
    await expect(recognizer.recognize({ text })).rejects.toMatchObject({ code: "input" });
  });

  test("unknown symbols lower the quality", async () => {
    const { modalities } = await recognizer.recognize({ text: "😀🦓" });
    expect(present(modalities.text).quality).toBe(0.5);
  });

  test("labels that Ekman's seven contain are added up", async () => {
    const bytes = tinyText({ labels: ["anger", "joy", "neutral", "calm"] });
    const { scores } = await createRecognizer({ text: () => textExpert(bytes) }).recognize({ text: "😐" });
    expect(scores[0]).toEqual({ label: "neutral", score: expect.closeTo(0.5, 6) });
    expect(scores).toHaveLength(3);
  });

  test("valence and arousal are expected over the scores, and absent where a label has no place", async () => {
    const { scores, valence, arousal } = await recognizer.recognize({ text: "😀" });
    const [joy, anger] = ["joy", "anger"].map((label) => scores.find((one) => one.label === label)?.score ?? 0);
    expect(valence).toBeCloseTo(0.76 * (joy ?? 0) - 0.51 * (anger ?? 0), 6);
    expect(arousal).toBeCloseTo(0.48 * (joy ?? 0) + 0.59 * (anger ?? 0), 6);
    const bytes = tinyText({ labels: ["negative", "positive"] });
    const opinion = await createRecognizer({ text: () => textExpert(bytes) }).recognize({ text: "😀" });
    expect(opinion).not.toHaveProperty("valence");
  });

  test("a confidence below the contract's threshold names no label and says why", async () => {
    const bytes = tinyText({ abstainBelow: 0.9 });
    const own = createRecognizer({ text: () => textExpert(bytes) });
    expect(await own.recognize({ text: "😀" })).toMatchObject({
      label: null,
      abstained: expect.stringMatching(/0\.90/),
      abstainCode: "low-confidence",
    });
    expect((await own.recognize({ text: "😀😁😀😁" })).label).toBe("joy");
  });
});

describe("face", () => {
  test("every face is returned and the largest leads", async () => {
    const { label, faces } = await recognizer.recognize({ image: picture(dark, bright) });
    expect(label).toBe("joy");
    expect(faces?.map(({ box }) => box.width)).toEqual([40, 24]);
    expect(faces?.map(({ scores }) => scores[0]?.label)).toEqual(["joy", "anger"]);
    expect(faces?.[0]?.scores[0]?.score).toBeCloseTo(sigmoid(4 - 2), 4);
  });

  test("no face alone is an error of its own", async () => {
    await expect(recognizer.recognize({ image: picture() })).rejects.toMatchObject({ code: "no-face" });
  });

  test("no face beside a text is reported and the text answers", async () => {
    const { label, modalities } = await recognizer.recognize({ image: picture(), text: "😡" });
    expect(label).toBe("anger");
    expect(modalities.face).toEqual({ present: false, code: "no-face", reason: "No face was found in the picture." });
    expect(present(modalities.text).weight).toBe(1);
  });

  test("a view smaller than the crop is its middle", async () => {
    const bytes = tinyFace({
      input: {
        inputs: { pixels: "pixels" },
        size: 8,
        cropSize: 16,
        channels: 1,
        normalization: { mean: [0], std: [1] },
        cropMargin: 0,
        aligned: false,
        flipAverage: true,
      },
    });
    const expert = await faceExpert(bytes);
    // 16×16: white in the middle 8×8 only.
    const data = new Uint8Array(256);
    for (let row = 4; row < 12; row++) data.fill(255, row * 16 + 4, row * 16 + 12);
    const { views } = expert.prepare({ data, width: 16, height: 16, channels: 1 }, null);
    expect(views.map((view) => Math.min(...view))).toEqual([1]);
    const [opinion] = await expert.opinions([{ views, quality: 1 }]);
    expect(opinion?.logits[1]).toBeCloseTo(4, 5);
  });

  test("views are cuts of the crop, enlarged and moved, and their logits are averaged", async () => {
    const bytes = tinyFace({
      input: {
        inputs: { pixels: "pixels" },
        size: 8,
        channels: 1,
        normalization: { mean: [0], std: [1] },
        cropMargin: 0,
        aligned: false,
        views: [{ scale: 1 }, { scale: 2 }, { scale: 1, shiftX: 0.5 }],
      },
    });
    const expert = await faceExpert(bytes);
    // 8×8: the left half white.
    const data = new Uint8Array(64).map((_, at) => (at % 8 < 4 ? 255 : 0));
    const { views } = expert.prepare({ data, width: 8, height: 8, channels: 1 }, null);
    const mean = (view: Float32Array) => view.reduce((sum, value) => sum + value, 0) / view.length;
    expect(views.map(mean)).toEqual([0.5, 0.5, 1]);
    const [opinion] = await expert.opinions([{ views, quality: 1 }]);
    const alone = await Promise.all(views.map((view) => expert.opinions([{ views: [view], quality: 1 }])));
    const average = alone.reduce((sum, [one]) => sum + (one?.logits[1] ?? 0) / 3, 0);
    expect(opinion?.logits[1]).toBeCloseTo(average, 5);
  });
});

describe("speech", () => {
  test("a stretch of sound becomes a segment with its times", async () => {
    const { segments, modalities } = await recognizer.recognize({ audio: shrill });
    expect(segments).toHaveLength(1);
    expect(segments?.[0]).toMatchObject({ modality: "speech" });
    // Voice activity pads by 60 ms and sees steps of 32 ms.
    expect(Math.abs((segments?.[0]?.startMs ?? 0) - 320)).toBeLessThanOrEqual(92);
    expect(Math.abs((segments?.[0]?.endMs ?? 0) - 1120)).toBeLessThanOrEqual(92);
    expect(present(modalities.speech).weight).toBe(1);
  });

  test("stretches of one speaker are told apart by his own mean", async () => {
    const sound = tones(4000, { fromMs: 320, toMs: 1280, hz: 4000 }, { fromMs: 2240, toMs: 3200, hz: 200 });
    const { segments } = await recognizer.recognize({ audio: sound });
    expect(segments?.map(({ label }) => label)).toEqual(["joy", "anger"]);
  });

  test.each([
    ["silence", tones(1000)],
    ["20 ms", tones(20, { fromMs: 0, toMs: 20, hz: 400 })],
    ["nothing at all", tones(0)],
  ])("%s has no speech", async (_name, audio) => {
    await expect(recognizer.recognize({ audio })).rejects.toMatchObject({ code: "no-speech" });
    const { modalities } = await recognizer.recognize({ audio, text: "😀" });
    expect(modalities.speech).toMatchObject({ present: false, code: "no-speech" });
  });

  test("sound at another rate is brought to the model's", async () => {
    const samples = Float32Array.from({ length: 8000 }, (_, at) => Math.sin((2 * Math.PI * 1000 * at) / 8000) / 2);
    const { segments } = await recognizer.recognize({ audio: { samples, sampleRate: 8000 } });
    expect(segments).toHaveLength(1);
  });

  test("hours stream in constant memory: no piece is held longer than its utterance", async () => {
    let held = 0;
    async function* hours(): AsyncGenerator<Waveform> {
      for (let second = 0; second < 120; second++) {
        held++;
        yield tones(1000, { fromMs: 0, toMs: 1000, hz: 300 });
      }
    }
    const lengths: number[] = [];
    for await (const { startMs, endMs, sound } of utterances(hours(), loudnessDetector)) {
      expect(sound.samples.length).toBe((endMs - startMs) * 16);
      lengths.push(endMs - startMs);
    }
    expect(held).toBe(120);
    expect(Math.max(...lengths)).toBe(15_000);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeGreaterThan(119_000);
  });
});

describe("film", () => {
  const frames = Array.from({ length: 20 }, (_, at) => ({
    timeMs: at * 200,
    picture: at < 10 ? picture(bright) : picture({ ...bright, grey: 0 }),
  }));

  test("faces and sound both make segments, and faces change at the right frame", async () => {
    const own = createRecognizer({ ...parts, media: film(frames, shrill) });
    const { segments, modalities, faces } = await own.recognize({ video: "film" });
    const seen = segments?.filter(({ modality }) => modality === "face");
    expect(seen?.map(({ label, startMs, endMs }) => [label, startMs, endMs])).toEqual([
      ["joy", 0, 2000],
      ["anger", 2000, 4000],
    ]);
    expect(segments?.some(({ modality }) => modality === "speech")).toBe(true);
    expect(faces).toHaveLength(2);
    const weights = [present(modalities.face).weight, present(modalities.speech).weight];
    expect((weights[0] as number) + (weights[1] as number)).toBeCloseTo(1, 12);
  });

  test("without a sound track the face answers alone", async () => {
    const own = createRecognizer({ ...parts, media: film(frames, null) });
    const { modalities } = await own.recognize({ video: "film" });
    expect(modalities.speech).toMatchObject({ present: false, code: "no-speech" });
    expect(present(modalities.face).weight).toBe(1);
  });

  test("an aborted film stops with a code", async () => {
    const own = createRecognizer({ ...parts, media: film(frames, null) });
    const abort = new AbortController();
    abort.abort();
    await expect(own.recognize({ video: "film" }, { signal: abort.signal })).rejects.toMatchObject({ code: "aborted" });
  });
});

describe("any subset", () => {
  const all: Inputs = { text: "😀", image: picture(bright), audio: shrill };

  test.each([
    ["text", "image"],
    ["text", "audio"],
    ["image", "audio"],
    ["text", "image", "audio"],
  ] as const)("%s and %s are fused, weights sum to 1", async (...keys) => {
    const inputs = Object.fromEntries(keys.map((key) => [key, all[key]])) as Inputs;
    const { modalities, scores } = await recognizer.recognize(inputs);
    const weights = Object.values(modalities).map((result) => present(result).weight);
    expect(weights).toHaveLength(keys.length);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(scores.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 12);
  });

  test("nothing at all is refused", async () => {
    await expect(recognizer.recognize({})).rejects.toMatchObject({ code: "no-modality" });
  });

  test("several that are all of no use say each why", async () => {
    await expect(recognizer.recognize({ image: picture(), audio: tones(500), text: "" })).rejects.toMatchObject({
      code: "no-modality",
      message: expect.stringMatching(/empty.*No face.*No speech/su),
    });
  });

  test("a modality without a model is reported, and refused alone", async () => {
    const own = createRecognizer({ text: () => textExpert() });
    expect((await own.recognize(all)).modalities.face).toMatchObject({ present: false, code: "model" });
    await expect(own.recognize({ audio: shrill })).rejects.toMatchObject({ code: "model" });
  });
});

describe("batch", () => {
  test("answers are those of one by one", async () => {
    const inputs: Inputs[] = [{ text: "😀" }, { text: "😡😡", image: picture(bright) }, { audio: shrill }];
    const batch = await recognizer.recognizeBatch(inputs);
    for (const [index, own] of inputs.entries()) expect(batch[index]).toEqual(await recognizer.recognize(own));
  });

  test("one that fails does not stop the rest, if asked so", async () => {
    const results = await recognizer.recognizeSettled([{ text: "😀" }, {}, { image: picture() }, { text: "😡" }]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
    await expect(recognizer.recognizeBatch([{ text: "😀" }, {}])).rejects.toMatchObject({ code: "no-modality" });
  });

  test("only what is needed is opened, once, and closed", async () => {
    const opened: string[] = [];
    const own = createRecognizer({
      text: () => {
        opened.push("text");
        return textExpert();
      },
      face: () => {
        opened.push("face");
        return faceExpert();
      },
    });
    await own.recognizeBatch([{ text: "😀" }, { text: "😡" }]);
    await own.recognize({ text: "😀" });
    await own.close();
    expect(opened).toEqual(["text"]);
  });
});

describe("contract and network must fit", () => {
  test("an input that the network lacks is named", async () => {
    const bytes = tinyText();
    const contract = contractFromModel(bytes) as TextContract;
    const wrong = withContract(bytes, { ...contract, input: { ...contract.input, inputs: { tokens: "words" } } });
    await expect(openTextExpert(nodeRuntime(), wrong, contractFromModel(wrong) as TextContract)).rejects.toMatchObject({
      code: "contract",
      message: expect.stringMatching(/input words.*tokens/su),
    });
  });

  test("a network with another number of labels is refused at its first answer", async () => {
    const bytes = tinySpeech();
    const contract = contractFromModel(bytes);
    const wrong = withContract(bytes, { ...contract, labels: ["anger", "joy", "fear"] });
    const own = createRecognizer({ speech: () => speechExpert(wrong), voice: loudnessDetector });
    await expect(own.recognize({ audio: shrill })).rejects.toMatchObject({ code: "contract" });
  });
});

test("only the modalities asked for are looked at; a film is seen alone, heard alone, or both", async () => {
  const own = createRecognizer({ ...parts, media: film([{ timeMs: 0, picture: picture(bright) }], shrill) });
  const of = async (...modalities: ("text" | "face" | "speech")[]) =>
    Object.keys((await own.recognize({ text: "😀", video: "film" }, { modalities })).modalities);
  expect(await of("face")).toEqual(["face"]);
  expect(await of("speech")).toEqual(["speech"]);
  expect(await of("text", "face")).toEqual(["text", "face"]);
  await expect(own.recognize({ text: "😀" }, { modalities: ["face", "speech"] })).rejects.toMatchObject({
    code: "no-modality",
    message:
      "There is nothing to recognize: no text, image, audio or video to recognize face and speech from was given.",
  });
});
