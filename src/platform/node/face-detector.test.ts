import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { portrait } from "../../cli/demo/photograph.ts";
import type { Picture } from "../../core/media.ts";
import { decodeModel } from "../../graph/onnx-read.ts";
import { align, FOUR_POINTS } from "../../preprocess/face/align.ts";
import type { FaceDetector } from "../../preprocess/face/detect.ts";
import { faceNetwork, openFaceDetector } from "./face-detector.ts";
import { readPicture } from "./picture.ts";

const DATA = process.env["AFFEKT_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const PHOTOS = join(DATA, "face/e2e");
const photos = existsSync(join(PHOTOS, "labels.csv"));
if (!photos)
  console.log("Skipped: photographs with known faces. Set AFFEKT_DATA to a folder with face/e2e/labels.csv.");

let cache: string;
let detector: FaceDetector;

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), "affekt-cache-"));
  detector = await openFaceDetector({ cache });
});

afterAll(async () => {
  await detector.release();
  await rm(cache, { recursive: true });
});

test("the converted networks are cached under the hash of their source, and say where they come from", async () => {
  const files = await readdir(cache);
  expect(files.sort()).toEqual([
    expect.stringMatching(/^blazeface-[0-9a-f]{16}\.onnx$/),
    expect.stringMatching(/^facemesh-[0-9a-f]{16}\.onnx$/),
  ]);
  const { metadata, outputs } = decodeModel(await readFile(join(cache, files[0] as string)));
  expect(metadata).toMatchObject({ licence: "MIT", source: "@vladmandic/human models/blazeface" });
  expect(outputs.map(({ name }) => name).sort()).toEqual(["boxes16", "boxes32", "scores16", "scores32"]);
});

test("a cached network is read and not converted again", async () => {
  const own = await mkdtemp(join(tmpdir(), "affekt-cache-"));
  try {
    const converted = await faceNetwork("facemesh", own);
    const [file] = await readdir(own);
    expect(Buffer.compare(await readFile(join(own, file as string)), converted)).toBe(0);
    await writeFile(join(own, file as string), "from the cache");
    expect(Buffer.from(await faceNetwork("facemesh", own)).toString()).toBe("from the cache");
  } finally {
    await rm(own, { recursive: true });
  }
});

test("a face is followed where it moves to, and gone when there is only wall", async () => {
  const side = 180;
  const photograph = await sharp(await portrait())
    .resize(side)
    .toBuffer();
  async function frame(left: number): Promise<Picture> {
    const wall = { width: 640, height: 480, channels: 3, background: "#707070" } as const;
    const face = left < 0 ? [] : [{ input: photograph, left, top: 150 }];
    return readPicture(await sharp({ create: wall }).composite(face).png().toBuffer());
  }
  const [found] = await detector.detect(await frame(200));
  const moved = await detector.follow(await frame(230), found?.tight ?? { x: 0, y: 0, width: 0, height: 0 });
  const [alone] = await detector.detect(await frame(230));
  // The look at the whole picture sees the face 47 pixels wide, the closer one 64: a tenth of its width apart at most
  for (const axis of ["x", "y"] as const) {
    const apart = (moved?.landmarks[2]?.[axis] ?? 0) - (alone?.landmarks[2]?.[axis] ?? 0);
    expect(Math.abs(apart)).toBeLessThan(0.1 * (alone?.tight.width ?? 0));
  }
  expect(await detector.follow(await frame(-1), moved?.tight ?? { x: 0, y: 0, width: 0, height: 0 })).toBeUndefined();
});

test.each([
  [900, 600],
  [1280, 720],
  [1080, 1920],
])("in a picture of %i × %i a face's box is as in a square one", async (width, height) => {
  async function found(wallWidth: number, wallHeight: number) {
    const wall = { width: wallWidth, height: wallHeight, channels: 3, background: "#707070" } as const;
    const input = await sharp(await portrait())
      .resize(240)
      .toBuffer();
    const pasted = sharp({ create: wall }).composite([{ input, left: 200, top: 180 }]);
    const [face] = await detector.detect(await readPicture(await pasted.png().toBuffer()));
    return face?.tight ?? { x: 0, y: 0, width: 0, height: 0 };
  }
  const [wide, square] = [await found(width, height), await found(720, 720)];
  expect(wide.width / wide.height).toBeCloseTo(1, 6);
  // Squeezed it would be 1.5 to 1.8 times as long; two looks at the same face differ by a few hundredths
  expect(Math.abs(wide.width - square.width)).toBeLessThan(0.05 * square.width);
  expect(Math.abs(wide.x + wide.width / 2 - square.x - square.width / 2)).toBeLessThan(0.05 * square.width);
  expect(Math.abs(wide.y + wide.height / 2 - square.y - square.height / 2)).toBeLessThan(0.05 * square.width);
});

test("a cache that cannot be written does not stop the detector", async () => {
  const blocked = join(cache, (await readdir(cache))[0] as string, "below-a-file");
  expect((await faceNetwork("blazeface", blocked)).length).toBeGreaterThan(100_000);
});

test("a flat picture and one pixel have no face", async () => {
  const flat = (width: number, height: number): Picture => ({
    data: new Uint8Array(width * height * 3).fill(128),
    width,
    height,
    channels: 3,
  });
  expect(await detector.detect(flat(64, 48))).toEqual([]);
  expect(await detector.detect(flat(1, 1))).toEqual([]);
});

describe.skipIf(!photos)("photographs", () => {
  const counts: [string, number][] = [];
  beforeAll(async () => {
    const rows = (await readFile(join(PHOTOS, "labels.csv"), "utf8")).trim().split("\n").slice(1);
    for (const row of rows) {
      const [file = "", , , faces] = row.split(",");
      counts.push([file, Number(faces)]);
    }
  });

  test("every photograph's faces are counted right: the crowd, the lying face, the thumbnail and the cat", async () => {
    const wrong: string[] = [];
    for (const [file, faces] of counts) {
      if (file === "truncated.jpg") continue;
      const found = await detector.detect(await readPicture(join(PHOTOS, file)));
      if (found.length !== faces) wrong.push(`${file}: ${found.length} of ${faces}`);
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  test("the photograph that is cut off is refused", async () => {
    await expect(readPicture(join(PHOTOS, "truncated.jpg"))).rejects.toMatchObject({ code: "media" });
  });

  test("the larger of two faces leads", async () => {
    const [first, second] = await detector.detect(await readPicture(join(PHOTOS, "two-faces-big-small.jpg")));
    expect(first?.tight.width).toBeGreaterThan(2 * (second?.tight.width ?? Number.POSITIVE_INFINITY));
  });

  test("aligned, the lying face is upright: found again with its points near the template", async () => {
    const picture = await readPicture(join(PHOTOS, "lisa2-rot90-noexif.jpg"));
    const [face] = await detector.detect(picture);
    const upright = align(picture, face?.landmarks ?? [], 192, { margin: 1.6 });
    const [again] = await detector.detect(upright, { turns: false });
    for (const [i, { x, y }] of FOUR_POINTS.entries()) {
      const goal = { x: ((x - 0.5) / 1.6 + 0.5) * 192, y: ((y - 0.5) / 1.6 + 0.5) * 192 };
      expect(Math.hypot((again?.landmarks[i]?.x ?? 0) - goal.x, (again?.landmarks[i]?.y ?? 0) - goal.y)).toBeLessThan(
        12,
      );
    }
  });
});
