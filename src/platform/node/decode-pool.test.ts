import { writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { random } from "../../core/random.ts";
import type { Settled } from "../../core/settled.ts";
import { oneByOne } from "../../evaluate/media-reader.ts";
import { squareCrops } from "../../preprocess/face/square-crops.ts";
import { createDecodePool } from "./decode-pool.ts";
import { pooledReader } from "./decoding.ts";
import { nodeMedia } from "./media.ts";
import { readPicture } from "./picture.ts";

function pool() {
  const made = createDecodePool({ workers: 2 });
  onTestFinished(() => made.close());
  return made;
}

/** A WAV file of 16-bit mono samples at 16 kHz. */
function wav(samples: Int16Array): Uint8Array {
  const bytes = new Uint8Array(44 + 2 * samples.length);
  const view = new DataView(bytes.buffer);
  const word = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);
  word(0, "RIFF");
  view.setUint32(4, 36 + 2 * samples.length, true);
  word(8, "WAVEfmt ");
  for (const [at, value] of [
    [16, 16],
    [24, 16_000],
    [28, 32_000],
    [40, 2 * samples.length],
  ] as const) {
    view.setUint32(at, value, true);
  }
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ] as const)
    view.setUint16(at, value, true);
  word(36, "data");
  bytes.set(new Uint8Array(samples.buffer), 44);
  return bytes;
}

test("crops are those that this process would cut, in order, with a broken picture as an error in its place", async () => {
  const folder = temporaryFiles({ "broken.png": "no picture" }).absolute(".");
  const dice = random(1);
  const names = Array.from({ length: 20 }, (_, at) => `${at}.png`);
  for (const name of names) {
    const pixels = Uint8Array.from({ length: 32 * 24 * 3 }, () => dice.integer(256));
    await sharp(pixels, { raw: { width: 32, height: 24, channels: 3 } })
      .png()
      .toFile(join(folder, name));
  }
  names.splice(5, 0, "broken.png", "missing.png");
  const boxes = [undefined, { x: 2, y: 3, width: 12, height: 12 }];
  const sheets = names.map((name) => ({ path: join(folder, name), boxes }));
  let at = 0;
  for await (const crops of pool().crops(sheets, 8)) {
    const name = names[at++] ?? "";
    if (name === "broken.png") expect(crops).toMatchObject({ error: { code: "media" } });
    else if (name === "missing.png") expect(crops).toMatchObject({ error: { code: "file" } });
    else expect(crops).toEqual({ value: squareCrops(await readPicture(join(folder, name)), boxes, 8) });
  }
  expect(at).toBe(22);
});

test("sounds come in order, with a broken one as an error in its place", async () => {
  const folder = temporaryFiles({ "1.wav": "no sound" }).absolute(".");
  for (const name of [0, 2, 3]) {
    writeFileSync(join(folder, `${name}.wav`), wav(new Int16Array(160 * (name + 1)).fill(16_384)));
  }
  const found: (number | string)[] = [];
  const places = [0, 1, 2, 3].map((name) => ({ path: join(folder, `${name}.wav`) }));
  for await (const sound of pool().clips(places, 16_000)) {
    found.push("error" in sound ? sound.error.code : sound.value.samples.length);
    if ("value" in sound) expect(sound.value.samples[7]).toBeCloseTo(0.5, 4);
  }
  expect(found).toEqual([160, "media", 480, 640]);
});

test("pictures and clips are what this process would cut out, in order, with what fails as an error in its place", async () => {
  const folder = temporaryFiles({ "broken.png": "no picture", "broken.wav": "no sound" }).absolute(".");
  const pixels = Uint8Array.from({ length: 8 * 16 * 3 }, (_, at) => at % 251);
  await sharp(pixels, { raw: { width: 8, height: 16, channels: 3 } })
    .png()
    .toFile(join(folder, "strip.png"));
  writeFileSync(join(folder, "long.wav"), wav(Int16Array.from({ length: 16_000 }, (_, at) => at)));
  writeFileSync(join(folder, "hours.wav"), wav(new Int16Array(121 * 16_000)));
  const at = (name: string) => ({ path: join(folder, name) });
  const box = { x: 0, y: 8, width: 8, height: 8 };
  const pictures = [at("strip.png"), { ...at("strip.png"), box }, at("broken.png"), { ...at("strip.png"), box }];
  const sounds = [at("long.wav"), { ...at("long.wav"), startMs: 250, endMs: 500 }, at("broken.wav"), at("hours.wav")];
  const [here, there] = [oneByOne(nodeMedia()), pooledReader(pool())];
  const told = async <T>(answers: AsyncIterable<Settled<T>>) => {
    const all: (T | string)[] = [];
    for await (const answer of answers) all.push("error" in answer ? answer.error.code : answer.value);
    return all;
  };
  const seen = await told(there.pictures(pictures));
  expect(seen).toEqual(await told(here.pictures(pictures)));
  expect(seen.map((one) => (typeof one === "string" ? one : one.height))).toEqual([16, 8, "media", 8]);
  for (const rate of [16_000, 8_000]) {
    const heard = await told(there.sounds(sounds, rate));
    expect(heard).toEqual(await told(here.sounds(sounds, rate)));
    const lengths = [rate, rate / 4, "media", "limit"];
    expect(heard.map((one) => (typeof one === "string" ? one : one.samples.length))).toEqual(lengths);
  }
});
