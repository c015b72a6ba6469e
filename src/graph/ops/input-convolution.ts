/**
 * Batch norm behind the first convolution of a network, differentiated without a gradient of the convolution's output.
 *
 * The input needs no gradient, so only the kernel's is wanted: a sum of products with the few values that each kernel
 * position sees. Batch norm's gradient is linear in d, in the convolution's output and in 1, and so is that sum; the
 * part of the output becomes the kernel times the Gram matrix of what the kernel sees. Five passes over the largest
 * arrays of a network fall away.
 */
import type { Node } from "../graph.ts";
import type { OnnxNode } from "../onnx.ts";
import { addRaw, mulRaw, sumRaw } from "./arithmetic.ts";
import type { ConvolutionGeometry } from "./geometry.ts";
import { kernelViews } from "./kernel-gradient.ts";
import { gemmRaw, matmulRaw } from "./matmul.ts";
import { reshapeRaw, transposeRaw } from "./reshape.ts";

/** More values per kernel than this, and the Gram matrix costs more than it saves. */
const MOST_VALUES = 64;

export interface InputConvolution {
  readonly source: Node;
  readonly weight: Node;
  readonly geometry: ConvolutionGeometry;
}

function geometryOf(node: OnnxNode): ConvolutionGeometry {
  const ints = (name: string): number[] => {
    const value = node.attributes?.[name];
    return value !== undefined && "ints" in value ? [...value.ints] : [];
  };
  const group = node.attributes?.group;
  return {
    kernel: ints("kernel_shape") as [number, number],
    stride: ints("strides") as [number, number],
    pads: ints("pads") as [number, number, number, number],
    groups: group !== undefined && "int" in group ? group.int : 1,
  };
}

/** The convolution that made x, if it reads a plain input, has a trained kernel of few values and no bias. */
export function inputConvolution(x: Node): InputConvolution | undefined {
  const { graph } = x;
  const producer = graph.producerOf(x);
  if (graph.mode !== "train" || producer?.op !== "Conv" || producer.inputs.length !== 2) return undefined;
  const [source, weight] = producer.inputs.map((name) => graph.named(name)) as [Node, Node];
  const geometry = geometryOf(producer);
  const values = weight.shape.slice(1).reduce((product, size) => product * size, 1);
  const fits = !source.tracked && weight.tracked && geometry.groups === 1 && values <= MOST_VALUES;
  return fits ? { source, weight, geometry } : undefined;
}

/** Sums over what the kernel sees, all the gradient needs. Kernel values are in the order row, column, channel. */
export interface KernelSums {
  /** Σ d · x per output channel, x being the convolution's output: `[O]`. */
  readonly products: Node;
  /** Gradient of the kernel for a gradient `d + x · b + c` of the output, b and c `[O]` per channel. */
  kernelGradient(b: Node, c: Node): Node;
}

export function kernelSums({ source, weight, geometry }: InputConvolution, d: Node): KernelSums {
  const [outputs = 0, channels = 0, rows = 0, columns = 0] = weight.shape;
  const views = kernelViews(source, d, geometry); // [N, values, positions]
  const [batch = 0, values = 0, positions = 0] = views.shape;
  const gradient = reshapeRaw(d, [batch, outputs, positions]);
  const withGradient = sumRaw(matmulRaw(gradient, views, false, true), [0]); // [O, values]
  const gram = sumRaw(matmulRaw(views, views, false, true), [0]); // [values, values]
  const seen = reshapeRaw(sumRaw(views, [0, 2]), [1, values]);
  const kernel = reshapeRaw(transposeRaw(weight, [0, 2, 3, 1]), [outputs, values]);
  return {
    products: sumRaw(mulRaw(kernel, withGradient), [1]),
    kernelGradient(b, c) {
      const withOutput = mulRaw(gemmRaw(kernel, gram, null), reshapeRaw(b, [outputs, 1]));
      const constant = mulRaw(reshapeRaw(c, [outputs, 1]), seen);
      const flat = addRaw(addRaw(withGradient, withOutput), constant);
      return transposeRaw(reshapeRaw(flat, [outputs, rows, columns, channels]), [0, 3, 1, 2]);
    },
  };
}
