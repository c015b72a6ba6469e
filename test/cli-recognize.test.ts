/** Recognition from the command line, on networks of a few numbers: good input, and each kind of bad input. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { portrait } from "../src/cli/demo/photograph.ts";
import { voice } from "../src/cli/demo/voice.ts";
import type { Explanation } from "../src/core/explanation.ts";
import type { Prediction } from "../src/core/prediction.ts";
import { affekt, build } from "./support/affekt.ts";
import { tinyFace, tinySpeech, tinyText } from "./support/tiny-models.ts";

// Each test starts processes, which a busy machine may keep waiting.
vi.setConfig({ testTimeout: 300_000 });

const folder = mkdtempSync(join(tmpdir(), "affekt-cli-"));
const at = (name: string): string => join(folder, name);
const models = at("models");

/** 16-bit mono WAV. */
function wav(samples: Float32Array, sampleRate = 16_000): Uint8Array {
  const bytes = Buffer.alloc(44 + samples.length * 2);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + samples.length * 2, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(sampleRate, 24);
  bytes.writeUInt32LE(sampleRate * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((value, index) => bytes.writeInt16LE(Math.round(value * 32_767), 44 + index * 2));
  return bytes;
}

/** The head of a PNG of 60,000 × 60,000 pixels. */
function bomb(png: Buffer): Buffer {
  const copy = Buffer.from(png);
  copy.writeUInt32BE(60_000, 16);
  copy.writeUInt32BE(60_000, 20);
  return copy;
}

function recognize(...args: string[]) {
  return affekt(["recognize", "--models", models, ...args]);
}

function prediction(...args: string[]): Prediction {
  const { code, out, err } = recognize(...args);
  expect(err).toBe("");
  expect(code).toBe(0);
  return JSON.parse(out) as Prediction;
}

beforeAll(async () => {
  build();
  mkdirSync(models);
  writeFileSync(join(models, "text.onnx"), tinyText());
  writeFileSync(join(models, "face.onnx"), tinyFace());
  writeFileSync(join(models, "speech.onnx"), tinySpeech());
  const grey = await sharp({ create: { width: 320, height: 240, channels: 3, background: "#888" } })
    .png()
    .toBuffer();
  const files: Record<string, string | Uint8Array> = {
    "face.jpg": await portrait(),
    "grey.png": grey,
    "cut.jpg": (await portrait()).subarray(0, 900),
    "bomb.png": bomb(grey),
    "empty.jpg": "",
    "text.jpg": "this is no picture",
    "voice.wav": wav(voice().samples),
    "silence.wav": wav(new Float32Array(32_000)),
    "short.wav": wav(voice().samples.subarray(8000, 8320)),
    "empty.wav": "",
    "text.wav": "this is no sound",
    "rows.jsonl": '{"id":"a","text":"😀"}\n{"image":"face.jpg"}\n{"image":"grey.png"}\n',
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("good input", () => {
  test("a text is recognized, from an argument and from standard input", () => {
    expect(prediction("--text", "😀😀").label).toBe("joy");
    const { code, out } = affekt(["recognize", "--models", models, "--text", "-"], "😡😡");
    expect(code).toBe(0);
    expect((JSON.parse(out) as Prediction).label).toBe("anger");
  });

  test("text, photograph and sound together weigh into one answer", () => {
    const { modalities, faces, segments, scores } = prediction(
      ...["--text", "😀", "--image", at("face.jpg"), "--audio", at("voice.wav")],
    );
    const present = Object.values(modalities).map((result) => (result.present ? result.weight : Number.NaN));
    expect(present).toHaveLength(3);
    expect(present.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6);
    expect(scores.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 6);
    expect(faces).toHaveLength(1);
    expect(segments?.length).toBeGreaterThan(0);
  });

  test("a photograph without a face beside a text leaves the face out and says why", () => {
    const { label, modalities } = prediction("--text", "😀", "--image", at("grey.png"));
    expect(label).toBe("joy");
    expect(modalities.face).toMatchObject({ present: false, code: "no-face" });
  });

  test("a batch answers every line and fails for the one without a face", () => {
    const { code, out, err } = recognize("--batch", at("rows.jsonl"));
    const answers = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(answers.map(({ line, id }) => [line, id])).toEqual([
      [1, "a"],
      [2, undefined],
      [3, undefined],
    ]);
    expect(answers[2]).toMatchObject({ error: { code: "no-face" } });
    expect(err).toContain("1 of 3 lines failed");
    expect(code).toBe(3);
  });

  test("a text is explained word by word, and a photograph with a heat map as large as itself", async () => {
    const words = affekt(["explain", "--models", models, "--label", "joy", "😀 😡"]);
    expect(words.code).toBe(0);
    const { text } = JSON.parse(words.out) as Explanation;
    expect(text?.parts.map((part) => [part.text, Math.sign(part.points)])).toEqual([
      ["😀", 1],
      ["😡", -1],
    ]);
    const seen = affekt(["explain", at("face.jpg"), "--models", models, "--out", at("heat.png")]);
    expect(seen.err).toBe(`${at("heat.png")} written\n`);
    expect((JSON.parse(seen.out) as Explanation).face?.points).toHaveLength(100);
    const { width, height, channels } = await sharp(at("heat.png")).metadata();
    expect({ width, height, channels }).toEqual({ width: 256, height: 256, channels: 3 });
  });

  test("the demonstration recognizes its text, its photograph, its sound and all three", () => {
    const { code, out, err } = affekt(["demo", "--models", models, "--json"]);
    expect(err).toBe("");
    expect(code).toBe(0);
    const answers = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Prediction);
    expect(answers.map(({ modalities }) => Object.keys(modalities))).toEqual([
      ["text"],
      ["face"],
      ["speech"],
      ["text", "face", "speech"],
    ]);
    expect(answers.every(({ modalities }) => Object.values(modalities).every(({ present }) => present))).toBe(true);
  });
});

describe("bad input", () => {
  test.each([
    ["no such photograph", ["--image", "nowhere.jpg"], 4, "file"],
    ["an empty photograph", ["--image", at("empty.jpg")], 4, "media"],
    ["a truncated photograph", ["--image", at("cut.jpg")], 4, "media"],
    ["a photograph that is a text", ["--image", at("text.jpg")], 4, "media"],
    ["a photograph that would fill the memory", ["--image", at("bomb.png")], 4, "limit"],
    ["a photograph without a face, alone", ["--image", at("grey.png")], 3, "no-face"],
    ["no such sound", ["--audio", "nowhere.wav"], 4, "file"],
    ["an empty sound", ["--audio", at("empty.wav")], 4, "media"],
    ["a sound that is a text", ["--audio", at("text.wav")], 4, "media"],
    ["silence, alone", ["--audio", at("silence.wav")], 3, "no-speech"],
    ["20 ms of sound, alone", ["--audio", at("short.wav")], 3, "no-speech"],
    ["an empty text", ["--text", ""], 2, "input"],
    ["silence and no face", ["--audio", at("silence.wav"), "--image", at("grey.png")], 3, "no-modality"],
  ])("%s is a clear error", (_case, args, code, name) => {
    const run = recognize(...args);
    expect(run.err).toMatch(new RegExp(`^error ${name}: .+\n {2}hint: .+\n$`, "u"));
    expect(run).toMatchObject({ code, out: "" });
  });

  test("a folder without models, a file that is no model and a model without contract are told apart", () => {
    const [none, broken] = [at("none"), at("broken")];
    mkdirSync(none);
    mkdirSync(broken);
    writeFileSync(join(broken, "text.onnx"), "no model");
    const texts = [none, broken].map((place) => affekt(["recognize", "--text", "😀", "--models", place]));
    expect(texts.map(({ code }) => code)).toEqual([5, 5]);
    expect(texts[0]?.err).toContain("There is no model");
    expect(texts[1]?.err).toContain("text.onnx");
  });

  test("a million characters are recognized like few", () => {
    const { code, out } = affekt(["recognize", "--models", models, "--text", "-"], "😀 ".repeat(500_000));
    expect(code).toBe(0);
    expect((JSON.parse(out) as Prediction).label).toBe("joy");
  });
});
