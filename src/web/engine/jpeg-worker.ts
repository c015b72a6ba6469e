/**
 * Makes JPEGs of a camera's frames for the server, beside the page's thread. The pixels are put into the canvas, not
 * drawn: Chromium keeps drawn frames in memory that it calls discardable, hundreds of megabytes of them.
 */
import { frameOf, type Shown, shrunk } from "../../platform/web/picture.ts";

const QUALITY = 0.85;

export interface JpegAsk {
  readonly id: number;
  readonly frame: Shown;
}

/** Bytes, or why there are none. */
export type JpegAnswer =
  | { readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly id: number; readonly failed: string };

/** As far as it is used here; the types of workers and of pages exclude each other. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<JpegAsk>) => void) | null;
  postMessage(message: JpegAnswer, transfer: Transferable[]): void;
}
const scope = globalThis as unknown as WorkerScope;

const canvas = new OffscreenCanvas(1, 1);
const shown = canvas.getContext("bitmaprenderer");

async function jpeg(frame: Shown): Promise<Uint8Array<ArrayBuffer>> {
  const { data, width, height } = await frameOf(frame);
  const image = new ImageData(new Uint8ClampedArray(data.buffer as ArrayBuffer), width, height);
  const size = shrunk({ width, height });
  const bitmap = await createImageBitmap(image, { resizeWidth: size.width, resizeHeight: size.height });
  canvas.width = size.width;
  canvas.height = size.height;
  shown?.transferFromImageBitmap(bitmap);
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
  return new Uint8Array(await blob.arrayBuffer());
}

scope.onmessage = ({ data: { id, frame } }) => {
  jpeg(frame).then(
    (bytes) => scope.postMessage({ id, bytes }, [bytes.buffer]),
    (error: unknown) => scope.postMessage({ id, failed: String(error) }, []),
  );
};
