import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { expect, test } from "vitest";
import { AffektError } from "../../core/errors.ts";
import { readPicture } from "./picture.ts";

/** Red, green, blue from left to right, 16 pixels each, 24 high. */
const STRIPES = sharp(
  Buffer.from(
    Array.from({ length: 24 * 48 }, (_, i) => {
      const stripe = Math.floor((i % 48) / 16);
      return [stripe === 0 ? 255 : 0, stripe === 1 ? 255 : 0, stripe === 2 ? 255 : 0];
    }).flat(),
  ),
  { raw: { width: 48, height: 24, channels: 3 } },
);

async function colours(bytes: Uint8Array): Promise<{ size: [number, number]; at: (x: number, y: number) => number[] }> {
  const { data, width, height, channels } = await readPicture(bytes);
  expect(channels).toBe(3);
  expect(data).toHaveLength(width * height * 3);
  return { size: [width, height], at: (x, y) => [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)] };
}

function expectNear(actual: number[], expected: number[], tolerance: number): void {
  for (const [i, value] of expected.entries())
    expect(Math.abs((actual[i] as number) - value)).toBeLessThanOrEqual(tolerance);
}

async function failure(source: Uint8Array | string, options = {}): Promise<AffektError> {
  const error = await readPicture(source, options).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(AffektError);
  return error as AffektError;
}

test("a PNG keeps its pixels", async () => {
  const { size, at } = await colours(await STRIPES.clone().png().toBuffer());
  expect(size).toEqual([48, 24]);
  expect([at(0, 0), at(20, 5), at(47, 23)]).toEqual([
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
  ]);
});

test("EXIF orientation is applied", async () => {
  // Orientation 6: turn clockwise to show, so the left edge becomes the top
  const { size, at } = await colours(await STRIPES.clone().withMetadata({ orientation: 6 }).png().toBuffer());
  expect(size).toEqual([24, 48]);
  expect(at(12, 0)).toEqual([255, 0, 0]);
  expect(at(12, 47)).toEqual([0, 0, 255]);
});

test("CMYK, grey, WebP, AVIF and 16-bit pictures become 8-bit RGB", async () => {
  const cmyk = await colours(await STRIPES.clone().toColourspace("cmyk").jpeg({ quality: 95 }).toBuffer());
  expect(cmyk.at(8, 12)[0]).toBeGreaterThan(180);
  expect(cmyk.at(8, 12)[2]).toBeLessThan(90);
  const grey = await colours(await STRIPES.clone().greyscale().png().toBuffer());
  expect(new Set(grey.at(8, 12)).size).toBe(1);
  for (const bytes of [await STRIPES.clone().webp().toBuffer(), await STRIPES.clone().avif().toBuffer()]) {
    expectNear((await colours(bytes)).at(24, 12), [0, 255, 0], 25);
  }
  const deep = await colours(await STRIPES.clone().toColourspace("rgb16").png().toBuffer());
  expectNear(deep.at(40, 12), [0, 0, 255], 1);
});

test("transparent pixels are laid over white", async () => {
  const clear = sharp({ create: { width: 4, height: 4, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } });
  expect((await colours(await clear.png().toBuffer())).at(1, 1)).toEqual([255, 255, 255]);
});

test("only the first frame of an animation is read", async () => {
  const frames = Buffer.concat([Buffer.alloc(8 * 8 * 3, 255), Buffer.alloc(8 * 8 * 3, 0)]);
  const gif = await sharp(frames, { raw: { width: 8, height: 16, channels: 3, pageHeight: 8 } })
    .gif()
    .toBuffer();
  const { size, at } = await colours(gif);
  expect(size).toEqual([8, 8]);
  expect(at(4, 4)).toEqual([255, 255, 255]);
});

test("a longest side shrinks while decoding and never enlarges", async () => {
  const png = await STRIPES.clone().png().toBuffer();
  expect(await readPicture(png, { maxSide: 24 })).toMatchObject({ width: 24, height: 12 });
  expect(await readPicture(png, { maxSide: 100 })).toMatchObject({ width: 48, height: 24 });
});

test("a file is read by its path, and a missing one is named without its folder", async () => {
  const folder = await mkdtemp(join(tmpdir(), "affekt-picture-"));
  try {
    await writeFile(join(folder, "stripes.png"), await STRIPES.clone().png().toBuffer());
    expect(await readPicture(join(folder, "stripes.png"))).toMatchObject({ width: 48 });
    await writeFile(join(folder, "empty.jpg"), "");
    const empty = await failure(join(folder, "empty.jpg"));
    expect([empty.code, empty.message]).toEqual(["media", expect.stringContaining("empty.jpg is empty")]);
    const missing = await failure(join(folder, "missing.jpg"));
    expect(missing.code).toBe("file");
    expect(missing.message).not.toContain(folder);
    expect((await failure(folder)).code).toBe("file");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a picture that is cut off is refused", async () => {
  const noise = Buffer.from(Array.from({ length: 200 * 200 * 3 }, (_, i) => (i * 7919) % 251));
  const image = sharp(noise, { raw: { width: 200, height: 200, channels: 3 } });
  for (const bytes of [await image.clone().jpeg().toBuffer(), await image.clone().png().toBuffer()]) {
    const error = await failure(bytes.subarray(0, bytes.length >> 1));
    expect(error.code).toBe("media");
    expect(error.message).toContain("cut off or damaged");
  }
});

test("other files are refused with what was expected", async () => {
  for (const bytes of [
    new TextEncoder().encode("hello, this is text"),
    Uint8Array.of(0x52, 0x49, 0x46, 0x46, 1, 2, 3),
  ]) {
    const error = await failure(bytes);
    expect(error.code).toBe("media");
    expect(error.message).toContain("expected a picture (JPEG");
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="99999" height="99999"><rect width="9" height="9"/></svg>`;
  expect((await failure(new TextEncoder().encode(svg))).message).toContain("vector drawing");
});

/** A PNG whose header claims 30000×30000 pixels but which holds next to nothing. */
function bomb(): Uint8Array {
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc(body), body.length + 4);
    return out;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(30_000, 0);
  header.writeUInt32BE(30_000, 4);
  header[8] = 8;
  const magic = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  const data = deflateSync(Buffer.alloc(100_000));
  return Buffer.concat([magic, chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))]);
}

function crc(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return (value ^ 0xffffffff) >>> 0;
}

test("too many pixels are refused before they are decoded, with their number", async () => {
  const error = await failure(bomb());
  expect(error.code).toBe("limit");
  expect(error.message).toContain("30000×30000");
  const png = await STRIPES.clone().png().toBuffer();
  expect((await failure(png, { maxPixels: 1000 })).code).toBe("limit");
});
