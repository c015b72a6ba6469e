/** Multi-head attention and transformer encoder layers (Vaswani et al. 2017). */
import { type Layer, type Node, perGraph } from "../graph.ts";
import { normal } from "../initialize.ts";
import { dropout, gelu, relu, softmax } from "../ops/activation.ts";
import { add, scaleRaw, subRaw } from "../ops/arithmetic.ts";
import { matmul } from "../ops/matmul.ts";
import { reshape, reshapeRaw, transpose } from "../ops/reshape.ts";
import { checkMask, checkRank, formatShape, shapeError } from "../shape.ts";
import { linear } from "./dense.ts";
import { layerNorm } from "./normalizing.ts";

/** Added to the score of a step that must not be attended to; finite, so that a fully masked row is not NaN. */
const MASKED = -1e9;

/** `[batch, steps]` of 1 (attend) and 0 (ignore) → a bias `[batch, 1, 1, steps]` of 0 and −10⁹. */
export function maskBias(mask: Node): Node {
  const [batch = 0, steps = 0] = mask.shape;
  const bias = scaleRaw(subRaw(mask.graph.scalar(1), mask), MASKED);
  return reshapeRaw(bias, [batch, 1, 1, steps]);
}

export interface AttentionOptions {
  readonly heads: number;
  readonly dropout?: number;
}

/**
 * Attention of `[batch, T, dim]` queries over `[batch, S, dim]` keys, which are also the values.
 *
 * `mask`, `[batch, S]`, is 1 where a key may be attended to.
 */
export function multiHeadAttention(
  name: string,
  dim: number,
  options: AttentionOptions,
): (queries: Node, keys: Node, mask?: Node) => Node {
  const { heads, dropout: share = 0 } = options;
  const layer = `attention ${name}`;
  if (dim % heads !== 0) throw shapeError(layer, `${dim} dimensions`, `a multiple of ${heads} heads`);
  const size = dim / heads;
  const query = linear(`${name}.query`, dim);
  const key = linear(`${name}.key`, dim);
  const value = linear(`${name}.value`, dim);
  const output = linear(`${name}.output`, dim);
  function split(x: Node): Node {
    const [batch = 0, steps = 0] = x.shape;
    return transpose(reshape(x, [batch, steps, heads, size]), [0, 2, 1, 3]);
  }
  return (queries, keys, mask) => {
    checkRank(layer, queries.shape, 3, "[batch, steps, dim]");
    checkRank(layer, keys.shape, 3, "[batch, steps, dim]");
    const [batch = 0, steps = 0] = queries.shape;
    if (keys.shape[0] !== batch) {
      throw shapeError(
        layer,
        `keys ${formatShape(keys.shape)}`,
        `as many rows as queries ${formatShape(queries.shape)}`,
      );
    }
    if (mask) checkMask(layer, mask.shape, keys.shape);
    let scores = matmul(split(query(queries)), split(key(keys)), true, 1 / Math.sqrt(size));
    if (mask) scores = add(scores, maskBias(mask));
    const weighted = matmul(dropout(softmax(scores), share), split(value(keys)));
    return output(reshape(transpose(weighted, [0, 2, 1, 3]), [batch, steps, dim]));
  };
}

export interface TransformerOptions extends AttentionOptions {
  /** Units of the feed-forward part. Default 4 · dim. */
  readonly feedForward?: number;
  /** Normalize before each part (Xiong et al. 2020) and not after it. Default false. */
  readonly normFirst?: boolean;
  readonly activation?: "relu" | "gelu";
}

/** One transformer encoder layer on `[batch, steps, dim]`. */
export function transformerLayer(
  name: string,
  dim: number,
  options: TransformerOptions,
): (x: Node, mask?: Node) => Node {
  const { dropout: share = 0, feedForward = 4 * dim, normFirst = false, activation = "relu" } = options;
  const attention = multiHeadAttention(`${name}.attention`, dim, options);
  const normAttention = layerNorm(`${name}.normAttention`);
  const normForward = layerNorm(`${name}.normForward`);
  const widen = linear(`${name}.widen`, feedForward);
  const narrow = linear(`${name}.narrow`, dim);
  const activate = activation === "relu" ? relu : gelu;
  const forward = (x: Node) => narrow(dropout(activate(widen(x)), share));
  return (x, mask) => {
    if (normFirst) {
      const inner = normAttention(x);
      const attended = add(x, dropout(attention(inner, inner, mask), share));
      return add(attended, dropout(forward(normForward(attended)), share));
    }
    const attended = normAttention(add(x, dropout(attention(x, x, mask), share)));
    return normForward(add(attended, dropout(forward(attended), share)));
  };
}

/** Adds a trained vector per step: `[batch, steps, dim]`. */
export function positions(name: string, steps: number, dim: number): Layer {
  const vectors = perGraph((graph) =>
    graph.parameter(`${name}.positions`, [steps, dim], normal(0.02), { decay: false }),
  );
  return (x) => {
    if (x.shape.length !== 3 || x.shape[1] !== steps || x.shape[2] !== dim) {
      throw shapeError(`positions ${name}`, formatShape(x.shape), `[batch, ${steps}, ${dim}]`);
    }
    return add(x, vectors(x));
  };
}
