/** Decoding of pictures with sharp (libvips). */
import sharp, { type Metadata } from "sharp";
import { AffektError } from "../../core/errors.ts";
import type { Picture } from "../../core/media.ts";
import type { MediaSource } from "../../core/ports.ts";
import { rgb } from "../../preprocess/face/grey.ts";
import { sourceName, sourceSize } from "./source.ts";

export interface PictureOptions {
  /** Largest number of pixels that is decoded. Default 100 million. */
  readonly maxPixels?: number;
  /** Shrinks while decoding until neither side is longer; boxes are then in pixels of the smaller picture. */
  readonly maxSide?: number;
}

const MAX_PIXELS = 100_000_000;
const EXPECTED = "a picture (JPEG, PNG, WebP, GIF, TIFF, AVIF)";
const WHITE = { r: 255, g: 255, b: 255 };

function tooLarge(name: string, found: string, maxPixels: number, cause?: unknown): AffektError {
  return new AffektError(
    "limit",
    `${name} has ${found}; at most ${maxPixels} pixels are decoded.`,
    "Shrink the picture first, or raise the limit on pixels.",
    { cause },
  );
}

/** @param name with the size */
function decodingError(name: string, maxPixels: number, cause: unknown): AffektError {
  const reason = (cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, " ").trim();
  if (/pixel limit|dimensions? (?:is|are)? ?too large|exceeds/i.test(reason)) {
    return tooLarge(name, "too many pixels", maxPixels, cause);
  }
  if (/unsupported image format/i.test(reason)) {
    return new AffektError(
      "media",
      `${name} is not a picture; expected ${EXPECTED}.`,
      "Check that the right file was given.",
      { cause },
    );
  }
  return new AffektError(
    "media",
    `${name} is cut off or damaged: ${reason}; expected ${EXPECTED}.`,
    "Copy or download the file again.",
    { cause },
  );
}

/**
 * Decodes a picture: upright (EXIF applied), RGB, 8 bits a channel; the first frame of an animation. CMYK and 16-bit
 * pictures are converted, transparent ones are laid over white.
 *
 * @throws AffektError `file` if the file cannot be read, `limit` if it has too many pixels, `media` if it is empty, cut
 *   off or not a picture
 */
export async function readPicture(source: MediaSource, options: PictureOptions = {}): Promise<Picture> {
  const name = sourceName(source);
  const bytes = await sourceSize(source);
  const sized = typeof source === "string" ? `${name} (${bytes} bytes)` : name;
  const maxPixels = options.maxPixels ?? MAX_PIXELS;
  // "error" refuses what is cut off, but not pictures with harmless oddities, which are common.
  const open = () => sharp(source, { limitInputPixels: maxPixels, failOn: "error", pages: 1, sequentialRead: true });
  let metadata: Metadata;
  try {
    // The header is read without the limit, so that the message can name the size.
    metadata = await sharp(source, { limitInputPixels: false, failOn: "error", pages: 1 }).metadata();
  } catch (cause) {
    throw decodingError(sized, maxPixels, cause);
  }
  const { width, height, format } = metadata;
  if (format === "svg") {
    throw new AffektError(
      "media",
      `${name} is a vector drawing (SVG); expected ${EXPECTED}.`,
      "Export it as PNG first.",
    );
  }
  if (width * height > maxPixels) throw tooLarge(name, `${width}×${height} pixels`, maxPixels);
  let image = open().autoOrient().flatten({ background: WHITE }).toColourspace("srgb");
  if (options.maxSide !== undefined) {
    image = image.resize({ width: options.maxSide, height: options.maxSide, fit: "inside", withoutEnlargement: true });
  }
  try {
    const { data, info } = await image.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
    return rgb({
      data: new Uint8Array(data.buffer, data.byteOffset, data.length),
      width: info.width,
      height: info.height,
      channels: info.channels as Picture["channels"],
    });
  } catch (cause) {
    throw decodingError(sized, maxPixels, cause);
  }
}
