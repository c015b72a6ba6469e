/** Operators that only move values: reshape, transpose, concatenate, split, slice, expand. */
import type { Node } from "../graph.ts";
import { DYNAMIC, formatShape, normalizeAxes, type Shape, sameShape, shapeError, sizeOf } from "../shape.ts";

/** Reshape without a record on the tape. */
export function reshapeRaw(x: Node, shape: Shape): Node {
  if (sameShape(x.shape, shape)) return x;
  return x.graph.one("Reshape", [x, x.graph.integers(shape)], shape, {}, x.type);
}

export function transposeRaw(x: Node, order: readonly number[]): Node {
  const shape = order.map((axis) => x.shape[axis] as number);
  return x.graph.one("Transpose", [x], shape, { perm: { ints: order } }, x.type);
}

export function sliceRaw(x: Node, axis: number, start: number, end: number): Node {
  const shape = x.shape.map((dim, index) => (index === axis ? end - start : dim));
  const { graph } = x;
  const inputs = [x, graph.integers([start]), graph.integers([end]), graph.integers([axis])];
  return graph.one("Slice", inputs, shape, {}, x.type);
}

/** Parts of the given sizes along an axis. */
export function splitRaw(x: Node, axis: number, sizes: readonly number[]): Node[] {
  const outputs = sizes.map((size) => ({ shape: x.shape.map((dim, index) => (index === axis ? size : dim)) }));
  return x.graph.emit("Split", [x, x.graph.integers(sizes)], outputs, { axis: { int: axis } });
}

export function concatRaw(parts: readonly Node[], axis: number): Node {
  const [head] = parts as [Node];
  if (parts.length === 1) return head;
  const total = parts.reduce((sum, part) => sum + (part.shape[axis] as number), 0);
  const shape = head.shape.map((dim, index) => (index === axis ? total : dim));
  return head.graph.one("Concat", parts, shape, { axis: { int: axis } }, head.type);
}

export function expandRaw(x: Node, shape: Shape): Node {
  if (sameShape(x.shape, shape)) return x;
  return x.graph.one("Expand", [x, x.graph.integers(shape.map((dim) => (dim === DYNAMIC ? 1 : dim)))], shape);
}

/** Zeros added before and after each axis; a negative number crops. */
export function padRaw(x: Node, before: readonly number[], after: readonly number[]): Node {
  if ([...before, ...after].every((amount) => amount === 0)) return x;
  const shape = x.shape.map((dim, axis) => dim + (before[axis] as number) + (after[axis] as number));
  // Where all is cropped: "Pad" takes three times as long.
  if ([...before, ...after].every((amount) => amount <= 0)) {
    const axes = [...x.shape.keys()].filter((axis) => x.shape[axis] !== shape[axis]);
    const starts = axes.map((axis) => -(before[axis] as number));
    const ends = axes.map((axis) => (x.shape[axis] as number) + (after[axis] as number));
    return x.graph.one("Slice", [x, ...[starts, ends, axes].map((list) => x.graph.integers(list))], shape);
  }
  return x.graph.one("Pad", [x, x.graph.integers([...before, ...after])], shape);
}

/** The same values in another shape of the same size. One dimension may be DYNAMIC. */
export function reshape(x: Node, shape: Shape): Node {
  const sizes = [sizeOf(x.shape), sizeOf(shape)];
  if (!sizes.includes(DYNAMIC) && sizes[0] !== sizes[1]) {
    throw shapeError("reshape", formatShape(x.shape), `as many values as ${formatShape(shape)} holds`);
  }
  const y = reshapeRaw(x, shape);
  if (y !== x) x.graph.record([y], [x], ([d]) => [d ? reshapeRaw(d, x.shape) : null]);
  return y;
}

/** `[batch, ...]` → `[batch, rest]`. */
export function flatten(x: Node): Node {
  return reshape(x, [x.shape[0] as number, sizeOf(x.shape.slice(1))]);
}

/** Axes in a new order. */
export function transpose(x: Node, order: readonly number[]): Node {
  const inverse: number[] = [];
  for (const [to, from] of order.entries()) inverse[from] = to;
  const y = transposeRaw(x, order);
  x.graph.record([y], [x], ([d]) => [d ? transposeRaw(d, inverse) : null]);
  return y;
}

/** Values side by side along an axis, all other dimensions being equal. @throws AffektError `shape` */
export function concat(parts: readonly Node[], axis: number): Node {
  const [head] = parts as [Node];
  const [at = 0] = normalizeAxes([axis], head.shape.length);
  for (const part of parts) {
    const fits = part.shape.length === head.shape.length;
    if (!fits || part.shape.some((dim, index) => index !== at && dim !== head.shape[index])) {
      throw shapeError("concat", parts.map((p) => formatShape(p.shape)).join(", "), `equal shapes but for axis ${at}`);
    }
  }
  const y = concatRaw(parts, at);
  if (y !== head) {
    const sizes = parts.map((part) => part.shape[at] as number);
    head.graph.record([y], parts, ([d]) => (d ? splitRaw(d, at, sizes) : parts.map(() => null)));
  }
  return y;
}

/** Values `start` (inclusive) to `end` (exclusive) along an axis. */
export function slice(x: Node, axis: number, start: number, end: number): Node {
  const size = x.shape[axis] as number;
  if (!(start >= 0 && start < end && end <= size)) {
    throw shapeError(
      "slice",
      `${start} to ${end} of axis ${axis} of ${formatShape(x.shape)}`,
      `a range in 0 to ${size}`,
    );
  }
  const y = sliceRaw(x, axis, start, end);
  x.graph.record([y], [x], ([d]) => {
    if (!d) return [null];
    const pads = [
      ...x.shape.map((_, i) => (i === axis ? start : 0)),
      ...x.shape.map((_, i) => (i === axis ? size - end : 0)),
    ];
    return [x.graph.one("Pad", [d, x.graph.integers(pads)], x.shape)];
  });
  return y;
}

/** One step along an axis, which is dropped. */
export function pick(x: Node, axis: number, index: number): Node {
  const part = slice(x, axis, index, index + 1);
  return reshape(
    part,
    part.shape.filter((_, at) => at !== axis),
  );
}
