/** Activations, softmax and dropout. */
import type { Node } from "../graph.ts";
import { addRaw, mapRaw, mulRaw, scaleRaw, subRaw, sumRaw } from "./arithmetic.ts";
import { rectifiedScale } from "./blocked-maps.ts";

const rectified = new WeakMap<Node, Node>();

/** x, if this value is `relu(x)`. */
export function beforeRelu(value: Node): Node | undefined {
  return rectified.get(value);
}

/** max(0, x). */
export function relu(x: Node): Node {
  const y = rectifiedScale(x) ?? mapRaw("Relu", x);
  rectified.set(y, x);
  x.graph.record([y], [x], ([d]) => {
    if (!d) return [null];
    // A hard sigmoid this steep is 1 where y > 0 and 0 elsewhere: the mask in one operator instead of compare and cast.
    const mask = mapRaw("HardSigmoid", y, { alpha: { float: 1e30 }, beta: { float: 0 } });
    return [mulRaw(d, mask)];
  });
  return y;
}

export function sigmoid(x: Node): Node {
  const y = mapRaw("Sigmoid", x);
  x.graph.record([y], [x], ([d]) => [d ? mulRaw(d, mulRaw(y, subRaw(x.graph.scalar(1), y))) : null]);
  return y;
}

export function tanh(x: Node): Node {
  const y = mapRaw("Tanh", x);
  x.graph.record([y], [x], ([d]) => [d ? mulRaw(d, subRaw(x.graph.scalar(1), mulRaw(y, y))) : null]);
  return y;
}

/** x · sigmoid(x) (Elfwing et al. 2018). */
export function silu(x: Node): Node {
  const gate = mapRaw("Sigmoid", x);
  const y = mulRaw(x, gate);
  x.graph.record([y], [x], ([d]) => {
    if (!d) return [null];
    const one = x.graph.scalar(1);
    return [mulRaw(d, mulRaw(gate, addRaw(one, mulRaw(x, subRaw(one, gate)))))];
  });
  return y;
}

/** Twice the standard normal distribution function: 1 + erf(x / √2). */
function twiceNormal(x: Node): Node {
  return addRaw(mapRaw("Erf", scaleRaw(x, Math.SQRT1_2)), x.graph.scalar(1));
}

/** x · Φ(x), exact (Hendrycks & Gimpel 2016). */
export function gelu(x: Node): Node {
  const { graph } = x;
  if (graph.mode === "infer") return scaleRaw(mulRaw(x, twiceNormal(x)), 0.5);
  const y = mapRaw("Gelu", x);
  graph.record([y], [x], ([d]) => {
    if (!d) return [null];
    const density = scaleRaw(mapRaw("Exp", scaleRaw(mulRaw(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return [mulRaw(d, addRaw(scaleRaw(twiceNormal(x), 0.5), mulRaw(x, density)))];
  });
  return y;
}

/** log(1 + eˣ). */
export function softplus(x: Node): Node {
  const y = mapRaw("Softplus", x);
  x.graph.record([y], [x], ([d]) => [d ? mulRaw(d, mapRaw("Sigmoid", x)) : null]);
  return y;
}

/** Softmax over the last axis. */
export function softmax(x: Node): Node {
  const y = x.graph.one("Softmax", [x], x.shape, { axis: { int: -1 } });
  x.graph.record([y], [x], ([d]) => {
    if (!d) return [null];
    const weighted = mulRaw(d, y);
    return [subRaw(weighted, mulRaw(y, sumRaw(weighted, [-1], true)))];
  });
  return y;
}

/** Logarithm of the softmax over the last axis. */
export function logSoftmax(x: Node): Node {
  const y = x.graph.one("LogSoftmax", [x], x.shape, { axis: { int: -1 } });
  x.graph.record([y], [x], ([d]) => (d ? [subRaw(d, mulRaw(mapRaw("Exp", y), sumRaw(d, [-1], true)))] : [null]));
  return y;
}

/** Zeroes a share of the values while training and scales the rest up (Srivastava et al. 2014). */
export function dropout(x: Node, share: number): Node {
  const { graph } = x;
  if (graph.mode === "infer" || share === 0) return x;
  const seed = (Math.imul(graph.seed + 1, 0x9e3779b1) ^ Math.imul(graph.tape.length + 1, 0x85ebca6b)) & 0x7fffffff;
  const [y, mask] = graph.emit(
    "Dropout",
    [x, graph.scalar(share), graph.flag(true)],
    [{ shape: x.shape }, { shape: x.shape, type: "bool" }],
    { seed: { int: seed } },
  ) as [Node, Node];
  const kept = (value: Node): Node => graph.one("Where", [mask, value, graph.scalar(0)], x.shape);
  // ONNX Runtime takes a dropout whose mask nobody reads for one that does nothing; without a gradient nobody would.
  if (!x.tracked) return kept(y);
  graph.record([y], [x], ([d]) => [d ? kept(scaleRaw(d, 1 / (1 - share))) : null]);
  return y;
}
