/**
 * Weights of torchvision's `vgg16` and `vgg16_bn` under our names: `features.N` becomes `convS_I` and, with batch norm,
 * `normS_I`; `classifier.0` and `.3` become fc6 and fc7, whose matrices are stored the other way round there. The last
 * layer, which knows other labels, is left out.
 */
import { AffektError } from "../../core/errors.ts";
import { VGG16_STAGES } from "./vgg16.ts";

interface Places {
  /** Positions of the convolutions in `features`, each followed by its norm (if any) and a rectifier. */
  readonly convolutions: ReadonlyMap<number, string>;
  readonly norms: ReadonlyMap<number, string>;
}

/** Each stage ends with a maximum. */
function places(normalized: boolean): Places {
  const convolutions = new Map<number, string>();
  const norms = new Map<number, string>();
  let at = 0;
  for (const [stage, channels] of VGG16_STAGES.entries()) {
    for (const index of channels.keys()) {
      const name = `${stage + 1}_${index + 1}`;
      convolutions.set(at, `conv${name}`);
      if (normalized) norms.set(at + 1, `norm${name}`);
      at += normalized ? 3 : 2;
    }
    at += 1;
  }
  return { convolutions, norms };
}

/** Names of the parts of a norm, theirs and ours. */
const NORM_PARTS = [
  ["weight", "gain"],
  ["bias", "bias"],
  ["running_mean", "mean"],
  ["running_var", "variance"],
] as const;

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

/** @throws AffektError `checkpoint` if layers stand where VGG16 has none, as in VGG11, VGG13 and VGG19 */
function checkPlaces(names: Iterable<string>, { convolutions, norms }: Places): void {
  for (const name of names) {
    const [, position, part] = /^features\.(\d+)\.(weight|running_mean)$/u.exec(name) ?? [];
    if (position === undefined) continue;
    const at = Number(position);
    if (norms.has(at) || (part === "weight" && convolutions.has(at))) continue;
    throw new AffektError(
      "checkpoint",
      `The weights to start from hold ${name}, where VGG16 ${norms.size > 0 ? "with batch norm " : ""}has no such layer.`,
      "Start from weights of torchvision's vgg16 or vgg16_bn.",
    );
  }
}

/**
 * @param weights by torchvision's names, for example read from a safetensors file; other names are ignored
 * @throws AffektError `checkpoint` if they are of another network with `features`
 */
export function vgg16FromTorchvision(weights: ReadonlyMap<string, Float32Array>): Map<string, Float32Array> {
  const own = places(weights.has("features.1.running_mean"));
  checkPlaces(weights.keys(), own);
  const out = new Map<string, Float32Array>();
  const put = (name: string, from: string): void => {
    const given = weights.get(from);
    if (given !== undefined) out.set(name, given);
  };
  for (const [position, name] of own.convolutions) {
    for (const part of ["weight", "bias"]) put(`${name}.${part}`, `features.${position}.${part}`);
  }
  for (const [position, name] of own.norms) {
    for (const [theirs, ours] of NORM_PARTS) put(`${name}.${ours}`, `features.${position}.${theirs}`);
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
