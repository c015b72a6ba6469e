import { dirname } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { tone } from "../../../test/support/sounds.ts";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { tinyFace, tinySpeech, tinyText } from "../../../test/support/tiny-models.ts";
import { fakeTools } from "../../../test/support/tools.ts";
import { random } from "../../core/random.ts";
import { PAIRING_CAVEAT, PAIRING_NOTE } from "../../data/caveats.ts";
import { poolOf } from "../../platform/node/open.ts";
import { askModel } from "../../platform/node/open-expert.ts";
import { writeWav } from "../../preprocess/speech/wav.ts";
import { runProgram } from "../program.ts";

const SIDE = 128;

/** A picture with enough in it to be of some quality. */
async function png(level: number): Promise<Uint8Array> {
  const raw = { width: SIDE, height: SIDE, channels: 3 } as const;
  const dice = random(level);
  const data = Uint8Array.from({ length: SIDE * SIDE * 3 }, () => level + dice.uniform(-50, 50));
  return new Uint8Array(await sharp(data, { raw }).png().toBuffer());
}

/** One of them is right on nine rows of ten; the other has nothing to do with the label. */
function rows(split: string, right: "text" | "face", count = 60): string {
  const dice = random(8);
  const lines = Array.from({ length: count }, (_, at) => {
    const label = at % 2 === 0 ? "joy" : "anger";
    const told = (label === "joy") === dice.next() < 0.9;
    const guessed = dice.next() < 0.5;
    const text = (right === "text" ? told : guessed) ? "😀😀" : "😡😡";
    const image = (right === "face" ? told : guessed) ? "bright.png" : "dark.png";
    return JSON.stringify({ id: `r${at}`, text, language: "en", image, faceCrop: true, label, split });
  });
  return lines.join("\n");
}

async function fitted(split: string, right: "text" | "face" = "text", ...options: string[]) {
  const files = temporaryFiles({
    "models/text/model.onnx": tinyText(),
    "models/face/model.onnx": tinyFace(),
    "bright.png": await png(200),
    "dark.png": await png(60),
    "rows.jsonl": rows(split, right),
  });
  const folder = files.absolute("models");
  const argv = ["pool", files.absolute("rows.jsonl"), "--models", folder, ...options];
  const tools = { ...fakeTools({ argv, askModel }), files };
  return { code: await runProgram(tools), tools, folder };
}

test("fits the pool of the models in a folder on validation rows, where a recognizer finds it", async () => {
  const { code, tools, folder } = await fitted("validation", "text", "--independence", "0.5");
  expect(tools.err.join("")).toBe("");
  expect(code).toBe(0);
  const said = JSON.parse(tools.out.join(""));
  const pool = await poolOf(folder);
  expect(pool).toEqual({ independence: 0.5, weights: said.weights });
  // The face guesses, so it counts less.
  expect(said.weights.text).toBe(1);
  expect(said.weights.face).toBeLessThan(0.6);
  expect(said.accuracy.pool).toBeGreaterThan(0.8);
  expect(said.accuracy.pool).toBe(said.accuracy.text);
  expect(said.rows).toBe(60);
  expect(said.fittedOn).toBeUndefined();
  const file = JSON.parse(await tools.files.readText(`${dirname(said.path)}/pool.json`));
  expect(file.fittedOn).toMatch(
    /^60 validation rows of rows \S+, by text-tiny 0\.1\.0, face-tiny 0\.1\.0; independence given/u,
  );
});

test("gives the weight to whoever is right", async () => {
  const { tools } = await fitted("validation", "face");
  const { weights, accuracy } = JSON.parse(tools.out.join(""));
  expect(weights.face).toBe(1);
  expect(weights.text).toBeLessThan(0.2);
  expect(accuracy.pool).toBeGreaterThan(accuracy.unfitted);
});

test("is fitted on no other rows", async () => {
  const { code, tools, folder } = await fitted("test");
  expect(code).not.toBe(0);
  expect(tools.err.join("")).toContain("no row in the split validation");
  expect(await poolOf(folder)).toBeUndefined();
});

test("a voice is heard by itself, as a recognizer hears it, though the model is normalized by speaker", async () => {
  const dice = random(3);
  const lines = Array.from({ length: 40 }, (_, at) => {
    const label = at % 2 === 0 ? "joy" : "anger";
    const audio = label === "joy" ? "high.wav" : "low.wav";
    const text = dice.next() < 0.5 ? "😀" : "😡";
    return JSON.stringify({ id: `r${at}`, text, audio, subject: "one", label, split: "validation" });
  });
  const files = temporaryFiles({
    "models/text/model.onnx": tinyText(),
    "models/speech/model.onnx": tinySpeech(),
    "high.wav": writeWav(tone(5000, 1)),
    "low.wav": writeWav(tone(200, 1)),
    "rows.jsonl": lines.join("\n"),
  });
  const argv = ["pool", files.absolute("rows.jsonl"), "--models", files.absolute("models")];
  const tools = { ...fakeTools({ argv, askModel }), files };
  expect(await runProgram(tools)).toBe(0);
  // High is joy beside the low clips of the same speaker; of one clip alone every band has the mean 0, so nothing tells them apart.
  expect(JSON.parse(tools.out.join("")).accuracy.speech).toBe(0.5);
});

const textIn = (language: string): Uint8Array =>
  tinyText({
    id: `text-${language}`,
    input: {
      inputs: { tokens: "tokens" },
      maxTokens: 4,
      tokenizer: {
        model: { format: "affekt-subwords", version: 1, symbols: ["😀"], characters: ["▁"], merges: [] },
      },
      languages: [language],
    },
  });

/** Which rows each model is asked about, and what is noted. */
async function askedOf(languages: readonly string[], lines: readonly object[]) {
  const asked: Record<string, string[]> = {};
  const files = temporaryFiles({
    ...Object.fromEntries(languages.map((language) => [`models/${language}/model.onnx`, textIn(language)])),
    "models/face/model.onnx": tinyFace(),
    "bright.png": await png(200),
    "rows.jsonl": lines
      .map((row) => JSON.stringify({ image: "bright.png", faceCrop: true, label: "joy", split: "validation", ...row }))
      .join("\n"),
  });
  const argv = ["pool", files.absolute("rows.jsonl"), "--models", files.absolute("models")];
  const recording: typeof askModel = (model, rows, ...rest) => {
    asked[model.contract.id] = rows.map(({ id }) => id);
    return askModel(model, rows, ...rest);
  };
  const tools = { ...fakeTools({ argv, askModel: recording }), files };
  expect(await runProgram(tools)).toBe(0);
  return { asked, noted: tools.err.join("") };
}

const TEXTS = [
  { id: "chinese", text: "好😀" },
  { id: "bcp47", text: "好😀", language: "zh-CN" },
  { id: "english", text: "so 😀", language: "en-US" },
  { id: "unnamed", text: "no 😀" },
];

test("a text goes to the model that a recognizer asks, whatever the row calls its language", async () => {
  const { asked, noted } = await askedOf(["en", "zh"], TEXTS);
  expect(asked).toEqual({
    "text-en": ["english", "unnamed"],
    "text-zh": ["chinese", "bcp47"],
    "face-tiny": ["chinese", "bcp47", "english", "unnamed"],
  });
  expect(noted).toBe("");
});

test("rows that a model cannot be asked about are told", async () => {
  const { asked, noted } = await askedOf(["en"], [...TEXTS, { id: "unseen", text: "😀", image: "gone.png" }]);
  expect(asked["text-en"]).toEqual(["english", "unnamed", "unseen"]);
  expect(noted).toMatch(
    /^text: 2 rows skipped, the first chinese \(other-language\): .+\nface-tiny 0\.1\.0: 1 row skipped, the first unseen \(\S+\): .*gone\.png/u,
  );
});

test("what has to be said of composed rows stands beside the numbers and in the file", async () => {
  const lines = rows("validation", "text", 12).split("\n");
  for (const interactive of [false, true]) {
    const files = temporaryFiles({
      "models/text/model.onnx": tinyText(),
      "models/face/model.onnx": tinyFace(),
      "bright.png": await png(200),
      "dark.png": await png(60),
      "rows.jsonl": lines.map((line) => JSON.stringify({ ...JSON.parse(line), note: PAIRING_NOTE })).join("\n"),
    });
    const argv = ["pool", files.absolute("rows.jsonl"), "--models", files.absolute("models")];
    const tools = { ...fakeTools({ argv, askModel, interactive }), files };
    expect(await runProgram(tools)).toBe(0);
    const { fittedOn } = JSON.parse(await files.readText("models/pool.json"));
    expect(fittedOn).toMatch(/^12 validation rows of .+; Artificial pairing: /u);
    if (interactive) expect(tools.out.at(-1)).toBe(PAIRING_CAVEAT);
    else expect(JSON.parse(tools.out.join("")).caveats).toEqual([PAIRING_CAVEAT]);
  }
});
