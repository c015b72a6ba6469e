/** Media and model files as they come: odd but good sound is recognized, damaged files end in a sentence and a code. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { portrait } from "../src/cli/demo/photograph.ts";
import { voice } from "../src/cli/demo/voice.ts";
import { runProgram } from "../src/cli/program.ts";
import type { Prediction } from "../src/core/prediction.ts";
import { readMetadata, replaceMetadata } from "../src/graph/onnx-metadata.ts";
import { decodeModel } from "../src/graph/onnx-read.ts";
import { encodeModel } from "../src/graph/onnx-write.ts";
import { findFfmpeg } from "../src/platform/node/ffmpeg.ts";
import { openRecognizer } from "../src/platform/node/open.ts";
import { resample } from "../src/preprocess/speech/resample.ts";
import { writeWav } from "../src/preprocess/speech/wav.ts";
import { CONTRACT_KEY } from "../src/recognize/contract-file.ts";
import { tinyFace, tinySpeech, tinyText } from "./support/tiny-models.ts";
import { fakeTools } from "./support/tools.ts";

// Networks and decoders are started here, which a busy machine may keep waiting.
vi.setConfig({ testTimeout: 120_000 });

const ffmpeg = await findFfmpeg();
if (ffmpeg === null) console.warn("ffmpeg is missing, its tests are skipped: apt-get install ffmpeg");

const folder = mkdtempSync(join(tmpdir(), "affekt-files-"));
const at = (name: string): string => join(folder, name);
const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(at(name), content);
  return at(name);
};
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The whole program in this process, with the real recognizer. */
async function recognize(models: string, ...args: string[]) {
  const tools = fakeTools({ argv: ["recognize", "--models", models, ...args], modelFolder: models });
  const code = await runProgram({ ...tools, openRecognizer });
  return { code, out: tools.out.join(""), err: tools.err.join("") };
}

/** One sentence with its code and one hint; a stack trace would be more lines. */
function sentence(name: string): RegExp {
  return new RegExp(`^error ${name}: [^\\n]+\\n {2}hint: [^\\n]+\\n$`, "u");
}

/** Six channels as WAVE_FORMAT_EXTENSIBLE with the speaker mask of 5.1, the same sound in each. */
function surroundWav({ samples, sampleRate }: ReturnType<typeof voice>): Uint8Array {
  const channels = 6;
  const bytes = Buffer.alloc(68 + samples.length * channels * 2);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(40, 16);
  bytes.writeUInt16LE(0xfffe, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(sampleRate, 24);
  bytes.writeUInt32LE(sampleRate * channels * 2, 28);
  bytes.writeUInt16LE(channels * 2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.writeUInt16LE(22, 36);
  bytes.writeUInt16LE(16, 38);
  bytes.writeUInt32LE(0x3f, 40);
  // KSDATAFORMAT_SUBTYPE_PCM
  bytes.write("0100000000001000800000aa00389b71", 44, "hex");
  bytes.write("data", 60);
  bytes.writeUInt32LE(samples.length * channels * 2, 64);
  for (const [index, value] of samples.entries()) {
    for (let channel = 0; channel < channels; channel++) {
      bytes.writeInt16LE(Math.round(value * 32_767), 68 + (index * channels + channel) * 2);
    }
  }
  return bytes;
}

/** The file as ffmpeg writes it. */
function converted(from: string, name: string, ...args: string[]): Uint8Array {
  execFileSync("ffmpeg", ["-nostdin", "-y", "-loglevel", "error", "-i", from, ...args, at(name)]);
  return readFileSync(at(name));
}

describe("media", () => {
  const models = at("models");

  beforeAll(async () => {
    mkdirSync(models);
    writeFileSync(join(models, "face.onnx"), tinyFace());
    writeFileSync(join(models, "speech.onnx"), tinySpeech());
    write("voice.wav", writeWav(voice()));
    write("face.jpg", await portrait());
  });

  async function prediction(...args: string[]): Promise<Prediction> {
    const { code, out, err } = await recognize(models, ...args);
    expect(err).toBe("");
    expect(code).toBe(0);
    return JSON.parse(out) as Prediction;
  }

  test.each([
    ["in floating point", () => writeWav(voice(), "float32"), 2],
    ["in six channels (5.1)", () => surroundWav(voice()), 2],
    // The upper half of the bands is empty at 8 kHz: the answer may differ, the length may not.
    ["at 8 kHz", () => writeWav(resample(voice(), 8_000)), null],
  ])("a WAV %s is recognized like the plain one", async (_kind, bytes, digits) => {
    const plain = await prediction("--audio", at("voice.wav"));
    const odd = await prediction("--audio", write("odd.wav", bytes()));
    expect(odd.modalities.speech).toMatchObject({ present: true });
    const end = ({ segments }: Prediction): number => segments?.at(-1)?.endMs ?? Number.NaN;
    expect(Math.abs(end(odd) - end(plain))).toBeLessThanOrEqual(100);
    if (digits === null) return;
    expect(odd.label).toBe(plain.label);
    expect(odd.confidence).toBeCloseTo(plain.confidence, digits);
  });

  test.skipIf(ffmpeg === null)("an MP3 that breaks off is recognized as far as it goes", async () => {
    const whole = converted(at("voice.wav"), "voice.mp3", "-c:a", "libmp3lame");
    const cut = write("cut.mp3", whole.subarray(0, Math.floor(whole.length * 0.6)));
    const { modalities, segments } = await prediction("--audio", cut);
    expect(modalities.speech).toMatchObject({ present: true });
    const full = await prediction("--audio", at("voice.mp3"));
    expect(segments?.at(-1)?.endMs).toBeLessThan(full.segments?.at(-1)?.endMs ?? 0);
  });

  test.skipIf(ffmpeg === null)(
    "a film that breaks off before its index is a clear error, its whole is not",
    async () => {
      const still = [
        "-loop",
        "1",
        "-framerate",
        "5",
        "-i",
        at("face.jpg"),
        "-t",
        "2",
        "-c:v",
        "mpeg4",
        "-vf",
        "scale=320:-2",
        "-c:a",
        "aac",
      ];
      const whole = converted(at("voice.wav"), "film.mp4", ...still);
      expect((await prediction("--audio", at("film.mp4"))).modalities.speech).toMatchObject({ present: true });
      expect((await prediction("--video", at("film.mp4"))).modalities.face).toMatchObject({ present: true });
      const cut = write("cut.mp4", whole.subarray(0, Math.floor(whole.length / 2)));
      for (const kind of ["--audio", "--video"]) {
        const run = await recognize(models, kind, cut);
        expect(run.err).toMatch(sentence("media"));
        expect(run.err).toContain("cut.mp4");
        expect(run).toMatchObject({ code: 4, out: "" });
      }
    },
  );

  test.skipIf(ffmpeg === null)("a film of a single frame is recognized by it", async () => {
    converted(at("face.jpg"), "blink.mp4", "-c:v", "mpeg4", "-vf", "scale=320:-2");
    expect((await prediction("--video", at("blink.mp4"))).modalities.face).toMatchObject({ present: true });
  });

  test.skipIf(ffmpeg === null)("a film with its index in front is recognized as far as it goes", async () => {
    const args = ["-c:a", "aac", "-movflags", "+faststart"];
    const whole = converted(at("voice.wav"), "front.mp4", ...args);
    const cut = write("cut-front.mp4", whole.subarray(0, Math.floor(whole.length * 0.6)));
    expect((await prediction("--audio", cut)).modalities.speech).toMatchObject({ present: true });
  });

  test.each([
    ["photograph", "--image", "empty.jpg"],
    ["sound", "--audio", "empty.wav"],
    ["sound by its name an MP3", "--audio", "empty.mp3"],
    ["film", "--video", "empty.mp4"],
  ])("an empty %s is named, with what was expected", async (_kind, option, name) => {
    const run = await recognize(models, option, write(name, ""));
    expect(run.err).toMatch(sentence("media"));
    expect(run.err).toContain(name);
    expect(run.err).toMatch(/expected/iu);
    expect(run).toMatchObject({ code: 4, out: "" });
  });

  test("a stack trace comes with --debug and not without", async () => {
    const empty = write("empty.png", "");
    expect((await recognize(models, "--image", empty)).err).not.toMatch(/\n\s+at /u);
    expect((await recognize(models, "--image", empty, "--debug")).err).toMatch(/\n\s+at /u);
  });
});

describe("model files", () => {
  let count = 0;
  /** A folder with this one model. */
  function modelFolder(bytes: Uint8Array): string {
    const place = at(`models-${count++}`);
    mkdirSync(place);
    writeFileSync(join(place, "model.onnx"), bytes);
    return place;
  }
  /** With fields of the contract changed behind the exporter's back. */
  function withFields(bytes: Uint8Array, change: Readonly<Record<string, unknown>>): Uint8Array {
    const contract: unknown = JSON.parse(readMetadata(bytes)[CONTRACT_KEY] ?? "");
    return replaceMetadata(bytes, { [CONTRACT_KEY]: JSON.stringify({ ...(contract as object), ...change }) });
  }
  const text = tinyText();

  test.each([
    [
      "a network of faces under the contract of a text model",
      () => replaceMetadata(tinyFace(), readMetadata(text)),
      "contract",
      ["model.onnx", "pixels", "tokens"],
    ],
    [
      "more labels than the network answers",
      () => withFields(text, { labels: ["anger", "joy", "fear"] }),
      "contract",
      ["text-tiny", "2 numbers", "3 labels"],
    ],
    [
      "the same label twice",
      () => withFields(text, { labels: ["joy", "joy"] }),
      "contract",
      ["model.onnx", "labels", "differ"],
    ],
    ["a modality that nobody knows", () => withFields(text, { modality: "smell" }), "contract", ["modality"]],
    [
      "the modality of another kind of input",
      () => withFields(text, { modality: "speech" }),
      "contract",
      ["input.sampleRate"],
    ],
    [
      "a contract of a later release",
      () => withFields(text, { contract: 2 }),
      "contract",
      ["version 2", "Update affekt"],
    ],
    ["a contract that is no JSON", () => replaceMetadata(text, { [CONTRACT_KEY]: "{" }), "contract", ["not JSON"]],
    ["no contract at all", () => replaceMetadata(text, {}), "contract", [CONTRACT_KEY]],
    ["no bytes", () => new Uint8Array(0), "model", ["0 bytes"]],
    ["bytes of another kind", () => new TextEncoder().encode("no model"), "model", ["not an ONNX model"]],
    ["only its first half", () => text.subarray(0, text.length >> 1), "model", ["model.onnx", "breaks off"]],
    [
      "a node whose input nobody makes",
      () => {
        const { nodes, ...rest } = decodeModel(text);
        return encodeModel({ ...rest, nodes: nodes.map((node) => ({ ...node, inputs: ["table", "nothing"] })) });
      },
      "model",
      ["model.onnx", "could not open"],
    ],
  ])("a model with %s is refused, with its name and what is wrong", async (_case, bytes, name, words) => {
    const run = await recognize(modelFolder(bytes()), "--text", "😀");
    expect(run.err).toMatch(sentence(name));
    for (const word of words) expect(run.err).toContain(word);
    expect(run).toMatchObject({ code: 5, out: "" });
  });
});
