/**
 * Several small networks over the functionals of an utterance, whose answers are averaged. They differ in their initial
 * weights and in their dropout alone, which is enough to make their errors differ.
 *
 * Source: deep ensembles, Lakshminarayanan, Pritzel & Blundell (2017).
 */
import type { Node } from "../../graph/graph.ts";
import { linear } from "../../graph/layers/dense.ts";
import { batchNorm } from "../../graph/layers/normalizing.ts";
import { dropout, relu } from "../../graph/ops/activation.ts";
import { add, scale } from "../../graph/ops/arithmetic.ts";
import { concat } from "../../graph/ops/reshape.ts";
import type { Encoded } from "../encoded.ts";

export interface FunctionalsNetOptions {
  /** Networks whose logits are averaged. Default 4. */
  readonly members?: number;
  /** Units of each hidden layer. Default 128 and 64. */
  readonly hidden?: readonly number[];
  /** Of the hidden layers. Default 0.5. */
  readonly dropout?: number;
  /** Of the functionals. Default 0.2. */
  readonly inputDropout?: number;
}

/** @param functionals `[batch, width]`, normalized */
export function functionalsNet(functionals: Node, labels: number, options: FunctionalsNetOptions = {}): Encoded {
  const { members = 4, hidden = [128, 64], dropout: share = 0.5, inputDropout = 0.2 } = options;
  const embeddings: Node[] = [];
  const terms: Node[] = [];
  for (let member = 1; member <= members; member++) {
    const name = `member${member}`;
    let x = dropout(functionals, inputDropout);
    for (const [layer, units] of hidden.entries()) {
      const before = linear(`${name}.hidden${layer + 1}`, units)(x);
      x = dropout(relu(batchNorm(`${name}.norm${layer + 1}`)(before)), share);
    }
    embeddings.push(x);
    terms.push(linear(`${name}.head`, labels)(x));
  }
  const sum = terms.reduce((total, term) => add(total, term));
  return { embedding: concat(embeddings, 1), logits: scale(sum, 1 / members), terms };
}
