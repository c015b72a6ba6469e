/** Plain tensors: the only thing that crosses the border between our code and a network runtime. */
import { AffektError } from "./errors.ts";

export interface TensorData {
  readonly float32: Float32Array;
  readonly int64: BigInt64Array;
  readonly int32: Int32Array;
  readonly uint8: Uint8Array;
  readonly bool: Uint8Array;
}

export type DataType = keyof TensorData;

export type Tensor = {
  [T in DataType]: { readonly type: T; readonly dims: readonly number[]; readonly data: TensorData[T] };
}[DataType];

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  let count = 1;
  for (const dim of dims) count *= dim;
  return count;
}

function checkSize(length: number, dims: readonly number[]): void {
  if (length !== elementCount(dims)) {
    throw new AffektError(
      "shape",
      `A tensor of shape [${dims.join(", ")}] needs ${elementCount(dims)} values; received ${length}.`,
      "Check the shape against the length of the data.",
    );
  }
}

export function float32(data: Float32Array, dims: readonly number[]): Tensor & { type: "float32" } {
  checkSize(data.length, dims);
  return { type: "float32", dims, data };
}

export function int64(data: BigInt64Array, dims: readonly number[]): Tensor & { type: "int64" } {
  checkSize(data.length, dims);
  return { type: "int64", dims, data };
}

/** The values of a float32 tensor. @throws AffektError `shape` if the tensor is absent or of another type */
export function floats(tensor: Tensor | undefined, name = "tensor"): Float32Array {
  if (tensor?.type !== "float32") {
    throw new AffektError(
      "shape",
      `Expected ${name} to be a float32 tensor; received ${tensor?.type ?? "nothing"}.`,
      "Check that the model has this output.",
    );
  }
  return tensor.data;
}
