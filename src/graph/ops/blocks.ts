/**
 * Values with their channels in blocks: `[N, C, H, W]` lies in memory as `[N, C / block, H, W, block]`, one block of
 * channels filling a vector register. What ONNX Runtime computes on this layout takes a half to a tenth of the time.
 *
 * A node stands for the plain layout. One that was computed in blocks has a twin, and is itself only the twin put back in
 * order; operators that can work in blocks take the twin, and where all readers do, putting back is left out of the
 * model. So a whole chain of layers stays in blocks and no layer needs to know. The shape of a twin is that of its node;
 * nothing but its layout differs.
 */
import type { Graph, Node } from "../graph.ts";
import { type Shape, sameShape } from "../shape.ts";
import { padRaw, reshapeRaw } from "./reshape.ts";

/** By the name of the plain node. */
const twins = new WeakMap<Graph, Map<string, Node>>();

/** Whether values of this shape can lie in blocks in this graph: whole blocks of channels of a picture. */
export function fitsBlocks(graph: Graph, shape: Shape): boolean {
  const block = graph.channelBlock;
  return block > 0 && shape.length === 4 && (shape[1] as number) > 0 && (shape[1] as number) % block === 0;
}

/** x in blocks, if it was computed or already needed so. */
export function twinOf(x: Node): Node | undefined {
  return twins.get(x.graph)?.get(x.name);
}

function pairUp(plain: Node, twin: Node): void {
  const known = twins.get(plain.graph) ?? new Map<string, Node>();
  known.set(plain.name, twin);
  twins.set(plain.graph, known);
}

/** x in blocks, rearranged if it has no twin yet. Its shape must fit. */
export function inBlocks(x: Node): Node {
  const known = twinOf(x);
  if (known) return known;
  const twin = x.graph.one("ReorderInput", [x], x.shape);
  pairUp(x, twin);
  return twin;
}

/** The plain node of what was computed in blocks. */
export function outOfBlocks(twin: Node): Node {
  const plain = twin.graph.one("ReorderOutput", [twin], twin.shape, { channels: { int: twin.shape[1] as number } });
  pairUp(plain, twin);
  return plain;
}

/** A twin with zeros added at the top, left, bottom and right; negative numbers crop. */
export function padTwin(twin: Node, [top, left, bottom, right]: readonly [number, number, number, number]): Node {
  const [batch = 0, channels = 0, height = 0, width = 0] = twin.shape;
  const block = twin.graph.channelBlock;
  const apart = reshapeRaw(twin, [(batch * channels) / block, height, width, block]);
  const padded = padRaw(apart, [0, top, left, 0], [0, bottom, right, 0]);
  return reshapeRaw(padded, [batch, channels, height + top + bottom, width + left + right]);
}

/** An operator that treats every value alike, whatever the layout: in blocks if one of its inputs lies in blocks. */
export function alike(
  op: string,
  inputs: readonly [Node, ...Node[]],
  shape: Shape,
  attributes?: Parameters<Graph["one"]>[3],
): Node {
  const { graph } = inputs[0];
  const chained = inputs.some(twinOf) && inputs.every((input) => sameShape(input.shape, shape));
  return chained
    ? outOfBlocks(graph.one(op, inputs.map(inBlocks), shape, attributes))
    : graph.one(op, inputs, shape, attributes);
}
