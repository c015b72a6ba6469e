/**
 * Converting one modality into another, as an auxiliary loss: from the shared encoding of a source a decoder foretells
 * the target's embedding, and from the encoding of what it foretold another decoder finds the way back. The encoding of
 * a modality thereby learns what usually comes with it, which helps when the other one is missing.
 *
 * Source: Pham et al. (2019), "Found in translation: learning robust joint representations by cyclic translations
 * between modalities"; here between embeddings and not word by word, with every ordered pair of modalities.
 */
import type { Modality } from "../core/modality.ts";
import type { Layer, Node } from "../graph/graph.ts";
import { linear } from "../graph/layers/dense.ts";
import { relu } from "../graph/ops/activation.ts";
import { add, div, mean, mul, scale, square, sub, sum } from "../graph/ops/arithmetic.ts";
import { stopGradient } from "../graph/ops/select.ts";

export interface Convertible {
  readonly modality: Modality;
  /** `[batch, dim]`, zero where absent. */
  readonly embedding: Node;
  /** `[batch, 1]`. */
  readonly present: Node;
  /** From an embedding `[batch, dim]` to the shared space. */
  readonly encode: Layer;
}

/** Mean squared error over the samples that have both modalities, 0 if none has. */
function pairError(foretold: Node, wanted: Node, both: Node): Node {
  const { graph } = both;
  const perSample = mean(square(sub(foretold, stopGradient(wanted))), [1], true);
  const count = graph.one("Max", [sum(both, [0, 1]), graph.scalar(1)], []);
  return div(sum(mul(perSample, both), [0, 1]), count);
}

/**
 * @param hidden units of each decoder
 * @returns the mean over all ordered pairs of the error there and the error back; null if there is only one modality
 */
export function conversionLoss(modalities: readonly Convertible[], hidden: number): Node | null {
  const decoders = new Map<string, Layer>();
  function decode(from: Convertible, to: Convertible, encoding: Node): Node {
    const name = `convert.${from.modality}.${to.modality}`;
    let decoder = decoders.get(name);
    if (decoder === undefined) {
      const inner = linear(`${name}.hidden`, hidden);
      const outer = linear(`${name}.output`, to.embedding.shape[1] as number);
      decoder = (x) => outer(relu(inner(x)));
      decoders.set(name, decoder);
    }
    return decoder(encoding);
  }
  const errors: Node[] = [];
  for (const from of modalities) {
    for (const to of modalities) {
      if (from === to) continue;
      const both = mul(from.present, to.present);
      const there = decode(from, to, from.encode(from.embedding));
      const back = decode(to, from, to.encode(there));
      errors.push(pairError(there, to.embedding, both), pairError(back, from.embedding, both));
    }
  }
  if (errors.length === 0) return null;
  return scale(
    errors.reduce((total, error) => add(total, error)),
    2 / errors.length,
  );
}
