/** Where the maxima of 2 × 2 windows stand, from poolings without indices: ONNX Runtime's pooling with indices is slow. */
import type { Node } from "../graph.ts";
import { reshapeRaw } from "./reshape.ts";

const INT64 = { to: { int: 7 } };

/**
 * Largest value of each window of 2 rows and 2 columns, and its place, the first of several equal ones, as `MaxPool`
 * gives them, in two thirds of the time. A maximum that is above its window's upper row stands in the lower one; it
 * stands on the right if it is above its row's left value, or, in the lower row, above the left column.
 *
 * @param x `[N, C, H, W]`, H and W even
 * @returns `[N, C, H / 2, W / 2]` both; places count over the whole flattened x
 */
export function maximaOfQuads(x: Node): { maxima: Node; places: Node } {
  const { graph } = x;
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const [rows, columns] = [height / 2, width / 2];
  const shape = [batch, channels, rows, columns];
  const largest = (kernel: readonly [number, number]) =>
    graph.one("MaxPool", [x], shape, { kernel_shape: { ints: kernel }, strides: { ints: [2, 2] } });
  const integers = (length: number, value: (at: number) => number, dims: readonly number[]) =>
    reshapeRaw(graph.integers(Array.from({ length }, (_, at) => value(at))), dims);

  const maxima = largest([2, 2]);
  const lower = graph.one("Less", [largest([1, 2]), maxima], shape, {}, "bool");
  const left = graph.one("Where", [lower, largest([2, 1]), largest([1, 1])], shape);
  const right = graph.one("Less", [left, maxima], shape, {}, "bool");
  const corner = (at: number) => 2 * width * Math.floor(at / columns) + 2 * (at % columns);
  const inUpper = integers(rows * columns, corner, [rows, columns]);
  const inLower = integers(rows * columns, (at) => corner(at) + width, [rows, columns]);
  const sum = (a: Node, b: Node) => graph.one("Add", [a, b], shape, {}, "int64");
  const row = graph.one("Where", [lower, inLower, inUpper], shape, {}, "int64");
  const inPlane = sum(row, graph.one("Cast", [right], shape, INT64, "int64"));
  const planes = integers(batch * channels, (at) => at * height * width, [batch, channels, 1, 1]);
  return { maxima, places: sum(inPlane, planes) };
}
