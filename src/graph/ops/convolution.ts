/** Two-dimensional convolution with any stride, padding and grouping, and its gradients as ordinary operators. */
import type { Node } from "../graph.ts";
import { sameShape } from "../shape.ts";
import { mulRaw, sumRaw } from "./arithmetic.ts";
import { convolveBlocked, convolveIntoBlocks, convolvesBlocked } from "./blocked-convolution.ts";
import { fitsBlocks } from "./blocks.ts";
import { type ConvolutionGeometry, outputSize } from "./geometry.ts";
import { kernelGradient } from "./kernel-gradient.ts";
import { reshapeRaw, transposeRaw } from "./reshape.ts";

function attributes({ kernel, stride, pads, groups }: ConvolutionGeometry) {
  return {
    kernel_shape: { ints: kernel },
    strides: { ints: stride },
    pads: { ints: pads },
    group: { int: groups },
  };
}

/** Gradient of the input: a convolution with the kernel turned around, or its transpose for strides and groups. */
function inputGradient(x: Node, weight: Node, d: Node, geometry: ConvolutionGeometry): Node {
  const { graph } = x;
  const { kernel, stride, pads, groups } = geometry;
  const [rows, columns] = kernel;
  const [top, left, bottom, right] = pads;
  const around = [rows - 1 - top, columns - 1 - left, rows - 1 - bottom, columns - 1 - right] as const;
  if (stride[0] === 1 && stride[1] === 1 && groups === 1 && around.every((pad) => pad >= 0)) {
    const [outputs = 0, channels = 0] = weight.shape;
    const turning = attributes({ ...geometry, pads: around });
    if (convolvesBlocked(graph.channelBlock, outputs, channels, geometry)) {
      return convolveBlocked(d, weight, null, x.shape, turning, true);
    }
    const flipped = graph.one(
      "Slice",
      [
        weight,
        graph.integers([rows - 1, columns - 1]),
        graph.integers([-1 - rows, -1 - columns]),
        graph.integers([2, 3]),
        graph.integers([-1, -1]),
      ],
      weight.shape,
    );
    return graph.one("Conv", [d, transposeRaw(flipped, [1, 0, 2, 3])], x.shape, turning);
  }
  const [, , height = 0, width = 0] = x.shape;
  const [, , outHeight = 0, outWidth = 0] = d.shape;
  const unreached = [
    height - ((outHeight - 1) * stride[0] - pads[0] - pads[2] + rows),
    width - ((outWidth - 1) * stride[1] - pads[1] - pads[3] + columns),
  ];
  return graph.one("ConvTranspose", [d, weight], x.shape, {
    ...attributes(geometry),
    output_padding: { ints: unreached },
  });
}

/**
 * A gradient that was just multiplied by one factor per channel (batch norm does that), taken apart: scaling the kernel
 * is cheaper than scaling the gradient.
 */
function withoutScale(d: Node): { gradient: Node; scale: Node | null } {
  const producer = d.graph.producerOf(d);
  const [gradient, scale] = (producer?.op === "Mul" ? producer.inputs : []).map((name) => d.graph.named(name));
  const perChannel = [1, d.shape[1] as number, 1, 1];
  if (!gradient || !scale || !sameShape(gradient.shape, d.shape) || !sameShape(scale.shape, perChannel)) {
    return { gradient: d, scale: null };
  }
  return { gradient, scale };
}

/** `convolve` without its gradient. */
export function convolveRaw(x: Node, weight: Node, bias: Node | null, geometry: ConvolutionGeometry): Node {
  const { graph } = x;
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const { kernel, stride, pads } = geometry;
  const shape = [
    batch,
    weight.shape[0] as number,
    outputSize(height, kernel[0], stride[0], pads[0] + pads[2]),
    outputSize(width, kernel[1], stride[1], pads[1] + pads[3]),
  ];
  if (bias && channels < graph.channelBlock && fitsBlocks(graph, shape) && geometry.groups === 1) {
    return convolveIntoBlocks(x, weight, bias, shape, attributes(geometry));
  }
  return convolvesBlocked(graph.channelBlock, channels, shape[1] as number, geometry)
    ? convolveBlocked(x, weight, bias, shape, attributes(geometry))
    : graph.one("Conv", bias ? [x, weight, bias] : [x, weight], shape, attributes(geometry));
}

/** `[N, C, H, W]` by `[O, C / groups, rows, columns]` → `[N, O, H', W']`. */
export function convolve(x: Node, weight: Node, bias: Node | null, geometry: ConvolutionGeometry): Node {
  const y = convolveRaw(x, weight, bias, geometry);
  x.graph.record([y], bias ? [x, weight, bias] : [x, weight], ([d]) => {
    if (!d) return [null, null, null];
    const { gradient, scale } = withoutScale(d);
    const scaled = (node: Node, shape: readonly number[]) => (scale ? mulRaw(node, reshapeRaw(scale, shape)) : node);
    const perOutput = [weight.shape[0] as number, 1, 1, 1];
    return [
      x.tracked ? inputGradient(x, scaled(weight, perOutput), gradient, geometry) : null,
      weight.tracked ? scaled(kernelGradient(x, weight, gradient, geometry), perOutput) : null,
      bias ? scaled(sumRaw(gradient, [0, 2, 3]), perOutput.slice(0, 1)) : null,
    ];
  });
  return y;
}
