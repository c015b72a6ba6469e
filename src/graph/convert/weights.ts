/** The weight file of a tfjs graph model, in full precision. */
import { AffektError } from "../../core/errors.ts";
import { float16Value } from "../../core/float16.ts";
import type { GraphModel, WeightEntry } from "./graph-model.ts";

export interface Weight {
  readonly dims: readonly number[];
  /** Row-major; integers are exact. */
  readonly data: Float32Array;
}

const BYTES: Readonly<Record<string, number>> = { float32: 4, int32: 4, float16: 2, uint16: 2, uint8: 1, bool: 1 };

function reader(view: DataView, stored: string): (at: number) => number {
  if (stored === "float32") return (at) => view.getFloat32(at, true);
  if (stored === "int32") return (at) => view.getInt32(at, true);
  if (stored === "float16") return (at) => float16Value(view.getUint16(at, true));
  if (stored === "uint16") return (at) => view.getUint16(at, true);
  return (at) => view.getUint8(at);
}

function decode(entry: WeightEntry, view: DataView, start: number, stored: string, size: number): Weight {
  const count = entry.shape.reduce((product, dim) => product * dim, 1);
  const read = reader(view, stored);
  // Affine quantization has a scale and a minimum; half precision has neither.
  const scale = entry.quantization?.scale ?? 1;
  const min = entry.quantization?.min ?? 0;
  const data = new Float32Array(count);
  for (let i = 0; i < count; i++) data[i] = read(start + i * size) * scale + min;
  return { dims: entry.shape, data };
}

/**
 * All weights by name. Half-precision and affinely quantized (uint8, uint16) ones are widened.
 *
 * @param bytes the weight files named by the model, joined
 * @throws AffektError `model` if the bytes are too few or too many, or a type is unknown
 */
export function readWeights(model: GraphModel, bytes: Uint8Array): ReadonlyMap<string, Weight> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const weights = new Map<string, Weight>();
  let at = 0;
  for (const entry of model.weights) {
    const stored = entry.quantization?.dtype ?? entry.dtype;
    const size = BYTES[stored];
    if (size === undefined) {
      throw new AffektError(
        "model",
        `Weight ${entry.name} has type ${stored}; expected one of ${Object.keys(BYTES).join(", ")}.`,
        "Convert the model again with one of these types.",
      );
    }
    const end = at + size * entry.shape.reduce((product, dim) => product * dim, 1);
    if (end > bytes.length) {
      throw new AffektError(
        "model",
        `Weight ${entry.name} ends at byte ${end}; received a weight file of ${bytes.length} bytes.`,
        "The weight file is cut short or belongs to another model.json: fetch both again.",
      );
    }
    weights.set(entry.name, decode(entry, view, at, stored, size));
    at = end;
  }
  if (at !== bytes.length) {
    throw new AffektError(
      "model",
      `The model.json describes ${at} bytes of weights; received ${bytes.length}.`,
      "The weight file belongs to another model.json: fetch both again.",
    );
  }
  return weights;
}
