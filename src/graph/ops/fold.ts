/** Folds an inference-time batch norm into the weights of the operator before it. */
import type { Node } from "../graph.ts";

export interface BatchNormConstants {
  readonly gain: Node;
  readonly bias: Node;
  readonly mean: Node;
  readonly variance: Node;
  readonly epsilon: number;
}

function constants(normal: BatchNormConstants): { slope: Float32Array; offset: Float32Array } {
  const read = (node: Node) => node.graph.valueOf(node) as Float32Array;
  const [gain, bias, mean, variance] = [normal.gain, normal.bias, normal.mean, normal.variance].map(read) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const slope = gain.map((value, channel) => value / Math.sqrt((variance[channel] as number) + normal.epsilon));
  const offset = bias.map((value, channel) => value - (mean[channel] as number) * (slope[channel] as number));
  return { slope, offset };
}

/**
 * y = slope · x + offset per channel. If a convolution or a matrix product with constant weights made x, a copy of it
 * with scaled weights takes its place (the first one is dropped from the model when nothing else uses it).
 */
export function foldIntoProducer(x: Node, normal: BatchNormConstants): Node {
  const { graph } = x;
  const { slope, offset } = constants(normal);
  const channels = slope.length;
  const producer = graph.producerOf(x);
  const weights = producer && graph.named(producer.inputs[1] ?? "");
  const data = weights && graph.valueOf(weights);
  const foldable = producer?.op === "Conv" || (producer?.op === "Gemm" && x.shape.length === 2);
  if (producer === undefined || weights === undefined || data === undefined || !foldable) {
    const wide = x.shape.map((_, axis) => (axis === 1 ? channels : 1));
    const scaled = graph.one("Mul", [x, graph.constant(slope, wide)], x.shape);
    return graph.one("Add", [scaled, graph.constant(offset, wide)], x.shape);
  }
  // A kernel is [out, ...]; a matrix is [in, out].
  const perUnit = producer.op === "Conv" ? data.length / channels : 1;
  const scaled = data.map((value, index) => value * (slope[Math.floor(index / perUnit) % channels] as number));
  const before = producer.inputs[2] ? graph.valueOf(graph.named(producer.inputs[2]) as Node) : undefined;
  const bias = offset.map((value, channel) => value + (before?.[channel] ?? 0) * (slope[channel] as number));
  const source = graph.named(producer.inputs[0] as string) as Node;
  const inputs = [source, graph.constant(scaled, weights.shape), graph.constant(bias, [channels])];
  return graph.one(producer.op, inputs, x.shape, producer.attributes);
}
