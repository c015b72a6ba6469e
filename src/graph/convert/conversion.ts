/** The border between the walk over a graph and the translation of one operator. */
import type { OnnxNode } from "../onnx.ts";
import type { Weight } from "./weights.ts";

/** What an operator's translation may use. */
export interface Conversion {
  /** Rank of a value. */
  rank(name: string): number;
  /** A constant as TensorFlow stores it; undefined if the value is computed. */
  constant(name: string): Weight | undefined;
  /** Adds an initializer and returns its name. */
  weight(data: Float32Array | BigInt64Array, dims: readonly number[]): string;
  /** Adds a node and returns the name of its value. */
  emit(op: string, inputs: readonly string[], attributes?: OnnxNode["attributes"], output?: string): string;
  /** The name in the ONNX graph of an input: computed, or a constant brought into our layout for an operand of `rank`. */
  value(name: string, rank?: number): string;
  /** The same value in TensorFlow's layout. */
  channelsLast(name: string): string;
}

/** Order of axes: NCHW from NHWC. */
export function channelsFirst(weight: Weight): Weight {
  const [batch = 1, height = 1, width = 1, channels = 1] = weight.dims;
  const data = new Float32Array(weight.data.length);
  let to = 0;
  for (let b = 0; b < batch; b++)
    for (let c = 0; c < channels; c++)
      for (let at = 0; at < height * width; at++) data[to++] = weight.data[(b * height * width + at) * channels + c]!;
  return { dims: [batch, channels, height, width], data };
}
