/**
 * A convolution head: kernels of several widths side by side, the highest answer of each, and a softmax layer (Kim 2014).
 * Over a sequence the kernels slide along time and see all dimensions; over a vector they slide along its features, as
 * on a signal of one channel, and what was found keeps its rough place: the maximum is taken per section.
 */
import type { Node } from "../graph/graph.ts";
import { conv1d } from "../graph/layers/convolutional.ts";
import { linear } from "../graph/layers/dense.ts";
import { maxOverSteps, maxPool2d } from "../graph/layers/pooling.ts";
import { dropout, relu } from "../graph/ops/activation.ts";
import { concat, flatten, reshape, transpose } from "../graph/ops/reshape.ts";
import { checkHeadInput, type Head, withoutPadding } from "./head.ts";

export interface CnnHeadOptions {
  readonly labels: number;
  /** Kernels of each width. Default 64. */
  readonly filters?: number;
  /** Odd. Default 3 and 5. */
  readonly widths?: readonly number[];
  /** Sections of a vector in which the maximum is taken; at most its dimension. Default 4. */
  readonly sections?: number;
  readonly dropout?: number;
}

export function cnnHead(options: CnnHeadOptions): Head {
  const { labels, filters = 64, widths = [3, 5], sections = 4, dropout: share = 0.3 } = options;
  const slide = (x: Node, width: number): Node => conv1d(`width${width}`, filters, { kernel: width })(x);

  function overFeatures(x: Node): Node {
    const [batch = 0, dim = 0] = x.shape;
    const signal = reshape(x, [batch, 1, dim]);
    const length = Math.max(1, Math.floor(dim / sections));
    const found = widths.map((width) => {
      const image = reshape(slide(signal, width), [batch, filters, 1, dim]);
      return flatten(maxPool2d([1, length])(image));
    });
    return concat(found, 1);
  }
  function overSteps(x: Node, steps: Node | undefined): Node {
    const channels = transpose(withoutPadding(x, steps), [0, 2, 1]);
    const found = widths.map((width) => maxOverSteps(transpose(slide(channels, width), [0, 2, 1]), steps));
    return concat(found, 1);
  }
  return (x, steps) => {
    checkHeadInput("convolution head", x, steps);
    // The rectifier comes last: the same values, and a sequence without steps gives zeros.
    const found = relu(x.shape.length === 2 ? overFeatures(x) : overSteps(x, steps));
    return linear("logits", labels)(dropout(found, share));
  };
}
