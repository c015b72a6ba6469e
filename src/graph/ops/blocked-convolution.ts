/**
 * Convolution on channels in blocks: `[N, C, H, W]` becomes `[N, C / block, H, W, block]`, one block of channels filling
 * a vector register, and the kernel is applied directly, without unfolding the picture into a matrix.
 *
 * ONNX Runtime rewrites models with constant kernels into these operators of its own; a kernel that trains is never
 * constant, so here they are written into the graph. A fifth faster than `Conv`, rearranging included. Which block the
 * processor wants, and whether the runtime has these operators at all, `findChannelBlock` tries out.
 */
import type { Node } from "../graph.ts";
import { sizeOf } from "../shape.ts";
import { inBlocks, outOfBlocks } from "./blocks.ts";
import type { ConvolutionGeometry } from "./geometry.ts";
import { reshapeRaw, transposeRaw } from "./reshape.ts";

/** Whether the channels come in whole blocks, and the kernel sees more than one position (else a product is faster). */
export function convolvesBlocked(
  block: number,
  inputs: number,
  outputs: number,
  geometry: ConvolutionGeometry,
): boolean {
  const { kernel, groups } = geometry;
  return block > 0 && groups === 1 && inputs % block === 0 && outputs % block === 0 && kernel[0] * kernel[1] > 1;
}

/**
 * A kernel laid out for blocks: blocks of outputs, blocks of inputs, positions, inputs in the block, outputs in the
 * block. Two transpositions that each move one axis or whole blocks are several times as fast as a single one.
 *
 * @param kernel `[O, C, rows, columns]`
 */
function laidOut(kernel: Node): Node {
  const { graph } = kernel;
  const block = graph.channelBlock;
  const [outputs = 0, inputs = 0, rows = 0, columns = 0] = kernel.shape;
  const values = inputs * rows * columns;
  const inFront = reshapeRaw(kernel, [outputs / block, block, values]);
  const split = [outputs / block, inputs / block, block, rows * columns, block];
  const perPosition = transposeRaw(reshapeRaw(transposeRaw(inFront, [0, 2, 1]), split), [0, 1, 3, 2, 4]);
  return reshapeRaw(perPosition, kernel.shape);
}

/** The same for the convolution back to the input: outputs and inputs change places, positions run backwards. */
function laidOutTurned(kernel: Node): Node {
  const { graph } = kernel;
  const block = graph.channelBlock;
  const [outputs = 0, inputs = 0, rows = 0, columns = 0] = kernel.shape;
  const [maps, positions] = [outputs * inputs, rows * columns];
  const inFront = transposeRaw(reshapeRaw(kernel, [maps, positions]), [1, 0]);
  const backwards = graph.integers(Array.from({ length: positions }, (_, at) => positions - 1 - at));
  const turned = graph.one("Gather", [inFront, backwards], [positions, maps], { axis: { int: 0 } });
  const split = reshapeRaw(turned, [positions, outputs / block, block, inputs / block, block]);
  return reshapeRaw(transposeRaw(split, [3, 1, 0, 2, 4]), [inputs, outputs, rows, columns]);
}

/**
 * @param x `[N, C, H, W]`
 * @param kernel `[O, C, rows, columns]`; with `turned`, `[C, O, rows, columns]`, its positions running backwards
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
  const inputs = [inBlocks(x), turned ? laidOutTurned(kernel) : laidOut(kernel), ...(bias ? [bias] : [])];
  return outOfBlocks(x.graph.one("BlockedConv", inputs, shape, attributes));
}

/**
 * Convolution of a picture with fewer channels than a block holds, to outputs in blocks. The picture stays plain.
 *
 * @param x `[N, C, H, W]`
 * @param kernel `[O, C, rows, columns]`, O in whole blocks
 */
export function convolveIntoBlocks(
  x: Node,
  kernel: Node,
  bias: Node,
  shape: readonly number[],
  attributes: Parameters<Node["graph"]["one"]>[3],
): Node {
  const block = x.graph.channelBlock;
  const [outputs = 0] = kernel.shape;
  const inFront = reshapeRaw(kernel, [outputs / block, block, sizeOf(kernel.shape.slice(1))]);
  const laid = reshapeRaw(transposeRaw(inFront, [0, 2, 1]), kernel.shape);
  return outOfBlocks(x.graph.one("BlockedConv", [x, laid, bias], shape, attributes));
}
