/**
 * Cross-modal transformer network (CMTN): each modality's sequence is read once in the light of every other one, by
 * directional attention whose queries come from the one and whose keys and values come from the other; what was read
 * lies side by side and goes through self-attention over time; the means over time of all modalities give the vector.
 *
 * With an absent source the attention to it adds nothing and the sequence passes through; an absent target adds nothing
 * to the vector. A vector counts as a sequence of one step.
 *
 * Source: Tsai et al. (2019), "Multimodal transformer for unaligned multimodal language sequences"; the auxiliary loss
 * of Pham et al. (2019) is in convert.ts.
 */
import type { Layer, Node } from "../graph/graph.ts";
import { multiHeadAttention, positions, transformerLayer } from "../graph/layers/attention.ts";
import { linear } from "../graph/layers/dense.ts";
import { layerNorm } from "../graph/layers/normalizing.ts";
import { meanOverSteps } from "../graph/layers/pooling.ts";
import { dropout, relu } from "../graph/ops/activation.ts";
import { add, mul } from "../graph/ops/arithmetic.ts";
import { concat, reshape, reshapeRaw } from "../graph/ops/reshape.ts";
import { conversionLoss } from "./convert.ts";
import { type Fusion, type Slot, slotsOf, vectorSlots } from "./fusion.ts";

export interface CrossModalOptions {
  /** Of the vector and of each step; a multiple of `heads`. */
  readonly dim: number;
  /** Default 4. */
  readonly heads?: number;
  /** Cross-modal layers per direction. Default 2. */
  readonly crossLayers?: number;
  /** Self-attention layers per modality after them. Default 1. */
  readonly selfLayers?: number;
  /** Default 0.1. */
  readonly dropout?: number;
  /** Also give out the loss of converting each modality into each other one. Default false. */
  readonly convert?: boolean;
}

interface Stream {
  readonly slot: Slot;
  readonly project: Layer;
  /** `[batch, steps, dim]`. */
  readonly sequence: Node;
  /** `[batch, 1, 1]`. */
  readonly present: Node;
}

/** One layer of attention from a target to a source, then a feed-forward part, both normalized first. */
function crossLayer(name: string, dim: number, heads: number, share: number): (target: Node, source: Stream) => Node {
  const normTarget = layerNorm(`${name}.normTarget`);
  const normSource = layerNorm(`${name}.normSource`);
  const normForward = layerNorm(`${name}.normForward`);
  const attention = multiHeadAttention(`${name}.attention`, dim, { heads, dropout: share });
  const widen = linear(`${name}.widen`, 4 * dim);
  const narrow = linear(`${name}.narrow`, dim);
  return (target, source) => {
    const read = attention(normTarget(target), normSource(source.sequence), source.slot.steps);
    const met = add(target, mul(dropout(read, share), source.present));
    return add(met, dropout(narrow(dropout(relu(widen(normForward(met))), share)), share));
  };
}

export function crossModalFusion(options: CrossModalOptions): Fusion {
  const { dim, heads = 4, crossLayers = 2, selfLayers = 1, dropout: share = 0.1, convert = false } = options;
  return (inputs) => {
    const [batch = 0] = inputs.presence.shape;
    const streams = slotsOf(inputs).map((slot): Stream => {
      const { value, modality } = slot;
      const steps = value.shape.length === 3 ? (value.shape[1] as number) : 1;
      const project = linear(`${modality}.project`, dim);
      const projected = reshape(project(value), [batch, steps, dim]);
      const sequence = steps > 1 ? positions(modality, steps, dim)(projected) : projected;
      return { slot, project, sequence: dropout(sequence, share), present: reshapeRaw(slot.present, [batch, 1, 1]) };
    });

    const pooled = streams.map((target) => {
      const { modality, steps, present } = target.slot;
      const sources = streams.filter((stream) => stream !== target);
      const read = sources.map((source) => {
        let sequence = target.sequence;
        for (let layer = 1; layer <= crossLayers; layer++) {
          const name = `${modality}.from.${source.slot.modality}.layer${layer}`;
          sequence = crossLayer(name, dim, heads, share)(sequence, source);
        }
        return sequence;
      });
      let merged = read.length > 0 ? concat(read, 2) : target.sequence;
      const width = merged.shape[2] as number;
      for (let layer = 1; layer <= selfLayers; layer++) {
        const self = { heads, dropout: share, normFirst: true };
        merged = transformerLayer(`${modality}.self${layer}`, width, self)(merged, steps);
      }
      return mul(meanOverSteps(layerNorm(`${modality}.norm`)(merged), steps), present);
    });
    const vector = relu(linear("output", dim)(dropout(concat([...pooled, inputs.presence], 1), share)));
    if (!convert || inputs.presence.graph.mode === "infer") return { vector };

    const convertible = vectorSlots(inputs).map(({ modality, value, present }, index) => ({
      modality,
      embedding: value,
      present,
      encode: (streams[index] as Stream).project,
    }));
    const auxiliary = conversionLoss(convertible, 2 * dim);
    return auxiliary ? { vector, auxiliary } : { vector };
  };
}
