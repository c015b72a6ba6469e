/** Multinomial logistic regression, the softmax layer, optionally behind hidden layers. A sequence is averaged first. */
import { linear } from "../graph/layers/dense.ts";
import { dropout, relu } from "../graph/ops/activation.ts";
import { asVector, checkHeadInput, type Head } from "./head.ts";

export interface SoftmaxHeadOptions {
  readonly labels: number;
  /** Units of hidden layers. Default none. */
  readonly hidden?: readonly number[];
  readonly dropout?: number;
}

export function softmaxHead({ labels, hidden = [], dropout: share = 0.3 }: SoftmaxHeadOptions): Head {
  return (input, steps) => {
    checkHeadInput("softmax head", input, steps);
    let x = dropout(asVector(input, steps), share);
    for (const [index, units] of hidden.entries()) x = dropout(relu(linear(`hidden${index + 1}`, units)(x)), share);
    return linear("logits", labels)(x);
  };
}
