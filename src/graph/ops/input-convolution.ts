/**
 * The first convolution of a network and its batch norm in one, without the convolution's own output or its gradient.
 *
 * Each kernel position of such a convolution sees few values, and a convolution is linear in them: mean and variance of
 * its output follow from their mean and covariance, so that the normalization goes into the kernel. The input needs no
 * gradient, and that of the kernel is a sum of products with these values, the part of the output being the kernel
 * times their covariance. Seven passes over the largest arrays of a network fall away.
 */
import type { Node } from "../graph.ts";
import type { OnnxNode } from "../onnx.ts";
import { addRaw, mapRaw, mulRaw, scaleRaw, subRaw, sumRaw } from "./arithmetic.ts";
import { convolveRaw } from "./convolution.ts";
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

export interface NormalizedConvolution {
  readonly y: Node;
  /** Of the convolution's output over batch and positions, `[O]` both. */
  readonly mean: Node;
  readonly variance: Node;
  /** Of gain `[O]` and kernel, for the gradient d of y. */
  gradients(d: Node): { gain: Node; kernel: Node };
}

/** @param shape of the output */
export function normalizeConvolution(
  { source, weight, geometry }: InputConvolution,
  shape: readonly number[],
  gain: Node,
  shift: Node,
  epsilon: number,
): NormalizedConvolution {
  const { graph } = source;
  const [outputs = 0, channels = 0, rows = 0, columns = 0] = weight.shape;
  const views = kernelViews(source, shape, geometry); // [N, values, positions]
  const [batch = 0, values = 0, positions = 0] = views.shape;
  const count = batch * positions;
  const asKernel = (flat: Node) => transposeRaw(reshapeRaw(flat, [outputs, rows, columns, channels]), [0, 3, 1, 2]);
  const perOutput = (node: Node) => reshapeRaw(node, [outputs, 1]);

  const seen = scaleRaw(sumRaw(views, [0, 2]), 1 / count);
  // Centred before squaring: pictures far from zero would leave little of the variance.
  const centred = subRaw(views, reshapeRaw(seen, [1, values, 1]));
  const covariance = sumRaw(matmulRaw(centred, centred, false, true), [0]); // [values, values], times count
  const kernel = reshapeRaw(transposeRaw(weight, [0, 2, 3, 1]), [outputs, values]);
  const spread = gemmRaw(kernel, covariance, null); // [O, values]
  const mean = sumRaw(mulRaw(kernel, reshapeRaw(seen, [1, values])), [1]);
  const variance = scaleRaw(sumRaw(mulRaw(kernel, spread), [1]), 1 / count);
  const inverse = mapRaw("Reciprocal", mapRaw("Sqrt", addRaw(variance, graph.scalar(epsilon))));
  const slope = mulRaw(gain, inverse);
  const scaled = mulRaw(weight, reshapeRaw(slope, [outputs, 1, 1, 1]));
  const offset = subRaw(shift, mulRaw(mean, slope));
  return {
    y: convolveRaw(source, scaled, offset, geometry),
    mean,
    variance,
    gradients(d) {
      const gradient = reshapeRaw(d, [batch, outputs, positions]);
      const products = sumRaw(matmulRaw(gradient, centred, false, true), [0]); // Σ d · (view − its mean): [O, values]
      const gainGradient = mulRaw(sumRaw(mulRaw(kernel, products), [1]), inverse);
      // Batch norm's gradient of its input, slope · (d − mean(d) − x̂ · mean(d · x̂)), times the views: the mean of d
      // falls away, because the views are centred.
      const along = scaleRaw(mulRaw(inverse, gainGradient), -1 / count);
      const flat = addRaw(products, mulRaw(spread, perOutput(along)));
      return { gain: gainGradient, kernel: asKernel(mulRaw(flat, perOutput(slope))) };
    },
  };
}
