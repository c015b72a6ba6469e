/** Convolution layers. */
import { type Layer, perGraph } from "../graph.ts";
import { he, type Initializer, zeros } from "../initialize.ts";
import { convolve } from "../ops/convolution.ts";
import { type ConvolutionGeometry, outputSize, type Pair, pair } from "../ops/geometry.ts";
import { reshape } from "../ops/reshape.ts";
import { checkRank, formatShape, shapeError } from "../shape.ts";

export interface Conv2dOptions {
  readonly kernel: Pair;
  readonly stride?: Pair;
  /** Zeros on each side of rows and columns, or `"same"` (half the kernel; the default). */
  readonly padding?: Pair | "same";
  /** Channel groups; as many as channels for a depthwise convolution. */
  readonly groups?: number;
  readonly bias?: boolean;
  readonly initialize?: Initializer;
  /** Default zeros. */
  readonly initializeBias?: Initializer;
}

/** `[N, C, H, W]` → `[N, channels, H', W']`. He initialization unless told otherwise. */
export function conv2d(name: string, channels: number, options: Conv2dOptions): Layer {
  const { groups = 1, bias = true, initialize = he, initializeBias = zeros } = options;
  const kernel = pair(options.kernel);
  const stride = pair(options.stride ?? 1);
  const padding = options.padding ?? "same";
  const [vertical, horizontal] = padding === "same" ? [kernel[0] >> 1, kernel[1] >> 1] : pair(padding);
  const geometry: ConvolutionGeometry = {
    kernel,
    stride,
    pads: [vertical, horizontal, vertical, horizontal],
    groups,
  };
  const layer = `conv2d layer ${name}`;
  const weights = perGraph((graph, x) => ({
    weight: graph.parameter(`${name}.weight`, [channels, (x.shape[1] as number) / groups, ...kernel], initialize),
    bias: bias ? graph.parameter(`${name}.bias`, [channels], initializeBias, { decay: false }) : null,
  }));
  return (x) => {
    checkRank(layer, x.shape, 4, "[batch, channels, height, width]");
    const [, inputs = 0, height = 0, width = 0] = x.shape;
    if (inputs % groups !== 0 || channels % groups !== 0) {
      throw shapeError(layer, `${inputs} channels in and ${channels} out`, `multiples of ${groups} groups`);
    }
    if (outputSize(height, kernel[0], 1, 2 * vertical) < 1 || outputSize(width, kernel[1], 1, 2 * horizontal) < 1) {
      throw shapeError(layer, formatShape(x.shape), `at least ${kernel[0]} × ${kernel[1]} with its padding`);
    }
    const made = weights(x);
    if (made.weight.shape[1] !== inputs / groups) {
      throw shapeError(layer, formatShape(x.shape), `${(made.weight.shape[1] as number) * groups} channels`);
    }
    return convolve(x, made.weight, made.bias, geometry);
  };
}

export interface Conv1dOptions {
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number | "same";
  readonly groups?: number;
  readonly bias?: boolean;
  readonly initialize?: Initializer;
}

/** `[N, C, T]` → `[N, channels, T']`. */
export function conv1d(name: string, channels: number, options: Conv1dOptions): Layer {
  const { kernel, stride = 1, padding = "same", ...rest } = options;
  const across = conv2d(name, channels, {
    ...rest,
    kernel: [1, kernel],
    stride: [1, stride],
    padding: padding === "same" ? "same" : [0, padding],
  });
  return (x) => {
    checkRank(`conv1d layer ${name}`, x.shape, 3, "[batch, channels, steps]");
    const [batch = 0, inputs = 0, steps = 0] = x.shape;
    const y = across(reshape(x, [batch, inputs, 1, steps]));
    return reshape(y, [batch, channels, y.shape[3] as number]);
  };
}
