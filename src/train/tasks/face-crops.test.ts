import { expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { AffektError } from "../../core/errors.ts";
import type { Picture } from "../../core/media.ts";
import { random } from "../../core/random.ts";
import { type Settled, settled } from "../../core/settled.ts";
import type { Manifest } from "../../data/manifest.ts";
import { ManifestHeader } from "../../data/manifest.ts";
import type { Row } from "../../data/row.ts";
import { nodeRuntime } from "../../platform/node/runtime.ts";
import { squareCrops } from "../../preprocess/face/square-crops.ts";
import { parseTrainConfig } from "../config.ts";
import { train } from "../trainer.ts";
import { trainerOptions } from "../trainer-options.ts";
import { configureFaces } from "./face-config.ts";
import { allCrops, type CropSheets, cropStream, type FaceMedia, sharedSheets } from "./face-crops.ts";

const SIDE = 12;
/** Bright pictures are joyful, dark ones sad. */
const pictures = new Map<string, Picture>();
const rows: Row[] = [];
const dice = random(5);
for (let at = 0; at < 48; at++) {
  const joyful = at % 2 === 0;
  const data = Uint8Array.from({ length: SIDE * SIDE }, () => dice.integer(120) + (joyful ? 120 : 0));
  pictures.set(`set/${at}.png`, { data, width: SIDE, height: SIDE, channels: 1 });
  const split = at < 32 ? "train" : "validation";
  rows.push({ id: `r${at}`, image: `${at}.png`, label: joyful ? "joy" : "sadness", split, extra: {} });
}
const manifest: Manifest = { header: ManifestHeader.parse({ name: "set" }), rows, base: "set" };

async function picture(path: unknown): Promise<Picture> {
  const found = pictures.get(String(path));
  if (found !== undefined) return found;
  throw new AffektError("media", `${String(path)} is damaged.`, "Copy it again.");
}

/** Decodes ahead and says when, as processes do; `decoded` counts. */
function ahead(decoded: string[]): CropSheets {
  return async function* (sheets, side) {
    const running: Promise<Settled<Uint8Array>>[] = [];
    const source = sheets[Symbol.iterator]();
    const fill = () => {
      for (let next = source.next(); next.done !== true; next = source.next()) {
        const { path, boxes } = next.value;
        decoded.push(path);
        running.push(settled(picture(path).then((found) => squareCrops(found, boxes, side))));
        if (running.length >= 5) return;
      }
    };
    for (fill(); running.length > 0; fill()) yield (await running.shift()) as Settled<Uint8Array>;
  };
}

test("pictures that several rows are on are decoded once, and every row gets its own part", async () => {
  const decoded: string[] = [];
  const media: FaceMedia = {
    picture: async (path) => {
      decoded.push(String(path));
      return picture(path);
    },
  };
  const parts = ["0.png#xywh=0,0,6,6", "1.png", "0.png#xywh=6,6,6,6"].map((image, at) => ({
    id: `${at}`,
    image,
    extra: {},
  }));
  const { pixels } = await allCrops(manifest, parts, 6, media);
  expect(decoded).toEqual(["set/0.png", "set/1.png"]);
  const first = pictures.get("set/0.png") as Picture;
  // The last row of the lower right part of the first picture.
  expect([...pixels.subarray(2 * 36 + 30, 3 * 36)]).toEqual([...first.data.subarray(11 * 12 + 6, 12 * 12)]);
});

test("a picture that cannot be decoded ends the training with its row, where nobody takes it", async () => {
  const broken = [...rows.slice(0, 9), { id: "bad", image: "gone.png", extra: {} }, ...rows.slice(9, 12)];
  const told = { code: "media", message: "Row bad: set/gone.png is damaged." };
  for (const media of [{ picture }, { picture, crops: ahead([]) }]) {
    await expect(allCrops(manifest, broken, SIDE, media)).rejects.toMatchObject(told);
    const read = async () => {
      for await (const _crop of cropStream(manifest, broken, SIDE, media)(Int32Array.of(0, 3, 9, 1)));
    };
    await expect(read()).rejects.toMatchObject(told);
  }
});

test("rows that cannot be decoded are told and left out; in a stream the rows drawn first take their places", async () => {
  const broken = [...rows.slice(0, 3), { id: "bad", image: "gone.png", extra: {} }, ...rows.slice(3, 6)];
  for (const crops of [undefined, ahead([])]) {
    const told: string[] = [];
    const media: FaceMedia = {
      picture,
      ...(crops ? { crops } : {}),
      undecodable: ({ id, code, reason }) => void told.push(`${id} ${code} ${reason}`),
    };
    const held = await allCrops(manifest, broken, SIDE, media);
    expect(held.rows.map(({ id }) => id)).toEqual(["r0", "r1", "r2", "r3", "r4", "r5"]);
    expect(held.pixels).toEqual((await allCrops(manifest, rows.slice(0, 6), SIDE, { picture })).pixels);
    expect(told).toEqual(["bad media set/gone.png is damaged."]);
    const stream = cropStream(manifest, broken, SIDE, media);
    const drawn: number[] = [];
    for await (const { row } of stream(Int32Array.of(3, 5, 0, 3, 1))) drawn.push(row);
    expect(drawn).toEqual([5, 0, 1, 5, 0]);
    await expect(stream(Int32Array.of(3, 3))[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "data" });
  }
});

test("that pictures of a few sheets are to be streamed is told before it is waited for", async () => {
  const of = (images: readonly string[]) => images.map((image, at) => ({ id: `r${at}`, image, extra: {} }));
  const sheet = of(Array.from({ length: 6 }, (_, at) => `sheet${at % 2}.png#xywh=0,${at * 8},8,8`));
  expect(sharedSheets(sheet)).toMatch(/^features\.stream: 6 training pictures lie in 2 files, /u);
  // Two faces of one photograph are nothing to speak of.
  expect(sharedSheets(sheet.slice(0, 4))).toBeUndefined();
  expect(sharedSheets(of(["a.png", "b.png"]))).toBeUndefined();
});

test("streamed crops train to the same bits as held ones, also after a pause", async () => {
  const config = (stream: boolean) =>
    parseTrainConfig({
      id: "tiny",
      version: "1.0.0",
      modality: "face",
      labels: ["joy", "sadness"],
      data: [{ manifest: "rows.jsonl" }],
      features: {
        side: SIDE,
        trainSizes: [8],
        cut: 10,
        size: 8,
        cleaned: false,
        mixup: 0.2,
        stream,
        augment: { flip: 0.5, angle: 5 },
      },
      network: { channels: [4, 8] },
      training: { epochs: 3, batch: 8, learningRate: 0.01, seed: 2 },
    });
  const files = temporaryFiles();
  async function run(folder: string, stream: boolean, media: FaceMedia, until?: number) {
    const settings = config(stream);
    const task = await configureFaces(settings, [manifest], media);
    const options = {
      ...trainerOptions(settings, task),
      fingerprint: "test",
      ...(until === undefined ? {} : { until }),
    };
    let ms = 0;
    return train(task, options, { runtime: nodeRuntime(), files, folder, now: () => ms++ });
  }
  const held = await run("held", false, { picture });
  const decoded: string[] = [];
  const streamed = await run("streamed", true, { picture, crops: ahead(decoded) });
  const notes = async (stream: boolean, from: Manifest) =>
    (await configureFaces(config(stream), [from], { picture })).notes;
  const sheets = { ...manifest, rows: rows.map((row, at) => ({ ...row, image: `${at % 2}.png#xywh=0,0,12,12` })) };
  expect(await notes(true, sheets)).toEqual([sharedSheets(sheets.rows.slice(0, 32))]);
  expect([await notes(false, sheets), await notes(true, manifest)]).toEqual([undefined, undefined]);
  // Validation rows once, training rows in every epoch.
  expect(decoded).toHaveLength(16 + 3 * 32);
  expect(streamed.weights).toEqual(held.weights);
  await run("paused", true, { picture, crops: ahead([]) }, 2);
  const resumed = await run("paused", true, { picture });
  expect(resumed.weights).toEqual(held.weights);
});
