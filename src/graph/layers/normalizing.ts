/** Batch and layer normalization as layers. */
import { type Layer, type Node, perGraph } from "../graph.ts";
import { ones, zeros } from "../initialize.ts";
import { foldIntoProducer } from "../ops/fold.ts";
import { batchNormalize, layerNormalize } from "../ops/normalization.ts";
import { formatShape, shapeError } from "../shape.ts";

const EPSILON = 1e-5;

export interface BatchNormOptions {
  /** Share of a batch in the running statistics. Default 0.1. */
  readonly momentum?: number;
  readonly epsilon?: number;
}

/**
 * Batch normalization over all axes but the channels (axis 1). Training uses the batch's statistics and keeps running
 * ones outside the graph; inference folds these into the convolution or linear layer before, or into one scale and
 * shift. Apply a layer once per graph: statistics of two places would mix.
 */
export function batchNorm(name: string, options: BatchNormOptions = {}): Layer {
  const { momentum = 0.1, epsilon = EPSILON } = options;
  return (x) => {
    if (x.shape.length < 2) throw shapeError(`batch norm ${name}`, formatShape(x.shape), "[batch, channels, ...]");
    const { graph } = x;
    const channels = [x.shape[1] as number];
    const gain = graph.parameter(`${name}.gain`, channels, ones, { decay: false });
    const bias = graph.parameter(`${name}.bias`, channels, zeros, { decay: false });
    if (graph.mode === "train") {
      const { y, mean, variance } = batchNormalize(x, gain, bias, epsilon);
      graph.statistic(`${name}.mean`, channels, 0, momentum, mean);
      graph.statistic(`${name}.variance`, channels, 1, momentum, variance);
      return y;
    }
    const mean = graph.statistic(`${name}.mean`, channels, 0, momentum, null) as Node;
    const variance = graph.statistic(`${name}.variance`, channels, 1, momentum, null) as Node;
    return foldIntoProducer(x, { gain, bias, mean, variance, epsilon });
  };
}

/** Layer normalization over the last axis. */
export function layerNorm(name: string, epsilon = EPSILON): Layer {
  const weights = perGraph((graph, x) => {
    const size = [x.shape.at(-1) as number];
    return {
      gain: graph.parameter(`${name}.gain`, size, ones, { decay: false }),
      bias: graph.parameter(`${name}.bias`, size, zeros, { decay: false }),
    };
  });
  return (x) => {
    const { gain, bias } = weights(x);
    if (x.shape.at(-1) !== gain.shape[0]) {
      throw shapeError(`layer norm ${name}`, formatShape(x.shape), `[..., ${gain.shape[0]}]`);
    }
    return layerNormalize(x, gain, bias, epsilon);
  };
}
