/** Matrix products. */
import type { Node } from "../graph.ts";
import { formatShape, type Shape, sameShape, shapeError, sizeOf } from "../shape.ts";
import { scaleRaw, sumRaw } from "./arithmetic.ts";
import { reshapeRaw, transposeRaw } from "./reshape.ts";

/** a · b + c of matrices, each transposed on request, not recorded. */
export function gemmRaw(a: Node, b: Node, c: Node | null, transposeA = false, transposeB = false): Node {
  const shape = [a.shape[transposeA ? 1 : 0] as number, b.shape[transposeB ? 0 : 1] as number];
  return a.graph.one("Gemm", c ? [a, b, c] : [a, b], shape, {
    transA: { int: transposeA ? 1 : 0 },
    transB: { int: transposeB ? 1 : 0 },
  });
}

/** alpha · a · b over the last two axes, the leading ones being equal; not recorded. */
export function matmulRaw(a: Node, b: Node, transposeA = false, transposeB = false, alpha = 1): Node {
  const rank = a.shape.length;
  const shape = [
    ...a.shape.slice(0, -2),
    a.shape[transposeA ? rank - 1 : rank - 2] as number,
    b.shape[transposeB ? rank - 2 : rank - 1] as number,
  ];
  if (a.graph.mode === "train") {
    return a.graph.one("FusedMatMul", [a, b], shape, {
      transA: { int: transposeA ? 1 : 0 },
      transB: { int: transposeB ? 1 : 0 },
      alpha: { float: alpha },
    });
  }
  const swapped = a.shape.map((_, axis) => (axis < rank - 2 ? axis : axis === rank - 2 ? rank - 1 : rank - 2));
  const left = transposeA ? transposeRaw(a, swapped) : a;
  const right = transposeB ? transposeRaw(b, swapped) : b;
  const product = a.graph.one("MatMul", [left, right], shape);
  return alpha === 1 ? product : scaleRaw(product, alpha);
}

/**
 * alpha · a · b (or a · bᵀ) over the last two axes; the leading ones must be equal.
 *
 * @throws AffektError `shape`
 */
export function matmul(a: Node, b: Node, transposeB = false, alpha = 1): Node {
  const inner = [a.shape.at(-1), b.shape.at(transposeB ? -1 : -2)];
  if (inner[0] !== inner[1] || !sameShape(a.shape.slice(0, -2), b.shape.slice(0, -2))) {
    throw shapeError(
      "matmul",
      `${formatShape(a.shape)} and ${formatShape(b.shape)}`,
      "equal inner and equal leading dimensions",
    );
  }
  const y = matmulRaw(a, b, false, transposeB, alpha);
  a.graph.record([y], [a, b], ([d]) => {
    if (!d) return [null, null];
    const da = a.tracked ? matmulRaw(d, b, false, !transposeB, alpha) : null;
    const db = b.tracked
      ? transposeB
        ? matmulRaw(d, a, true, false, alpha)
        : matmulRaw(a, d, true, false, alpha)
      : null;
    return [da, db];
  });
  return y;
}

/** x · weight + bias over the last axis: `[..., in]`, `[in, out]`, `[out]` → `[..., out]`. */
export function affine(x: Node, weight: Node, bias: Node | null): Node {
  const [inputs = 0, outputs = 0] = weight.shape;
  const leading: Shape = x.shape.slice(0, -1);
  const flat = reshapeRaw(x, [sizeOf(leading), inputs]);
  const product = gemmRaw(flat, weight, bias);
  const y = reshapeRaw(product, [...leading, outputs]);
  x.graph.record([y], bias ? [x, weight, bias] : [x, weight], ([d]) => {
    if (!d) return [null, null, null];
    const flatGradient = reshapeRaw(d, product.shape);
    return [
      x.tracked ? reshapeRaw(gemmRaw(flatGradient, weight, null, false, true), x.shape) : null,
      gemmRaw(flat, flatGradient, null, true, false),
      bias ? sumRaw(flatGradient, [0]) : null,
    ];
  });
  return y;
}
