/**
 * A convolution network on log-mel features, read like a picture: stages that halve bands and steps, and the mean over
 * what is left.
 *
 * Source: the VGG-like networks of Hershey et al. (2017), "CNN architectures for large-scale audio classification".
 */
import type { Node } from "../../graph/graph.ts";
import { linear } from "../../graph/layers/dense.ts";
import { globalAveragePool } from "../../graph/layers/pooling.ts";
import { dropout } from "../../graph/ops/activation.ts";
import { mean } from "../../graph/ops/arithmetic.ts";
import { transpose } from "../../graph/ops/reshape.ts";
import type { Encoded } from "../encoded.ts";
import { convBlocks } from "./conv-blocks.ts";

export interface LogMelCnnOptions {
  /** Channels of each stage. Default 32, 64, 128 and 128. */
  readonly channels?: readonly number[];
  readonly dropout?: number;
}

/** @param features `[batch, 1, bands, steps]`; bands and steps at least 2 to the power of the number of stages */
export function logMelCnn(features: Node, labels: number, options: LogMelCnnOptions = {}): Encoded {
  const { channels = [32, 64, 128, 128], dropout: share = 0.3 } = options;
  const x = convBlocks(features, channels, [2, 2]);
  const embedding = globalAveragePool(x);
  const sequence = transpose(mean(x, [2]), [0, 2, 1]);
  return { embedding, sequence, logits: linear("head", labels)(dropout(embedding, share)) };
}
