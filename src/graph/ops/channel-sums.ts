/** Sums per channel (axis 1) over batch and positions, without an array of products in between. */
import type { Node } from "../graph.ts";
import { sizeOf } from "../shape.ts";
import { addRaw, combine, meanRaw, mulRaw, scaleRaw, subRaw, sumRaw } from "./arithmetic.ts";
import { dotOfMaps, meanOfMaps } from "./blocked-maps.ts";
import { twinOf } from "./blocks.ts";
import { matmulRaw } from "./matmul.ts";
import { reshapeRaw } from "./reshape.ts";

/** Σ a · b over the positions of each picture and channel, `[N, C]`: a dot product each, so that no array is written. */
function dotPerMap(a: Node, b: Node): Node {
  if (twinOf(a) || twinOf(b)) return dotOfMaps(a, b);
  const [batch = 0, channels = 0, ...positions] = a.shape;
  const row = (node: Node) => reshapeRaw(node, [batch * channels, 1, sizeOf(positions)]);
  return reshapeRaw(matmulRaw(row(a), row(b), false, true), [batch, channels]);
}

/** Σ a · b over batch and positions: `[N, C, ...]` twice → `[C]`. */
export function dotPerChannel(a: Node, b: Node): Node {
  return sumRaw(dotPerMap(a, b), [0]);
}

/**
 * Mean and (biased) variance over batch and positions: `[N, C, ...]` → `[C]` both.
 *
 * The variance is that within each map, from its sum of squares, plus that of the maps' means (Chan et al. 1983): what
 * cancels in float32 is only a map's own mean, so values may lie some hundred deviations away from zero.
 */
export function channelMoments(x: Node): { mean: Node; variance: Node } {
  const { graph } = x;
  const positions = x.shape.slice(2);
  const share = 1 / sizeOf(positions);
  const inMap = positions.map((_, axis) => axis + 2);
  const means = twinOf(x) ? meanOfMaps(x) : scaleRaw(sumRaw(x, inMap), share); // [N, C]
  const mean = meanRaw(means, [0]);
  const apart = subRaw(means, mean);
  const within = subRaw(scaleRaw(dotPerMap(x, x), share), mulRaw(means, means));
  const variance = meanRaw(addRaw(combine("Max", within, graph.scalar(0)), mulRaw(apart, apart)), [0]);
  return { mean, variance };
}
