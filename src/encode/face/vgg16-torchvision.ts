/**
 * Weights of torchvision's `vgg16` under our names: `features.N` becomes `convS_I`, `classifier.0` and `.3` become fc6
 * and fc7, whose matrices are stored the other way round there. The last layer, which knows other labels, is left out.
 */
import { VGG16_STAGES } from "./vgg16.ts";

/** Positions of the convolutions in `features`: each is followed by a rectifier, each stage by a maximum. */
function convolutions(): Map<number, string> {
  const names = new Map<number, string>();
  let at = 0;
  for (const [stage, channels] of VGG16_STAGES.entries()) {
    for (const index of channels.keys()) {
      names.set(at, `conv${stage + 1}_${index + 1}`);
      at += 2;
    }
    at += 1;
  }
  return names;
}

/** `[rows, columns]` to `[columns, rows]`. */
export function transposed(matrix: Float32Array, rows: number): Float32Array {
  const columns = matrix.length / rows;
  const out = new Float32Array(matrix.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      out[column * rows + row] = matrix[row * columns + column] as number;
    }
  }
  return out;
}

/** @param weights by torchvision's names, for example read from a safetensors file; other names are ignored */
export function vgg16FromTorchvision(weights: ReadonlyMap<string, Float32Array>): Map<string, Float32Array> {
  const out = new Map<string, Float32Array>();
  for (const [position, name] of convolutions()) {
    for (const part of ["weight", "bias"]) {
      const given = weights.get(`features.${position}.${part}`);
      if (given !== undefined) out.set(`${name}.${part}`, given);
    }
  }
  for (const [position, name] of [
    [0, "fc6"],
    [3, "fc7"],
  ] as const) {
    const matrix = weights.get(`classifier.${position}.weight`);
    const bias = weights.get(`classifier.${position}.bias`);
    if (matrix === undefined || bias === undefined) continue;
    out.set(`${name}.weight`, transposed(matrix, bias.length));
    out.set(`${name}.bias`, bias);
  }
  return out;
}
