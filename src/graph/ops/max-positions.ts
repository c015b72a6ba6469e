/** Where the maxima of 2 × 2 windows stand, from poolings without indices: ONNX Runtime's pooling with indices is slow. */
import type { Node } from "../graph.ts";
import { addRaw, mulRaw } from "./arithmetic.ts";
import { reshapeRaw } from "./reshape.ts";

/** Numbers of `TensorProto.DataType`. */
const [FLOAT, INT64] = [{ to: { int: 1 } }, { to: { int: 7 } }];
/** Float32 counts exactly up to here. */
const COUNTED = 2 ** 24;

/** Whether `maximaOfQuads` can count the positions of one channel of x `[N, C, H, W]`. */
export const countsQuads = (x: Node): boolean => (x.shape[2] as number) * (x.shape[3] as number) <= COUNTED;

/**
 * Largest value of each window of 2 rows and 2 columns, and its place, the first of several equal ones, as `MaxPool`
 * gives them, in two thirds of the time.
 *
 * A maximum above its window's upper row stands in the lower one. It stands on the right if it is above its row's left
 * value: the upper left one, or, in the lower row, the larger one of the left column. Above that, it is above the upper
 * left one as well, and so the place within the window is a + lower · (width − 1 + b), all three being 0 or 1.
 *
 * @param x `[N, C, H, W]`, H and W even, H · W at most 2²⁴
 * @returns `[N, C, H / 2, W / 2]` both; places count over the whole flattened x
 */
export function maximaOfQuads(x: Node): { maxima: Node; places: Node } {
  const { graph } = x;
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const [rows, columns] = [height / 2, width / 2];
  const shape = [batch, channels, rows, columns];
  const largest = (kernel: readonly [number, number]) =>
    graph.one("MaxPool", [x], shape, { kernel_shape: { ints: kernel }, strides: { ints: [2, 2] } });
  const maxima = largest([2, 2]);
  const below = (kernel: readonly [number, number]) =>
    graph.one("Cast", [graph.one("Less", [largest(kernel), maxima], shape, {}, "bool")], shape, FLOAT);

  const [lower, aboveCorner, aboveColumn] = [below([1, 2]), below([1, 1]), below([2, 1])];
  const inWindow = addRaw(aboveCorner, mulRaw(lower, addRaw(aboveColumn, graph.scalar(width - 1))));
  const corners = Float32Array.from(
    { length: rows * columns },
    (_, at) => 2 * width * Math.floor(at / columns) + 2 * (at % columns),
  );
  const inPlane = addRaw(inWindow, graph.constant(corners, [rows, columns]));
  const planes = graph.integers(Array.from({ length: batch * channels }, (_, at) => at * height * width));
  const first = reshapeRaw(planes, [batch, channels, 1, 1]);
  return {
    maxima,
    places: graph.one("Add", [graph.one("Cast", [inPlane], shape, INT64, "int64"), first], shape, {}, "int64"),
  };
}
