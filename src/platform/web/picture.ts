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

function ownSize(shown: Shown): Size {
  return "displayWidth" in shown ? { width: shown.displayWidth, height: shown.displayHeight } : shown;
}

/** Longer side of a frame that is drawn or sent, in pixels: more shows nothing new of a face. */
const MOST_SIDE = 640;

/** The size to draw a frame of a camera in. */
export function drawnSize(shown: Shown): Size {
  return shrunk(ownSize(shown));
}

/** No larger than a frame needs to be. */
export function shrunk({ width, height }: Size): Size {
  const scale = Math.min(1, MOST_SIDE / Math.max(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/**
 * The pixels of a camera's frame, which is closed; of its own size where the browser hands them out, else drawn smaller.
 * Chromium keeps what is drawn into canvases in memory that it calls discardable: half a gigabyte of frames.
 */
export async function frameOf(shown: Shown): Promise<Picture> {
  try {
    const pixels = "copyTo" in shown ? await copied(shown) : undefined;
    return pixels ?? pixelsOf(shown, drawnSize(shown));
  } finally {
    shown.close();
  }
}

/** Undefined where the browser converts no colours, or turns what it shows. */
async function copied(frame: VideoFrame): Promise<Picture | undefined> {
  const { width = 0, height = 0 } = frame.visibleRect ?? {};
  const options = { format: "RGBA" } as const;
  const turned = "rotation" in frame && frame.rotation !== 0;
  // A browser that does not know the option answers for the colours that the frame has.
  if (turned || frame.allocationSize(options) !== 4 * width * height) return undefined;
  const data = new Uint8Array(4 * width * height);
  await frame.copyTo(data, options);
  return { data, width, height, channels: 4 };
}

/** The pixels of a bitmap or frame, which is closed. @param size to draw it in; default: its own */
export function pixelsOf(shown: Shown, { width, height }: Size = ownSize(shown)): Picture {
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
