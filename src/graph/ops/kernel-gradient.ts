/**
 * Gradient of a convolution kernel, made of matrix products or of a convolution whose roles are exchanged.
 *
 * dW[o, c, i, j] = Σ d[o, r, q] · x[c, r + i, q + j] over all output positions (r, q) and the batch. Four ways, each
 * measured to be the fastest where it is taken:
 *
 * - stride 1: the gradient is stacked in one shift per kernel row, x is shifted once per kernel column. One product
 *   per column then covers all rows: R + C shifted copies in place of R · C, and matrices R times as tall. The batch
 *   is worked off in pieces that stay in the processor's cache.
 * - stride 1, small pictures: the same shifts with the channels in front, so that the whole batch is one long product.
 * - the same where batch and outputs come in whole blocks: a blocked convolution, with the gradient as its kernel.
 * - strides or few channels: one strided view of x per kernel position.
 */
import type { Node } from "../graph.ts";
import { mulRaw, sumRaw } from "./arithmetic.ts";
import { fitsBlocks, inBlocks, outOfBlocks, padTwin } from "./blocks.ts";
import type { ConvolutionGeometry } from "./geometry.ts";
import { gemmRaw, matmulRaw } from "./matmul.ts";
import { concatRaw, padRaw, reshapeRaw, sliceRaw, transposeRaw } from "./reshape.ts";

/** Below this many channels the shifted copies of x are small: one product over all of them beats one per tap. */
const FEW_CHANNELS = 16;
/** Below this many positions per picture a product per picture is too short. */
const SHORT = 512;
/** Up to so many positions a picture of the gradient is a kernel that stays in the processor's cache. */
const SMALL = 300;
/** Bytes of shifted copies per piece of the batch. */
const PIECE_BYTES = 8 * 2 ** 20;
/** Up to so many bytes two pictures are a piece even if they are more than that. */
const PAIR_BYTES = 32 * 2 ** 20;

/** The window of x that one kernel position sees: `[N, C, rows, columns]`, from a padded row and column on. */
function seenBy(x: Node, output: readonly number[], geometry: ConvolutionGeometry, row: number, column: number): Node {
  const { stride, pads } = geometry;
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const [, , rows = 0, columns = 0] = output;
  const [down, right] = [(rows - 1) * stride[0] + 1, (columns - 1) * stride[1] + 1];
  // Padding may be negative, which crops.
  const [above, before] = [pads[0] - row, pads[1] - column];
  const window = padRaw(x, [0, 0, above, before], [0, 0, down - height - above, right - width - before]);
  if (stride[0] === 1 && stride[1] === 1) return window;
  const { graph } = x;
  return graph.one(
    "Slice",
    [window, graph.integers([0, 0]), graph.integers([down, right]), graph.integers([2, 3]), graph.integers(stride)],
    [batch, channels, rows, columns],
  );
}

/**
 * What all kernel positions see, one after the other: `[N, kernel positions · C, output positions]`. One group.
 *
 * @param output shape of the convolution's output
 */
export function kernelViews(x: Node, output: readonly number[], geometry: ConvolutionGeometry): Node {
  const [batch = 0, channels = 0] = x.shape;
  const [, , rows = 0, columns = 0] = output;
  const taps: Node[] = [];
  for (let row = 0; row < geometry.kernel[0]; row++) {
    for (let column = 0; column < geometry.kernel[1]; column++) {
      taps.push(reshapeRaw(seenBy(x, output, geometry, row, column), [batch, channels, rows * columns]));
    }
  }
  return concatRaw(taps, 1);
}

/** One view of x per kernel position; the gradient of the output as it is. */
function tapByTap(x: Node, weight: Node, d: Node, geometry: ConvolutionGeometry): Node {
  const { kernel, groups } = geometry;
  const [batch = 0, channels = 0] = x.shape;
  const [outputs = 0, perGroup = 0] = weight.shape;
  const [, , rows = 0, columns = 0] = d.shape;
  const length = rows * columns;
  const taps: Node[] = [];
  for (let row = 0; row < kernel[0]; row++) {
    for (let column = 0; column < kernel[1]; column++) taps.push(seenBy(x, d.shape, geometry, row, column));
  }
  if (groups === channels && outputs === channels) {
    const sums = taps.map((tap) => reshapeRaw(sumRaw(mulRaw(d, tap), [0, 2, 3]), [outputs, 1, 1]));
    return reshapeRaw(concatRaw(sums, 2), weight.shape);
  }
  const grouped = (node: Node) => reshapeRaw(node, [batch, groups, (node.shape[1] as number) / groups, length]);
  const gradient = grouped(d);
  if (perGroup < FEW_CHANNELS) {
    const all = concatRaw(taps.map(grouped), 2);
    const product = sumRaw(matmulRaw(gradient, all, false, true), [0]);
    return reshapeRaw(transposeRaw(reshapeRaw(product, [outputs, taps.length, perGroup]), [0, 2, 1]), weight.shape);
  }
  const products = taps.map((tap) => {
    const product = sumRaw(matmulRaw(gradient, grouped(tap), false, true), [0]);
    return reshapeRaw(product, [outputs, perGroup, 1]);
  });
  return reshapeRaw(concatRaw(products, 2), weight.shape);
}

/** Pictures whose rows follow each other: `[a, b, height · width]`. */
interface Runs {
  readonly values: Node;
  readonly height: number;
  readonly width: number;
}

function runsOf(pictures: Node): Runs {
  const [first = 0, second = 0, height = 0, width = 0] = pictures.shape;
  return { values: reshapeRaw(pictures, [first, second, height * width]), height, width };
}

/** What one kernel column sees in all padded rows, row after row: `[a, b, padded rows · columns]`. */
function shiftedColumn(x: Runs, columns: number, geometry: ConvolutionGeometry, column: number): Node {
  const parts = shiftedParts(x, columns, geometry, column);
  return parts.length === 1 ? (parts[0] as Node) : concatRaw(parts, 2);
}

/**
 * The same as parts that follow each other along the last axis, so that what puts columns together copies only once.
 *
 * If the width stays the same, this is x shifted by a few positions as one run per picture, once the values that would
 * wrap around to the next row are cleared: much faster than row by row.
 */
function shiftedParts(x: Runs, columns: number, { pads }: ConvolutionGeometry, column: number): Node[] {
  const { values, height, width } = x;
  const { graph } = values;
  const [first = 0, second = 0] = values.shape;
  const [top, left, bottom] = pads;
  const shift = column - left;
  const rows = height + top + bottom;
  const [before, after] = [top * width - shift, bottom * width + shift];
  if (columns !== width || before < 0 || after < 0) {
    const pictures = reshapeRaw(values, [first, second, height, width]);
    const seen = padRaw(pictures, [0, 0, top, -shift], [0, 0, bottom, columns - width + shift]);
    return [reshapeRaw(seen, [first, second, rows * columns])];
  }
  const zeros = (count: number) => (count > 0 ? [graph.scalar(0, [first, second, count])] : []);
  return [...zeros(before), withoutEdge(x, shift), ...zeros(after)];
}

/** x with its first `shift` columns cleared, or its last ones if `shift` is negative. */
function withoutEdge({ values, height, width }: Runs, shift: number): Node {
  if (shift === 0) return values;
  const mask = Float32Array.from({ length: height * width }, (_, at) => {
    const column = at % width;
    return column < shift || column >= width + shift ? 0 : 1;
  });
  return mulRaw(values, values.graph.constant(mask, [height * width]));
}

/**
 * d once per kernel row, each time one row lower among `kernelRows - 1` empty rows.
 *
 * @param shape what holds `[a, b · kernelRows, (height + kernelRows - 1) · width]`
 */
function stackedRows({ values, width }: Runs, kernelRows: number, shape: readonly number[]): Node {
  const [first = 0, second = 0] = values.shape;
  // d, and below it kernelRows empty rows, again and again: cut every `length` positions, each cut is one row lower.
  const gap = values.graph.scalar(0, [first, second, kernelRows * width]);
  const stack = Array.from({ length: 2 * kernelRows - 1 }, (_, index) => (index % 2 === 0 ? values : gap));
  return reshapeRaw(concatRaw(stack, 2), shape);
}

function total(parts: readonly Node[]): Node {
  const [head] = parts as [Node];
  return parts.length === 1 ? head : head.graph.one("Sum", parts, head.shape);
}

/** Stride 1: products of the stacked gradient and the shifted columns, piece by piece. */
function stacked(x: Node, weight: Node, d: Node, geometry: ConvolutionGeometry): Node {
  const { kernel, groups } = geometry;
  const [kernelRows, kernelColumns] = kernel;
  const [outputs = 0, perGroup = 0] = weight.shape;
  const [batch = 0, channels = 0] = x.shape;
  const [, , rows = 0, columns = 0] = d.shape;
  const length = (rows + kernelRows - 1) * columns;
  const copies = kernelRows * kernelColumns > 1;
  const pictureBytes = 4 * length * (2 * kernelColumns * channels + (kernelRows + 1) * outputs);
  // Each picture is a product of its own: with an odd number of them a second thread waits.
  const pairs = Math.max(1, Math.floor(PIECE_BYTES / pictureBytes / 2));
  const even = 2 * pictureBytes <= PAIR_BYTES ? 2 * pairs : 1;
  const size = copies ? even : batch;
  const products: Node[] = [];
  // Joined before the batch is cut into pieces, so that no piece needs reshaping.
  const [all, allOfD] = [runsOf(x), runsOf(d)];
  for (let start = 0; start < batch; start += size) {
    const end = Math.min(batch, start + size);
    const count = end - start;
    const piece = (whole: Runs): Runs =>
      count === batch ? whole : { ...whole, values: sliceRaw(whole.values, 0, start, end) };
    const [seen, gradient] = [piece(all), piece(allOfD)];
    const shifted = Array.from({ length: kernelColumns }, (_, column) =>
      shiftedParts(seen, columns, geometry, column),
    ).flat();
    const left = stackedRows(gradient, kernelRows, [count, groups, (outputs / groups) * kernelRows, length]);
    const right = reshapeRaw(concatRaw(shifted, 2), [count, groups, perGroup * kernelColumns, length]);
    products.push(sumRaw(matmulRaw(left, right, false, true), [0]));
  }
  const product = reshapeRaw(total(products), [outputs, kernelRows, perGroup, kernelColumns]);
  return transposeRaw(product, [0, 2, 1, 3]);
}

/** Stride 1, one group: channels in front, the whole batch in one product per kernel position. */
function wholeBatch(x: Node, weight: Node, d: Node, geometry: ConvolutionGeometry): Node {
  const [kernelRows, kernelColumns] = geometry.kernel;
  const [outputs = 0, channels = 0] = weight.shape;
  const [batch = 0] = x.shape;
  const [, , rows = 0, columns = 0] = d.shape;
  const length = batch * (rows + kernelRows - 1) * columns;
  const [inFront, gradient] = [transposeRaw(x, [1, 0, 2, 3]), transposeRaw(d, [1, 0, 2, 3])];
  const seen = Array.from({ length: kernelColumns }, (_, column) =>
    reshapeRaw(shiftedColumn(runsOf(inFront), columns, geometry, column), [channels, length]),
  );
  const empty = (count: number) => (count > 0 ? [x.graph.scalar(0, [outputs, batch, count, columns])] : []);
  const products: Node[] = [];
  for (let row = 0; row < kernelRows; row++) {
    const lowered = concatRaw([...empty(row), gradient, ...empty(kernelRows - 1 - row)], 2);
    const left = reshapeRaw(lowered, [outputs, length]);
    for (const right of seen)
      products.push(reshapeRaw(gemmRaw(left, right, null, false, true), [outputs, channels, 1]));
  }
  return reshapeRaw(concatRaw(products, 2), weight.shape);
}

/**
 * Stride 1, one group, both sides in blocks: a convolution whose roles are exchanged. Channels of x are its batch, pictures
 * its channels, and the gradient of the output is its kernel, so that what it gives is as small as a kernel.
 *
 * @param x `[N, C, H, W]`
 * @param d `[N, O, H', W']`, the kernel there
 * @returns `[O, C, rows, columns]`
 */
function exchanged(x: Node, weight: Node, d: Node, { kernel, pads }: ConvolutionGeometry): Node {
  const { graph } = x;
  const block = graph.channelBlock;
  const [outputs = 0, channels = 0] = weight.shape;
  const [batch = 0, , rows = 0, columns = 0] = d.shape;
  const picture = padTwin(inBlocks(transposeRaw(x, [1, 0, 2, 3])), pads);
  const apart = reshapeRaw(inBlocks(d), [batch / block, block, outputs / block, rows * columns, block]);
  const asKernel = reshapeRaw(transposeRaw(apart, [2, 0, 3, 1, 4]), [outputs, batch, rows, columns]);
  const shape = [channels, outputs, ...kernel];
  const gradient = graph.one("BlockedConv", [picture, asKernel], shape, {
    kernel_shape: { ints: [rows, columns] },
  });
  return transposeRaw(outOfBlocks(gradient), [1, 0, 2, 3]);
}

/** Gradient of the kernel, in the shape of `weight`, given that of the output. */
export function kernelGradient(x: Node, weight: Node, d: Node, geometry: ConvolutionGeometry): Node {
  const { stride, groups, kernel } = geometry;
  const [outputs = 0, perGroup = 0] = weight.shape;
  const depthwise = perGroup === 1 && groups === outputs;
  const straight = stride[0] === 1 && stride[1] === 1;
  if (!straight || perGroup < FEW_CHANNELS || depthwise) return tapByTap(x, weight, d, geometry);
  const [, , rows = 0, columns = 0] = d.shape;
  const whole = fitsBlocks(x.graph, [1, x.shape[0] as number, 1, 1]) && fitsBlocks(x.graph, d.shape);
  if (whole && groups === 1 && rows * columns <= SMALL && kernel[1] > 1) return exchanged(x, weight, d, geometry);
  const short = (rows + kernel[0] - 1) * columns < SHORT;
  return short && groups === 1 ? wholeBatch(x, weight, d, geometry) : stacked(x, weight, d, geometry);
}
