/**
 * Convolution on channels in blocks: `[N, C, H, W]` becomes `[N, C / block, H, W, block]`, one block of channels filling
 * a vector register, and the kernel is applied directly, without unfolding the picture into a matrix.
 *
 * ONNX Runtime rewrites models with constant kernels into these operators of its own; a kernel that trains is never
 * constant, so here they are written into the graph. A fifth faster than `Conv`, rearranging included. Which block the
 * processor wants, and whether the runtime has these operators at all, `findChannelBlock` tries out.
 */
import type { Node } from "../graph.ts";
import type { ConvolutionGeometry } from "./geometry.ts";
import { reshapeRaw, transposeRaw } from "./reshape.ts";

/** Whether the channels come in whole blocks, and the kernel sees more than one position (else a product is faster). */
export function fitsBlocks(block: number, inputs: number, outputs: number, geometry: ConvolutionGeometry): boolean {
  const { kernel, groups } = geometry;
  return block > 0 && groups === 1 && inputs % block === 0 && outputs % block === 0 && kernel[0] * kernel[1] > 1;
}

/**
 * @param x `[N, C, H, W]`
 * @param kernel `[O, C, rows, columns]`; with `turned`, `[C, O, rows, columns]`
 * @param shape of what is returned, `[N, O, H', W']`
 */
export function convolveBlocked(
  x: Node,
  kernel: Node,
  bias: Node | null,
  shape: readonly number[],
  attributes: Parameters<Node["graph"]["one"]>[3],
  turned = false,
): Node {
  const { graph } = x;
  const block = graph.channelBlock;
  const [first = 0, second = 0, rows = 0, columns = 0] = kernel.shape;
  const split = reshapeRaw(kernel, [first / block, block, second / block, block, rows, columns]);
  // Blocks of outputs, blocks of inputs, rows, columns, inputs in the block, outputs in the block.
  const blocked = transposeRaw(split, turned ? [2, 0, 4, 5, 1, 3] : [0, 2, 4, 5, 3, 1]);
  const [outputs, inputs] = turned ? [second, first] : [first, second];
  const inBlocks = graph.one("ReorderInput", [x], x.shape);
  const laidOut = reshapeRaw(blocked, [outputs, inputs, rows, columns]);
  const y = graph.one("BlockedConv", bias ? [inBlocks, laidOut, bias] : [inBlocks, laidOut], shape, attributes);
  return graph.one("ReorderOutput", [y], shape, { channels: { int: outputs } });
}
