/** Element-wise arithmetic with broadcasting, and sums and means over axes. */
import type { Node } from "../graph.ts";
import { broadcast, normalizeAxes, type Shape, sameShape, sizeOf } from "../shape.ts";
import { alike } from "./blocks.ts";
import { expandRaw, reshapeRaw } from "./reshape.ts";

/** An element-wise operator of two values, not recorded. */
export function combine(op: "Add" | "Sub" | "Mul" | "Div" | "Min" | "Max" | "Pow", a: Node, b: Node): Node {
  return alike(op, [a, b], broadcast(op.toLowerCase(), a.shape, b.shape));
}

export const addRaw = (a: Node, b: Node): Node => combine("Add", a, b);
export const subRaw = (a: Node, b: Node): Node => combine("Sub", a, b);
export const mulRaw = (a: Node, b: Node): Node => combine("Mul", a, b);
export const divRaw = (a: Node, b: Node): Node => combine("Div", a, b);
/** a · factor, the factor being a plain number. */
export const scaleRaw = (a: Node, factor: number): Node => mulRaw(a, a.graph.scalar(factor));

/** An element-wise operator of one value, not recorded. */
export function mapRaw(op: string, x: Node, attributes?: Parameters<typeof alike>[3]): Node {
  return alike(op, [x], x.shape, attributes);
}

function reducedShape(shape: Shape, axes: readonly number[], keep: boolean): Shape {
  return keep
    ? shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
    : shape.filter((_, axis) => !axes.includes(axis));
}

export function sumRaw(x: Node, axes: readonly number[], keep = false): Node {
  const at = normalizeAxes(axes, x.shape.length);
  const shape = reducedShape(x.shape, at, keep);
  return x.graph.one("ReduceSum", [x, x.graph.integers(at)], shape, { keepdims: { int: keep ? 1 : 0 } });
}

export function meanRaw(x: Node, axes: readonly number[], keep = false): Node {
  const at = normalizeAxes(axes, x.shape.length);
  const shape = reducedShape(x.shape, at, keep);
  return x.graph.one("ReduceMean", [x], shape, { axes: { ints: at }, keepdims: { int: keep ? 1 : 0 } });
}

/** Sums a gradient over the axes that broadcasting added or stretched, back to `shape`. */
export function unbroadcast(gradient: Node, shape: Shape): Node {
  if (sameShape(gradient.shape, shape)) return gradient;
  const extra = gradient.shape.length - shape.length;
  const axes: number[] = [];
  for (const [axis, dim] of gradient.shape.entries()) {
    if (axis < extra || (shape[axis - extra] === 1 && dim !== 1)) axes.push(axis);
  }
  return reshapeRaw(axes.length > 0 ? sumRaw(gradient, axes) : gradient, shape);
}

export function add(a: Node, b: Node): Node {
  const y = addRaw(a, b);
  a.graph.record([y], [a, b], ([d]) => [
    d && a.tracked ? unbroadcast(d, a.shape) : null,
    d && b.tracked ? unbroadcast(d, b.shape) : null,
  ]);
  return y;
}

export function sub(a: Node, b: Node): Node {
  const y = subRaw(a, b);
  a.graph.record([y], [a, b], ([d]) => [
    d && a.tracked ? unbroadcast(d, a.shape) : null,
    d && b.tracked ? unbroadcast(mapRaw("Neg", d), b.shape) : null,
  ]);
  return y;
}

export function mul(a: Node, b: Node): Node {
  const y = mulRaw(a, b);
  a.graph.record([y], [a, b], ([d]) => [
    d && a.tracked ? unbroadcast(mulRaw(d, b), a.shape) : null,
    d && b.tracked ? unbroadcast(mulRaw(d, a), b.shape) : null,
  ]);
  return y;
}

export function div(a: Node, b: Node): Node {
  const y = divRaw(a, b);
  a.graph.record([y], [a, b], ([d]) => {
    if (!d) return [null, null];
    const share = divRaw(d, b);
    return [
      a.tracked ? unbroadcast(share, a.shape) : null,
      b.tracked ? unbroadcast(mapRaw("Neg", mulRaw(share, y)), b.shape) : null,
    ];
  });
  return y;
}

/** x · factor. */
export function scale(x: Node, factor: number): Node {
  if (factor === 1) return x;
  const y = scaleRaw(x, factor);
  x.graph.record([y], [x], ([d]) => [d ? scaleRaw(d, factor) : null]);
  return y;
}

/** x + offset. */
export function shift(x: Node, offset: number): Node {
  const y = addRaw(x, x.graph.scalar(offset));
  x.graph.record([y], [x], ([d]) => [d ?? null]);
  return y;
}

/** x^exponent for x > 0 (any x if the exponent is a whole number). */
export function power(x: Node, exponent: number): Node {
  if (exponent === 1) return x;
  const y = combine("Pow", x, x.graph.scalar(exponent));
  x.graph.record([y], [x], ([d]) => [
    d ? mulRaw(d, scaleRaw(combine("Pow", x, x.graph.scalar(exponent - 1)), exponent)) : null,
  ]);
  return y;
}

export function square(x: Node): Node {
  const y = mulRaw(x, x);
  x.graph.record([y], [x], ([d]) => [d ? scaleRaw(mulRaw(d, x), 2) : null]);
  return y;
}

export function sqrt(x: Node): Node {
  const y = mapRaw("Sqrt", x);
  x.graph.record([y], [x], ([d]) => [d ? divRaw(scaleRaw(d, 0.5), y) : null]);
  return y;
}

export function exp(x: Node): Node {
  const y = mapRaw("Exp", x);
  x.graph.record([y], [x], ([d]) => [d ? mulRaw(d, y) : null]);
  return y;
}

export function log(x: Node): Node {
  const y = mapRaw("Log", x);
  x.graph.record([y], [x], ([d]) => [d ? divRaw(d, x) : null]);
  return y;
}

/** Sum over axes. */
export function sum(x: Node, axes: readonly number[], keep = false): Node {
  const y = sumRaw(x, axes, keep);
  const at = normalizeAxes(axes, x.shape.length);
  x.graph.record([y], [x], ([d]) => [d ? expandRaw(reshapeRaw(d, reducedShape(x.shape, at, true)), x.shape) : null]);
  return y;
}

/** Mean over axes. */
export function mean(x: Node, axes: readonly number[], keep = false): Node {
  const y = meanRaw(x, axes, keep);
  const at = normalizeAxes(axes, x.shape.length);
  x.graph.record([y], [x], ([d]) => {
    if (!d) return [null];
    const count = sizeOf(at.map((axis) => x.shape[axis] as number));
    return [expandRaw(reshapeRaw(scaleRaw(d, 1 / count), reducedShape(x.shape, at, true)), x.shape)];
  });
  return y;
}
