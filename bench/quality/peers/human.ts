/**
 * The emotion network of @vladmandic/human on our arrays: its weights converted by our converter, its preprocessing
 * written anew (bilinear to 64 × 64 as TensorFlow.js does it by default, grey levels in [-1, 1]).
 *
 * Source: src/face and src/gear/emotion.ts of @vladmandic/human; the network is mini-XCEPTION, Arriaga et al. (2017),
 * arXiv 1710.07557, trained on FER2013 by its authors.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Picture } from "../../../src/core/media.ts";
import { floats } from "../../../src/core/tensor.ts";
import { convertGraphModel } from "../../../src/graph/convert/convert.ts";
import { parseGraphModel } from "../../../src/graph/convert/graph-model.ts";
import { readWeights } from "../../../src/graph/convert/weights.ts";
import { argmax } from "../../../src/metrics/argmax.ts";
import { nodeRuntime } from "../../../src/platform/node/runtime.ts";

const SIDE = 64;
/** In the order of its outputs, by our names. */
const LABELS = ["anger", "disgust", "fear", "joy", "sadness", "surprise", "neutral"] as const;

/** `resizeBilinear(image, [64, 64], false)` of TensorFlow.js, then `(grey − 0.5) · 2`. */
export function humanInput({ data, width, height }: Picture): Float32Array {
  const out = new Float32Array(SIDE * SIDE);
  const [across, down] = [width / SIDE, height / SIDE];
  for (let y = 0; y < SIDE; y++) {
    const [top, dy] = [Math.floor(y * down), (y * down) % 1];
    const bottom = Math.min(height - 1, top + 1);
    for (let x = 0; x < SIDE; x++) {
      const [left, dx] = [Math.floor(x * across), (x * across) % 1];
      const right = Math.min(width - 1, left + 1);
      const at = (row: number, column: number): number => data[row * width + column] as number;
      const upper = at(top, left) + dx * (at(top, right) - at(top, left));
      const lower = at(bottom, left) + dx * (at(bottom, right) - at(bottom, left));
      // A grey picture as red, green and blue adds up to 0.9999 of itself, by Human's weights.
      out[y * SIDE + x] = ((0.9999 * (upper + dy * (lower - upper))) / 255 - 0.5) * 2;
    }
  }
  return out;
}

export interface HumanEmotion {
  readonly name: string;
  readonly bytes: number;
  /** @param faces grey crops */
  labels(faces: readonly Picture[]): Promise<string[]>;
  close(): Promise<void>;
}

/** @returns undefined if the package or its emotion network is not installed */
export async function openHumanEmotion(): Promise<HumanEmotion | undefined> {
  try {
    const folder = dirname(dirname(createRequire(import.meta.url).resolve("@vladmandic/human")));
    const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { version: string };
    const model = parseGraphModel(await readFile(join(folder, "models/emotion.json"), "utf8"));
    const weights = await readFile(join(folder, "models/emotion.bin"));
    const onnx = convertGraphModel(model, readWeights(model, weights), {
      inputShape: [-1, SIDE, SIDE, 1],
      inputName: "face",
    });
    const session = await nodeRuntime().open(onnx);
    const output = session.outputs[0] as string;
    return {
      name: `@vladmandic/human ${version}`,
      bytes: weights.length,
      async labels(faces) {
        const data = new Float32Array(faces.length * SIDE * SIDE);
        for (const [at, face] of faces.entries()) data.set(humanInput(face), at * SIDE * SIDE);
        const fed = { face: { type: "float32" as const, dims: [faces.length, 1, SIDE, SIDE], data } };
        const said = floats((await session.run(fed, { [output]: null }))[output]);
        return Array.from(argmax(said, LABELS.length), (label) => LABELS[label] as string);
      },
      close: () => session.release(),
    };
  } catch (error) {
    console.log(`@vladmandic/human is left out: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
