/** Batch and layer normalization with their gradients. */
import type { Node } from "../graph.ts";
import { addRaw, mapRaw, meanRaw, mulRaw, scaleRaw, subRaw, sumRaw } from "./arithmetic.ts";
import { inputConvolution, normalizeConvolution } from "./input-convolution.ts";
import { reshapeRaw } from "./reshape.ts";

/** Sum of a gradient over all axes but the channels; what a max pooling spread out is summed before it was spread. */
function sumOverBatch(d: Node, axes: readonly number[]): Node {
  const producer = d.graph.producerOf(d);
  const pooled = producer?.op === "MaxUnpool" ? d.graph.named(producer.inputs[0] as string) : undefined;
  return sumRaw(pooled ?? d, axes);
}

/**
 * Normalizes each channel (axis 1) by the statistics of the batch (Ioffe & Szegedy 2015).
 *
 * @returns the normalized values, and mean and (biased) variance of the batch per channel
 */
export function batchNormalize(
  x: Node,
  gain: Node,
  bias: Node,
  epsilon: number,
): { y: Node; mean: Node; variance: Node } {
  const { graph } = x;
  const [, channels = 0] = x.shape;
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const count = axes.reduce((product, axis) => product * (x.shape[axis] as number), 1);
  const first = inputConvolution(x);
  if (first) {
    const { y, mean, variance, gradients } = normalizeConvolution(first, x.shape, gain, bias, epsilon);
    graph.record([y], [gain, bias, first.weight], ([d]) => {
      if (!d) return [null, null, null];
      const { gain: gainGradient, kernel } = gradients(d);
      return [gainGradient, sumOverBatch(d, axes), kernel];
    });
    return { y, mean, variance };
  }
  // The operator writes running statistics over these two, so each layer needs its own. The values differ from layer to
  // layer because ONNX Runtime merges equal small constants; momentum 0 keeps the batch's statistics whatever they are.
  const own = (sign: number) => new Float32Array(channels).fill(sign * (graph.tape.length + Math.SQRT1_2));
  const [y, mean, variance] = graph.emit(
    "BatchNormalization",
    [x, gain, bias, graph.constant(own(-1), [channels]), graph.constant(own(1), [channels])],
    [{ shape: x.shape }, { shape: [channels] }, { shape: [channels] }],
    { training_mode: { int: 1 }, momentum: { float: 0 }, epsilon: { float: epsilon } },
  ) as [Node, Node, Node];
  graph.record([y], [x, gain, bias], ([d]) => {
    if (!d) return [null, null, null];
    const inverse = mapRaw("Reciprocal", mapRaw("Sqrt", addRaw(variance, graph.scalar(epsilon))));
    const slope = mulRaw(gain, inverse);
    const biasGradient = sumOverBatch(d, axes);
    const products = sumRaw(mulRaw(d, x), axes);
    const gainGradient = mulRaw(subRaw(products, mulRaw(mean, biasGradient)), inverse);
    if (!x.tracked) return [null, gainGradient, biasGradient];
    // dx = slope · (d − mean(d) − x̂ · mean(d · x̂)), gathered as slope · (d + x · b + c) with b and c per channel.
    const b = scaleRaw(mulRaw(inverse, gainGradient), -1 / count);
    const c = subRaw(scaleRaw(biasGradient, -1 / count), mulRaw(mean, b));
    const perChannel = x.shape.map((_, axis) => (axis === 1 ? channels : 1));
    const wide = (node: Node) => reshapeRaw(node, perChannel);
    const unscaled = addRaw(d, addRaw(mulRaw(x, wide(b)), wide(c)));
    // The scale comes last: a convolution before takes it into its kernel (see `withoutScale`).
    return [mulRaw(unscaled, wide(slope)), gainGradient, biasGradient];
  });
  return { y, mean, variance };
}

/** Normalizes the last axis of each row (Ba et al. 2016). */
export function layerNormalize(x: Node, gain: Node, bias: Node, epsilon: number): Node {
  const { graph } = x;
  const rows = [...x.shape.slice(0, -1), 1];
  const [y, mean, inverse] = graph.emit(
    "LayerNormalization",
    [x, gain, bias],
    [{ shape: x.shape }, { shape: rows }, { shape: rows }],
    { axis: { int: -1 }, epsilon: { float: epsilon } },
  ) as [Node, Node, Node];
  graph.record([y], [x, gain, bias], ([d]) => {
    if (!d) return [null, null, null];
    const leading = x.shape.slice(0, -1).map((_, axis) => axis);
    const normalized = mulRaw(subRaw(x, mean), inverse);
    const gainGradient = sumRaw(mulRaw(d, normalized), leading);
    const biasGradient = sumRaw(d, leading);
    if (!x.tracked) return [null, gainGradient, biasGradient];
    const inner = mulRaw(d, gain);
    const centre = meanRaw(inner, [-1], true);
    const along = meanRaw(mulRaw(inner, normalized), [-1], true);
    return [mulRaw(inverse, subRaw(subRaw(inner, centre), mulRaw(normalized, along))), gainGradient, biasGradient];
  });
  return y;
}
