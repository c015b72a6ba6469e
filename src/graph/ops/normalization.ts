/** Batch and layer normalization with their gradients. */
import type { Node } from "../graph.ts";
import { sizeOf } from "../shape.ts";
import { addRaw, mapRaw, meanRaw, mulRaw, scaleRaw, subRaw, sumRaw } from "./arithmetic.ts";
import { meanOfMaps, scaleMaps } from "./blocked-maps.ts";
import { twinOf } from "./blocks.ts";
import { channelMoments, dotPerChannel } from "./channel-sums.ts";
import { inputConvolution, normalizeConvolution } from "./input-convolution.ts";
import { reshapeRaw } from "./reshape.ts";

/** From this many positions per map on, sums of products and a scaling beat ONNX Runtime's operator, which has one thread. */
const LARGE_MAP = 64;

const otherAxes = (x: Node): number[] => x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
/** Values per channel. */
const countOf = (x: Node): number => sizeOf(otherAxes(x).map((axis) => x.shape[axis] as number));

/** Sum of a gradient over all axes but the channels; what a max pooling spread out is summed before it was spread. */
function sumOverBatch(d: Node, axes: readonly number[]): Node {
  if (twinOf(d)) return scaleRaw(sumRaw(meanOfMaps(d), [0]), sizeOf(d.shape.slice(2)));
  const producer = d.graph.producerOf(d);
  const pooled = producer?.op === "MaxUnpool" ? d.graph.named(producer.inputs[0] as string) : undefined;
  return sumRaw(pooled ?? d, axes);
}

/** y = slope · x + offset per channel, in one pass: a convolution that sees one value; ONNX Runtime adds a relu to it. */
function scaleChannels(x: Node, slope: Node, offset: Node): Node {
  if (twinOf(x)) return scaleMaps(x, slope, offset);
  const [, channels = 0, ...positions] = x.shape;
  const ones = positions.map(() => 1);
  return x.graph.one("Conv", [x, reshapeRaw(slope, [channels, 1, ...ones]), offset], x.shape, {
    kernel_shape: { ints: ones },
    group: { int: channels },
  });
}

/** @param inverse of the deviation, `[C]` */
interface BatchNormValues {
  readonly x: Node;
  readonly y: Node;
  readonly gain: Node;
  readonly bias: Node;
  readonly mean: Node;
  readonly inverse: Node;
}

function recordBatchNorm({ x, y, gain, bias, mean, inverse }: BatchNormValues): void {
  const { graph } = x;
  const [, channels = 0] = x.shape;
  const axes = otherAxes(x);
  const count = countOf(x);
  graph.record([y], [x, gain, bias], ([d]) => {
    if (!d) return [null, null, null];
    const biasGradient = sumOverBatch(d, axes);
    const products = x.shape.length > 2 ? dotPerChannel(d, x) : sumRaw(mulRaw(d, x), axes);
    const gainGradient = mulRaw(subRaw(products, mulRaw(mean, biasGradient)), inverse);
    if (!x.tracked) return [null, gainGradient, biasGradient];
    // dx = slope · (d − mean(d) − x̂ · mean(d · x̂)), gathered as slope · (d + x · b + c) with b and c per channel.
    const b = scaleRaw(mulRaw(inverse, gainGradient), -1 / count);
    const c = subRaw(scaleRaw(biasGradient, -1 / count), mulRaw(mean, b));
    const perChannel = x.shape.map((_, axis) => (axis === 1 ? channels : 1));
    const wide = (node: Node) => reshapeRaw(node, perChannel);
    const unscaled = twinOf(x) ? scaleMaps(x, b, c, d) : addRaw(d, addRaw(mulRaw(x, wide(b)), wide(c)));
    // The scale comes last: a convolution before takes it into its kernel (see `withoutScale`).
    return [mulRaw(unscaled, wide(mulRaw(gain, inverse))), gainGradient, biasGradient];
  });
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
  const first = inputConvolution(x);
  if (first) {
    const { y, mean, variance, gradients } = normalizeConvolution(first, x.shape, gain, bias, epsilon);
    graph.record([y], [gain, bias, first.weight], ([d]) => {
      if (!d) return [null, null, null];
      const { gain: gainGradient, kernel } = gradients(d);
      return [gainGradient, sumOverBatch(d, otherAxes(x)), kernel];
    });
    return { y, mean, variance };
  }
  const large = sizeOf(x.shape.slice(2)) >= LARGE_MAP && x.shape.length > 2;
  if (graph.mode === "train" && (large || twinOf(x))) {
    const { mean, variance } = channelMoments(x);
    const inverse = mapRaw("Reciprocal", mapRaw("Sqrt", addRaw(variance, graph.scalar(epsilon))));
    const slope = mulRaw(gain, inverse);
    const y = scaleChannels(x, slope, subRaw(bias, mulRaw(mean, slope)));
    recordBatchNorm({ x, y, gain, bias, mean, inverse });
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
  const inverse = mapRaw("Reciprocal", mapRaw("Sqrt", addRaw(variance, graph.scalar(epsilon))));
  recordBatchNorm({ x, y, gain, bias, mean, inverse });
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
