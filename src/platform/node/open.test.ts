import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tinyFace, tinySpeech, tinyText } from "../../../test/support/tiny-models.ts";
import { listModels, openRecognizer } from "./open.ts";
import { nodeRuntime } from "./runtime.ts";

let root = "";

async function shelf(name: string, files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const folder = join(root, name);
  for (const [file, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), bytes);
  }
  return folder;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "affekt-open-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const restricted = { licence: { terms: "CC-BY-NC-4.0", commercial: false } };

describe("a folder of models", () => {
  test("is listed with its contracts, and text opens nothing but the text model", async () => {
    const folder = await shelf("all", {
      "text/model.onnx": tinyText(),
      "face/model.onnx": tinyFace(),
      "speech/model.onnx": tinySpeech(),
    });
    expect((await listModels(folder)).map(({ contract }) => contract.modality).sort()).toEqual([
      "face",
      "speech",
      "text",
    ]);
    let opened = 0;
    const inner = nodeRuntime();
    const recognizer = await openRecognizer({
      models: folder,
      runtime: { name: "counting", open: (bytes, options) => (opened++, inner.open(bytes, options)) },
    });
    expect(recognizer.models).toHaveLength(3);
    expect(opened).toBe(0);
    expect((await recognizer.recognize({ text: "😀" })).label).toBe("joy");
    expect(opened).toBe(1);
    await recognizer.close();
  });

  test("with two text models is asked by language", async () => {
    const input = (language: string) => ({
      inputs: { tokens: "tokens" },
      maxTokens: 4,
      tokenizer: {
        model: {
          format: "affekt-subwords" as const,
          version: 1 as const,
          symbols: ["😀", "😡", "😐", "😁"],
          characters: ["▁"],
          merges: [],
        },
      },
      languages: [language],
    });
    const folder = await shelf("languages", {
      "text-en/model.onnx": tinyText({ id: "text-en", input: input("en") }),
      "text-zh/model.onnx": tinyText({ id: "text-zh", input: input("zh"), bias: [0, 5] }),
    });
    const recognizer = await openRecognizer({ models: folder });
    const [english, chinese] = await recognizer.recognizeBatch([{ text: "bad 😡" }, { text: "不好 😡" }]);
    expect(english?.modalities.text).toMatchObject({ model: "text-en 0.1.0" });
    expect(chinese?.modalities.text).toMatchObject({ model: "text-zh 0.1.0" });
    await recognizer.close();
  });

  test("gives the permissive model only to those who ask for it", async () => {
    const folder = await shelf("licences", {
      "text/model.onnx": tinyText({ id: "text", ...restricted }),
      "text-permissive/model.onnx": tinyText({ id: "text-permissive" }),
      "face/model.onnx": tinyFace(restricted),
    });
    const ids = async (license: "any" | "permissive") =>
      (await openRecognizer({ models: folder, license })).models.map(({ contract }) => contract.id);
    expect(await ids("any")).toEqual(["text", "face-tiny"]);
    expect(await ids("permissive")).toEqual(["text-permissive"]);
  });

  test("without a usable model, or that is not there, is refused", async () => {
    const folder = await shelf("restricted", { "face/model.onnx": tinyFace(restricted) });
    await expect(openRecognizer({ models: folder, license: "permissive" })).rejects.toMatchObject({ code: "model" });
    await expect(openRecognizer({ models: join(root, "nowhere") })).rejects.toMatchObject({ code: "file" });
    await expect(openRecognizer({ models: folder, ids: ["tex"] })).rejects.toMatchObject({
      code: "model",
      message: expect.stringMatching(/no model tex; there is face-tiny/u),
    });
  });

  test("names the file that is corrupt", async () => {
    const folder = await shelf("corrupt", { "text/model.onnx": tinyText().subarray(0, 200) });
    await expect(openRecognizer({ models: folder })).rejects.toMatchObject({
      code: expect.stringMatching(/model|contract/u),
      message: expect.stringMatching(/text.model\.onnx/u),
    });
  });

  test("may say how its experts are pooled", async () => {
    const models = { "text/model.onnx": tinyText(), "face/model.onnx": tinyFace() };
    const pool = (text: string) => new TextEncoder().encode(text);
    const folder = await shelf("pool", {
      ...models,
      "pool.json": pool('{"independence":0,"weights":{"text":9,"face":1}}'),
    });
    const recognizer = await openRecognizer({ models: folder });
    const picture = { data: new Uint8Array(64), width: 8, height: 8, channels: 1 } as const;
    const { modalities } = await recognizer.recognize({ text: "😀", image: picture });
    expect(modalities.text).toMatchObject({ weight: 1 });
    expect(modalities.face).toMatchObject({ present: false, code: "no-face" });
    const wrong = await shelf("pool-wrong", { ...models, "pool.json": pool('{"independance":0}') });
    await expect(openRecognizer({ models: wrong })).rejects.toMatchObject({
      code: "config",
      message: expect.stringMatching(/independance/u),
    });
  });

  test("needs the tokenizer that a contract names by its hash", async () => {
    const folder = await shelf("tokenizer", {
      "text/model.onnx": tinyText({
        input: {
          inputs: { tokens: "tokens" },
          maxTokens: 4,
          tokenizer: { sha256: "0".repeat(64) },
          languages: ["en"],
        },
      }),
    });
    const recognizer = await openRecognizer({ models: folder });
    await expect(recognizer.recognize({ text: "😀" })).rejects.toMatchObject({ code: "contract" });
  });
});
