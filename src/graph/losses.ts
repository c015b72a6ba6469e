/** Losses: scalars to be minimized, made of differentiable operators. Targets are inputs and get no gradient. */
import type { Node } from "./graph.ts";
import { logSoftmax, softplus } from "./ops/activation.ts";
import { add, div, exp, log, mean, mul, power, scale, shift, square, sub, sum } from "./ops/arithmetic.ts";
import { checkRank, formatShape, sameShape, shapeError } from "./shape.ts";

/** `[batch, classes]`, and so the targets; a weight per class. */
function checkShapes(loss: string, predictions: Node, targets: Node, classWeights?: Float32Array): void {
  checkRank(loss, predictions.shape, 2, "[batch, classes]");
  checkTargets(loss, predictions, targets);
  const classes = predictions.shape[1] as number;
  if (classWeights && classWeights.length !== classes) {
    throw shapeError(loss, `${classWeights.length} class weights`, `one for each of ${classes} classes`);
  }
}

function checkTargets(loss: string, predictions: Node, targets: Node): void {
  if (!sameShape(predictions.shape, targets.shape)) {
    throw shapeError(loss, `targets ${formatShape(targets.shape)}`, formatShape(predictions.shape));
  }
}

export interface CrossEntropyOptions {
  /** Weight of each class, `[classes]`. */
  readonly classWeights?: Float32Array;
  /** Share of the target spread evenly over all classes (Szegedy et al. 2016). */
  readonly labelSmoothing?: number;
  /** Exponent of (1 − p), which plays down what is already right (Lin et al. 2017); 0 is plain cross-entropy. */
  readonly focal?: number;
}

/**
 * Mean over the batch of −Σ w · t · log softmax(logits).
 *
 * @param logits `[batch, classes]`
 * @param targets `[batch, classes]`, distributions (one-hot for hard labels)
 */
export function crossEntropy(logits: Node, targets: Node, options: CrossEntropyOptions = {}): Node {
  const { graph } = logits;
  const { classWeights, labelSmoothing = 0, focal = 0 } = options;
  checkShapes("cross-entropy", logits, targets, classWeights);
  const [batch = 0, classes = 0] = logits.shape;
  let wanted = targets;
  if (labelSmoothing > 0) wanted = shift(scale(wanted, 1 - labelSmoothing), labelSmoothing / classes);
  if (classWeights) wanted = mul(wanted, graph.constant(classWeights, [classes]));
  const logP = logSoftmax(logits);
  let terms = mul(logP, wanted);
  if (focal > 0) {
    // 1 − p is kept above 0 so that its power has a finite slope.
    const rest = shift(scale(exp(logP), -1), 1 + 1e-6);
    terms = mul(terms, power(rest, focal));
  }
  return scale(sum(terms, [0, 1]), -1 / batch);
}

export interface BinaryCrossEntropyOptions {
  /** Weight of each class, `[classes]`. */
  readonly classWeights?: Float32Array;
}

/** Mean over all values of the cross-entropy of independent labels; targets in [0, 1]. `[batch, classes]`. */
export function binaryCrossEntropy(logits: Node, targets: Node, options: BinaryCrossEntropyOptions = {}): Node {
  const { classWeights } = options;
  checkShapes("binary cross-entropy", logits, targets, classWeights);
  let terms = sub(softplus(logits), mul(logits, targets));
  if (classWeights) terms = mul(terms, logits.graph.constant(classWeights, [classWeights.length]));
  return mean(terms, [0, 1]);
}

/** Mean squared error over all values. */
export function meanSquaredError(predictions: Node, targets: Node): Node {
  checkTargets("mean squared error", predictions, targets);
  return mean(
    square(sub(predictions, targets)),
    predictions.shape.map((_, axis) => axis),
  );
}

/**
 * 1 − concordance correlation coefficient (Lin 1989) over the batch, averaged over the columns of `[batch, columns]`.
 */
export function concordanceLoss(predictions: Node, targets: Node): Node {
  checkShapes("concordance loss", predictions, targets);
  const centre = (x: Node) => mean(x, [0], true);
  const [meanP, meanT] = [centre(predictions), centre(targets)];
  const [p, t] = [sub(predictions, meanP), sub(targets, meanT)];
  const covariance = centre(mul(p, t));
  const spread = add(add(centre(square(p)), centre(square(t))), square(sub(meanP, meanT)));
  const ccc = div(scale(covariance, 2), shift(spread, 1e-8));
  return shift(scale(mean(ccc, [0, 1]), -1), 1);
}

/**
 * Kullback–Leibler divergence from a teacher to softmax(logits / temperature), times temperature², so that its gradient
 * weighs as much as that of hard labels (Hinton et al. 2015).
 *
 * @param logits `[batch, classes]`
 * @param teacher `[batch, classes]`, the teacher's probabilities at the same temperature
 */
export function distillation(logits: Node, teacher: Node, temperature: number): Node {
  const soft = crossEntropy(scale(logits, 1 / temperature), teacher);
  const [batch = 0] = logits.shape;
  const entropy = scale(sum(mul(teacher, log(shift(teacher, 1e-12))), [0, 1]), 1 / batch);
  return scale(add(soft, entropy), temperature * temperature);
}
