/**
 * What batch norm and pooling need of maps whose channels lie in blocks, each in one pass and on all threads.
 *
 * A depthwise convolution does most of it. With a kernel of one position it scales and shifts each channel. With one as
 * large as the map it is a dot product of two maps, once every map of the batch counts as a channel of its own.
 */
import type { Node } from "../graph.ts";
import { inBlocks, outOfBlocks, padTwin, twinOf } from "./blocks.ts";
import { reshapeRaw } from "./reshape.ts";

/** slope · x + offset (+ added) per channel, slope and offset `[C]`: `[N, C, H, W]` → the same. */
export function scaleMaps(x: Node, slope: Node, offset: Node, added: Node | null = null): Node {
  const [, channels = 0] = x.shape;
  const inputs = [inBlocks(x), reshapeRaw(slope, [channels, 1, 1, 1]), offset, ...(added ? [inBlocks(added)] : [])];
  const attributes = { kernel_shape: { ints: [1, 1] }, group: { int: channels } };
  return outOfBlocks(x.graph.one("BlockedConv", inputs, x.shape, attributes));
}

/** max(0, x) in the same pass, if x was just made by `scaleMaps`. */
export function rectifiedScale(x: Node): Node | undefined {
  const { graph } = x;
  const twin = twinOf(x);
  const producer = twin && graph.producerOf(twin);
  const group = producer?.attributes?.group;
  const scales = producer?.op === "Conv" && group !== undefined && "int" in group && group.int === x.shape[1];
  if (!scales) return undefined;
  const inputs = producer.inputs.map((name) => graph.named(name) as Node);
  return outOfBlocks(
    graph.one("BlockedConv", inputs, x.shape, { ...producer.attributes, activation: { string: "Relu" } }),
  );
}

/** Mean of each map: `[N, C, H, W]` → `[N, C]`. */
export function meanOfMaps(x: Node): Node {
  const [batch = 0, channels = 0] = x.shape;
  // One position per map: blocks of channels and plain channels are the same.
  return reshapeRaw(x.graph.one("BlockedGlobalAveragePool", [inBlocks(x)], [batch, channels, 1, 1]), [batch, channels]);
}

/** Σ a · b of each map: `[N, C, H, W]` twice → `[N, C]`. */
export function dotOfMaps(a: Node, b: Node): Node {
  const [batch = 0, channels = 0, height = 0, width = 0] = a.shape;
  const maps = batch * channels;
  const picture = reshapeRaw(inBlocks(a), [1, maps, height, width]);
  const kernel = reshapeRaw(inBlocks(b), [maps, 1, height, width]);
  const attributes = { kernel_shape: { ints: [height, width] }, group: { int: maps } };
  return reshapeRaw(a.graph.one("BlockedConv", [picture, kernel], [1, maps, 1, 1], attributes), [batch, channels]);
}

/** Windows side by side, of as many rows and columns each. */
export interface Tiles {
  readonly rows: number;
  readonly columns: number;
}

/** Largest value of each tile; what is left over at the bottom and on the right is not seen. */
export function maximaOfTiles(x: Node, { rows, columns }: Tiles): Node {
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const shape = [batch, channels, Math.floor(height / rows), Math.floor(width / columns)];
  const attributes = { kernel_shape: { ints: [rows, columns] }, strides: { ints: [rows, columns] } };
  return outOfBlocks(x.graph.one("BlockedMaxPool", [inBlocks(x)], shape, attributes));
}

/** Rows of tiles as `[maps in blocks, tiles down, rows of a tile, values in a row]`, for what broadcasts over the rows of a tile. */
function inRows(x: Node, down: number, rows: number): Node {
  const block = x.graph.channelBlock;
  const [batch = 0, channels = 0, , width = 0] = x.shape;
  return reshapeRaw(x, [(batch * channels) / block, down, rows, width * block]);
}

/**
 * Gradient of `maximaOfTiles`: all of a tile's goes where its maximum is. Equal maxima share it evenly, which is a
 * subgradient as good as giving it to the first.
 *
 * @param x `[N, C, H, W]`
 * @param maxima of the tiles of x, `[N, C, tiles down, tiles across]`
 * @param d gradient of the maxima, in their shape
 * @returns `[N, C, H, W]`
 */
export function maximaGradient(x: Node, maxima: Node, d: Node, { rows, columns }: Tiles): Node {
  const { graph } = x;
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const [, , down = 0, across = 0] = maxima.shape;
  const [below, right] = [height - down * rows, width - across * columns];
  const tiled = [batch, channels, down * rows, across * columns];
  // Spread over the columns of each tile only: over its rows, operators broadcast.
  const wide = (twin: Node) =>
    inRows(
      graph.one("BlockedUpsample", [twin], [batch, channels, down, across * columns], {
        scales: { ints: [1, 1, 1, columns] },
      }),
      down,
      1,
    );
  const seen = inRows(padTwin(inBlocks(x), [0, 0, -below, -right]), down, rows);
  const short = graph.one("Sub", [seen, wide(inBlocks(maxima))], seen.shape);
  // 1 at a maximum and 0 below: a hard sigmoid this steep.
  const found = graph.one("HardSigmoid", [short], seen.shape, { alpha: { float: 1e30 }, beta: { float: 1 } });
  const windows = { kernel_shape: { ints: [rows, columns] }, strides: { ints: [rows, columns] } };
  const share = graph.one("BlockedAveragePool", [reshapeRaw(found, tiled)], maxima.shape, windows);
  const count = graph.one("Mul", [share, graph.scalar(rows * columns)], maxima.shape);
  const each = graph.one("Div", [inBlocks(d), count], maxima.shape);
  const spread = graph.one("Mul", [found, wide(each)], seen.shape);
  return outOfBlocks(padTwin(reshapeRaw(spread, tiled), [0, 0, below, right]));
}
