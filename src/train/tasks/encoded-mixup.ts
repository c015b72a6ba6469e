/**
 * Mixup inside a network, for inputs that cannot be mixed (the ids of a text) or are of several kinds: what encoders
 * give is mixed, each row with its partner by the share that its targets are mixed by.
 *
 * Sources: Zhang et al. (2018), as in ../mixup.ts; of sentence vectors, Guo et al. (2019), "Augmenting data with mixup
 * for sentence classification"; of hidden states, Verma et al. (2019), "Manifold mixup".
 */
import type { Encoded } from "../../encode/encoded.ts";
import type { Graph, Node } from "../../graph/graph.ts";
import { mixRows } from "../../graph/ops/mixture.ts";
import { reshapeRaw } from "../../graph/ops/reshape.ts";
import { keepWhere } from "../../graph/ops/select.ts";

/** The graph's input `shares`, `[batch, 1]`, where a training mixes. */
export function sharesInput(graph: Graph, batch: number, alpha: number): Node | undefined {
  return alpha > 0 ? graph.input("shares", [batch, 1]) : undefined;
}

/**
 * A sequence is mixed step by step. Where one of both has ended there is nothing (a vector of zeros) to mix the other's
 * step with, as in the padded sentences of Guo et al., so that the mixture is as long as the longer one.
 */
function mixSequence(sequence: Node, steps: Node | undefined, share: Node): Pick<Encoded, "sequence" | "steps"> {
  if (steps === undefined) return { sequence: mixRows(sequence, share) };
  const { graph } = sequence;
  const [batch = 0, length = 0] = sequence.shape;
  const kept = keepWhere(reshapeRaw(steps, [batch, length, 1]), sequence);
  // A step of which nothing is left, its share being 0, is padding.
  return { sequence: mixRows(kept, share), steps: graph.one("Sign", [mixRows(steps, share)], steps.shape) };
}

/**
 * Mixtures of what an encoder says of each row and its partner: embedding, sequence, and answers of its own. The last
 * layer of every encoder is linear, so that its answer to a mixture is the mixture of its answers.
 *
 * @param share `[batch, 1]`: of the row itself
 */
export function mixEncoded({ embedding, sequence, steps, logits, terms }: Encoded, share: Node): Encoded {
  return {
    embedding: mixRows(embedding, share),
    ...(sequence ? mixSequence(sequence, steps, share) : {}),
    logits: mixRows(logits, share),
    ...(terms ? { terms: terms.map((term) => mixRows(term, share)) } : {}),
  };
}
