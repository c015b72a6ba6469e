/** Shapes of graph values. A dimension of -1 is the batch of an inference graph, known only when it runs. */
import { AffektError } from "../core/errors.ts";

export type Shape = readonly number[];

export const DYNAMIC = -1;

export function formatShape(shape: Shape): string {
  return `[${shape.map((dim) => (dim === DYNAMIC ? "batch" : dim)).join(", ")}]`;
}

/** An error that names the layer, what it received and what it expects. */
export function shapeError(layer: string, received: string, expected: string): AffektError {
  return new AffektError(
    "shape",
    `${layer} received ${received}; expected ${expected}.`,
    "Check the layer before it, or reshape its output.",
  );
}

/** Throws unless `shape` has `rank` dimensions. */
export function checkRank(layer: string, shape: Shape, rank: number, meaning: string): void {
  if (shape.length !== rank) throw shapeError(layer, formatShape(shape), `${rank} dimensions ${meaning}`);
}

/** Throws unless `mask` is `[batch, steps]` for an `x` of `[batch, steps, ...]`. */
export function checkMask(layer: string, mask: Shape, x: Shape): void {
  const expected = x.slice(0, 2);
  if (!sameShape(mask, expected)) throw shapeError(layer, `a mask ${formatShape(mask)}`, formatShape(expected));
}

/** Size of the product of dimensions; DYNAMIC if one of them is. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const dim of shape) {
    if (dim === DYNAMIC) return DYNAMIC;
    size *= dim;
  }
  return size;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

/** Numpy broadcasting. */
export function broadcast(layer: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const out: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = a[a.length - rank + axis] ?? 1;
    const right = b[b.length - rank + axis] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw shapeError(layer, `${formatShape(a)} and ${formatShape(b)}`, "shapes that broadcast together");
    }
    out.push(left === 1 ? right : left);
  }
  return out;
}

/** Axes in [0, rank), negative ones counted from the end. */
export function normalizeAxes(axes: readonly number[], rank: number): number[] {
  return axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
}
