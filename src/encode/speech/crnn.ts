/**
 * A convolutional recurrent network (CRNN): convolutions find what sounds like what, in stages that halve the bands and
 * leave time as fine as asked; a GRU in both directions reads the steps, and attention pools them.
 *
 * Sources: Choi et al. (2017), "Convolutional recurrent neural networks for music classification"; attention pooling on
 * emotional speech, Mirsamadi et al. (2017).
 */
import type { Node } from "../../graph/graph.ts";
import { linear } from "../../graph/layers/dense.ts";
import { attentionPool } from "../../graph/layers/pooling.ts";
import { gru } from "../../graph/layers/recurrent.ts";
import { dropout } from "../../graph/ops/activation.ts";
import type { Encoded } from "../encoded.ts";
import { convBlocks, perStep } from "./conv-blocks.ts";

export interface CrnnOptions {
  /** Channels of each stage. Default 32, 64 and 64. */
  readonly channels?: readonly number[];
  /** Steps of which each stage makes one. Default 2. */
  readonly stride?: number;
  /** Units of the GRU per direction. Default 64. */
  readonly hidden?: number;
  readonly dropout?: number;
}

/** @param features `[batch, 1, bands, steps]`; bands at least 2 to the power of the number of stages */
export function crnn(features: Node, labels: number, options: CrnnOptions = {}): Encoded {
  const { channels = [32, 64, 64], stride = 2, hidden = 64, dropout: share = 0.3 } = options;
  const steps = dropout(perStep(convBlocks(features, channels, [2, stride])), share);
  const sequence = gru("gru", hidden, { direction: "both" })(steps);
  const embedding = attentionPool("pool", { hidden })(sequence);
  return { embedding, sequence, logits: linear("head", labels)(dropout(embedding, share)) };
}
