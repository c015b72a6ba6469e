/** The weights that an ONNX file holds, by name, as float32: its own ones, and those that `quantize` made smaller. */
import { float16Value } from "../core/float16.ts";
import type { OnnxModel, OnnxTensor } from "./onnx.ts";

/** The bytes may lie anywhere in a file: a copy is aligned. */
function aligned({ bytes }: OnnxTensor): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function withScales(values: Int8Array, scales: OnnxTensor, dims: readonly number[]): Float32Array {
  const factors = new Float32Array(aligned(scales));
  const axis = Math.max(
    0,
    scales.dims.findIndex((dim) => dim > 1),
  );
  const inner = dims.slice(axis + 1).reduce((a, b) => a * b, 1);
  return Float32Array.from(values, (value, i) => value * (factors[Math.floor(i / inner) % factors.length] as number));
}

/**
 * Initializers of a floating-point type by name; `tokens.weight float16` and `tokens.weight int8`, as our own smaller
 * files have them, stand under `tokens.weight`. Integers are left out.
 */
export function onnxWeights({ initializers }: Pick<OnnxModel, "initializers">): Map<string, Float32Array> {
  const byName = new Map(initializers.map((tensor) => [tensor.name, tensor]));
  const out = new Map<string, Float32Array>();
  for (const tensor of initializers) {
    const { name, type, dims } = tensor;
    if (type === "float32") out.set(name, new Float32Array(aligned(tensor)));
    else if (type === "float16") {
      out.set(name.replace(/ float16$/u, ""), Float32Array.from(new Uint16Array(aligned(tensor)), float16Value));
    } else if (type === "int8") {
      const own = name.replace(/ int8$/u, "");
      const scales = byName.get(`${own} scales`);
      if (scales) out.set(own, withScales(new Int8Array(aligned(tensor)), scales, dims));
    }
  }
  return out;
}
