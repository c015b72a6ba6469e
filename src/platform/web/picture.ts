/** Pictures in a browser: decoded by it, read out of a canvas. Works on the page and in workers. */
import { AffektError } from "../../core/errors.ts";
import type { Picture } from "../../core/media.ts";

let canvas: OffscreenCanvas | undefined;

/** What a browser shows, to be read once. */
export type Shown = ImageBitmap | VideoFrame;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export function sizeOf(shown: Shown): Size {
  return "displayWidth" in shown ? { width: shown.displayWidth, height: shown.displayHeight } : shown;
}

/** The pixels of a bitmap or frame, which is closed. @param size to draw it in; default: its own */
export function pixelsOf(shown: Shown, { width, height }: Size = sizeOf(shown)): Picture {
  // One canvas for all: a live camera would otherwise leave one behind per frame.
  canvas ??= new OffscreenCanvas(width, height);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) {
    throw new AffektError("missing-tool", "This browser cannot read pictures in a worker.", "Use a newer browser.");
  }
  // Transparent parts are white, as on paper.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(shown, 0, 0, width, height);
  shown.close();
  const { data } = context.getImageData(0, 0, width, height);
  return { data: new Uint8Array(data.buffer), width, height, channels: 4 };
}

/** @returns the picture, upright. @throws AffektError `media` if the browser cannot decode it */
export async function decodePicture(bytes: Uint8Array): Promise<Picture> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)]), {
      imageOrientation: "from-image",
      colorSpaceConversion: "none",
    });
  } catch (cause) {
    throw new AffektError(
      "media",
      `The browser could not read the picture (${bytes.length} bytes).`,
      "Use a JPEG, PNG, WebP or GIF file.",
      { cause },
    );
  }
  return pixelsOf(bitmap);
}
