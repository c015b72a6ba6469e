import sharp from "sharp";
import { expect, test } from "vitest";
import { join, tone } from "../../../test/support/sounds.ts";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { tinyFace, tinySpeech, tinyText } from "../../../test/support/tiny-models.ts";
import { npyRow, readNpy } from "../../data/readers/npy.ts";
import type { Row } from "../../data/row.ts";
import { writeWav } from "../../preprocess/speech/wav.ts";
import { contractFromModel } from "../../recognize/contract-file.ts";
import { type EmbedPorts, embedManifest } from "./embed.ts";
import { nodeFiles } from "./files.ts";
import { askModel } from "./open-expert.ts";

const header = { name: "set", version: "1", labels: [], licence: "CC0-1.0", terms: "permissive", source: "" } as const;
const texts = (...all: string[]): Row[] => all.map((text, at) => ({ id: `r${at}`, text, extra: {} }));

/** A model whose embedding is its logits: it counts 😀 and 😡. */
function prepared() {
  const bytes = tinyText({ outputs: { logits: "logits", embedding: "logits" } });
  const files = temporaryFiles({ "model.onnx": bytes });
  const model = { path: files.absolute("model.onnx"), contract: contractFromModel(bytes) };
  let asked = 0;
  const ask: EmbedPorts["ask"] = (given, rows, manifest, options) => {
    asked += rows.length;
    return askModel(given, rows, manifest, options);
  };
  return { files, model, ports: { files, ask, cacheFolder: "cache" }, asked: () => asked };
}

test("embeds each content once, and finds it again in another manifest", async () => {
  const { files, model, ports, asked } = prepared();
  const first = { header: { ...header, labels: [] }, rows: texts("😀😁", "😡", "😡"), base: "." };
  const { manifest, reports } = await embedManifest(first, [model], "out/first", ports);
  expect(reports).toMatchObject([{ modality: "text", dim: 4, rows: 3, computed: 2, skipped: 0 }]);
  expect(manifest.rows.map(({ features }) => features?.text)).toEqual([0, 1, 2].map((row) => `text.npy#row=${row}`));
  const matrix = readNpy(await files.readBytes("out/first/text.npy"), "out/first/text.npy");
  expect([...npyRow(matrix, 0)]).toEqual([0, 2, 0, 2]);
  expect([...npyRow(matrix, 2)]).toEqual([1, 0, 1, 0]);

  const second = { header: { ...header, labels: [] }, rows: texts("😡", "😀"), base: "." };
  const again = await embedManifest(second, [model], "out/second", ports);
  expect(again.reports[0]).toMatchObject({ rows: 2, computed: 1 });
  // Once for the embedding, once for the answer.
  expect(asked()).toBe(6);
});

test("embeds a text that denies as the network reads it, beside the answer without what is denied", async () => {
  const negation = { strength: 2, power: 1, least: 0, neutral: 0, reach: 6 };
  const degree = { more: 1, less: 1 };
  const embed = async (change: object) => {
    const bytes = tinyText({ outputs: { logits: "logits", embedding: "logits" }, ...change });
    const files = temporaryFiles({ "model.onnx": bytes });
    const model = { path: files.absolute("model.onnx"), contract: contractFromModel(bytes) };
    const ports = { files, ask: askModel, cacheFolder: "cache" };
    const rows = texts("not 😀", "😡", "very 😡");
    await embedManifest({ header: { ...header, labels: [] }, rows, base: "." }, [model], "out", ports);
    const matrix = readNpy(await files.readBytes("out/text.npy"), "out/text.npy");
    return rows.map((_, row) => [...npyRow(matrix, row)]);
  };
  const plain = await embed({});
  const moved = await embed({ negation, degree });
  // Embedding, then answer: the tiny network counts pieces in both.
  expect(moved.map((row) => row.slice(0, 2))).toEqual(plain.map((row) => row.slice(0, 2)));
  expect(moved[0]?.[3]).toBeLessThan(plain[0]?.[3] as number);
});

test("a picture that is a crop of a face and the same one in which a face is looked for are different things", async () => {
  const bytes = tinyFace({ outputs: { logits: "logits", embedding: "logits" } });
  const pixels = Buffer.alloc(32 * 32 * 3, 200);
  const png = await sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } })
    .png()
    .toBuffer();
  const files = temporaryFiles({ "model.onnx": bytes, "a.png": png });
  const model = { path: files.absolute("model.onnx"), contract: contractFromModel(bytes) };
  const embed = async (extra: Row["extra"]) => {
    const from = {
      header: { ...header, labels: [] },
      rows: [{ id: "r", image: "a.png", extra }],
      base: files.absolute("."),
    };
    const ports = { files, ask: askModel, cacheFolder: "cache" };
    return (await embedManifest(from, [model], "out", ports)).reports[0];
  };
  expect(await embed({ faceCrop: true })).toMatchObject({ rows: 1, computed: 1, skipped: 0 });
  // There is no face in a flat square.
  expect(await embed({})).toMatchObject({ rows: 0, computed: 1, skipped: 1 });
  expect(await embed({ faceCrop: "true" })).toMatchObject({ rows: 1, computed: 0 });
});

test("what is new is added to the cache as a part of its own; what was there is not written again", async () => {
  const { files, model, ports } = prepared();
  const written: number[] = [];
  const watched: EmbedPorts["files"] = {
    ...files,
    write(path, content) {
      if (path.startsWith("cache/")) written.push((content as Uint8Array).length);
      return files.write(path, content);
    },
  };
  const embed = (rows: Row[]) =>
    embedManifest({ header: { ...header, labels: [] }, rows, base: "." }, [model], "out", { ...ports, files: watched });
  const many = Array.from({ length: 300 }, (_, at) => `😀 ${at}`);
  await embed(texts(...many));
  expect(written).toHaveLength(3);
  await embed(texts(...many, "😡"));
  expect(written).toHaveLength(4);
  expect(written[3]).toBeLessThan((written[0] as number) / 20);
  const { reports } = await embed(texts("😡", ...many));
  expect(reports[0]).toMatchObject({ rows: 301, computed: 0 });
  expect(written).toHaveLength(4);
});

test("embeds voices clip by clip, or the part of a recording that a row names", async () => {
  const bytes = tinySpeech({ outputs: { logits: "logits", embedding: "logits" } });
  const recording = writeWav(join(tone(3000, 0.6), tone(200, 0.6)));
  const files = temporaryFiles({ "model.onnx": bytes, "a.wav": recording, "broken.wav": "no sound" });
  const model = { path: files.absolute("model.onnx"), contract: contractFromModel(bytes) };
  // The recording ends after 1.2 s.
  const rows = ["a.wav", "a.wav#t=0,0.5", "a.wav#t=0.7,1.2", "broken.wav", "a.wav#t=7,8"].map((audio, at) => ({
    id: `r${at}`,
    audio,
    extra: {},
  }));
  const from = { header: { ...header, labels: [] }, rows, base: files.absolute(".") };
  const ports = { files, ask: askModel, cacheFolder: "cache" };
  const { reports } = await embedManifest(from, [model], "out", ports);
  expect(reports[0]).toMatchObject({ modality: "speech", dim: 2, rows: 3, computed: 5, skipped: 2 });
});

test("a row whose file is gone is left out like one that cannot be decoded; where all are gone, the first is told", async () => {
  const bytes = tinySpeech({ outputs: { logits: "logits", embedding: "logits" } });
  const files = temporaryFiles({ "model.onnx": bytes, "a.wav": writeWav(tone(3000, 0.6)) });
  const model = { path: files.absolute("model.onnx"), contract: contractFromModel(bytes) };
  const embed = (...audio: string[]) => {
    const rows = audio.map((path, at) => ({ id: `r${at}`, audio: path, extra: {} }));
    const from = { header: { ...header, labels: [] }, rows, base: files.absolute(".") };
    return embedManifest(from, [model], "out", { files, ask: askModel, cacheFolder: "cache" });
  };
  expect((await embed("gone.wav", "a.wav")).reports[0]).toMatchObject({ rows: 1, computed: 1, skipped: 1 });
  await expect(embed("gone.wav", "away.wav")).rejects.toMatchObject({ code: "file" });
});

test("normalizes a voice by all clips of its speaker where asked to, and anew when they are others", async () => {
  const bytes = tinySpeech({ outputs: { logits: "logits", embedding: "logits" } });
  const files = temporaryFiles({
    "model.onnx": bytes,
    "high.wav": writeWav(tone(3000, 0.6)),
    "low.wav": writeWav(tone(200, 0.6)),
  });
  const model = { path: files.absolute("model.onnx"), contract: contractFromModel(bytes) };
  const row = (audio: string, subject: string): Row => ({ id: `${subject} ${audio}`, subject, audio, extra: {} });
  const ports = { files, ask: askModel, cacheFolder: "cache", statistics: "subject" } as const;
  const embed = async (rows: Row[]) => {
    const { reports } = await embedManifest(
      { header: { ...header, labels: [] }, rows, base: files.absolute(".") },
      [model],
      "out",
      ports,
    );
    const matrix = readNpy(await files.readBytes("out/speech.npy"), "out/speech.npy");
    return { computed: reports[0]?.computed, first: npyRow(matrix, 0) };
  };
  const alone = await embed([row("high.wav", "ann")]);
  // By itself a steady tone is at its own mean: there is nothing to hear in it.
  for (const value of alone.first) expect(Math.abs(value)).toBeLessThan(1e-3);
  const both = await embed([row("high.wav", "ann"), row("low.wav", "ann"), row("high.wav", "bob")]);
  expect(both.computed).toBe(2);
  expect(Math.max(...both.first.map(Math.abs))).toBeGreaterThan(0.1);
});

test("leaves out what the model cannot read", async () => {
  const { model, ports } = prepared();
  const rows = texts("😀", " ");
  const { manifest, reports } = await embedManifest(
    { header: { ...header, labels: [] }, rows, base: "." },
    [model],
    "out",
    ports,
  );
  expect(reports[0]).toMatchObject({ rows: 1, skipped: 1 });
  expect(manifest.rows.map(({ id }) => id)).toEqual(["r0"]);
});

test("a model without an embedding is named", async () => {
  const bytes = tinyText();
  const files = temporaryFiles({ "model.onnx": bytes });
  const model = { path: files.absolute("model.onnx"), contract: contractFromModel(bytes) };
  const ports = { files: nodeFiles(files.absolute(".")), ask: askModel, cacheFolder: "cache" };
  const manifest = { header: { ...header, labels: [] }, rows: texts("😀"), base: "." };
  await expect(embedManifest(manifest, [model], "out", ports)).rejects.toThrow(
    "The model text-tiny gives no embedding",
  );
});
