/** Two-dimensional convolution with any stride, padding and grouping, and its gradients as ordinary operators. */
import type { Node } from "../graph.ts";
import { mulRaw, sumRaw } from "./arithmetic.ts";
import { matmulRaw } from "./matmul.ts";
import { concatRaw, reshapeRaw, sliceRaw, transposeRaw } from "./reshape.ts";

export interface ConvolutionGeometry {
  /** Rows and columns of the kernel. */
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  /** Zeros added at the top, left, bottom and right. */
  readonly pads: readonly [number, number, number, number];
  readonly groups: number;
}

/** Below this many input channels one product over all taps beats a product per tap. */
const FEW_CHANNELS = 16;

function attributes({ kernel, stride, pads, groups }: ConvolutionGeometry) {
  return {
    kernel_shape: { ints: kernel },
    strides: { ints: stride },
    pads: { ints: pads },
    group: { int: groups },
  };
}

export function outputSize(size: number, kernel: number, stride: number, padding: number): number {
  return Math.floor((size + padding - kernel) / stride) + 1;
}

/** Gradient of the input: a convolution with the kernel turned around, or its transpose for strides and groups. */
function inputGradient(x: Node, weight: Node, d: Node, geometry: ConvolutionGeometry): Node {
  const { graph } = x;
  const { kernel, stride, pads, groups } = geometry;
  const [rows, columns] = kernel;
  const [top, left, bottom, right] = pads;
  const around = [rows - 1 - top, columns - 1 - left, rows - 1 - bottom, columns - 1 - right] as const;
  if (stride[0] === 1 && stride[1] === 1 && groups === 1 && around.every((pad) => pad >= 0)) {
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
    const turned = transposeRaw(flipped, [1, 0, 2, 3]);
    return graph.one("Conv", [d, turned], x.shape, attributes({ ...geometry, pads: around }));
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
 * What each kernel position saw, flattened, and the gradient laid out to match: `[N, C, L]` per tap and `[N, O, L]`.
 *
 * With stride 1 the padded rows are laid end to end, so a tap is one contiguous run per channel and not a run per row;
 * the columns that wrap around meet zeros in the widened gradient.
 */
function taps(x: Node, d: Node, geometry: ConvolutionGeometry): { seen: Node[]; gradient: Node } {
  const { graph } = x;
  const { kernel, stride, pads } = geometry;
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const [, outputs = 0, outHeight = 0, outWidth = 0] = d.shape;
  const [top, left, bottom, right] = pads;
  const padded =
    top + left + bottom + right === 0
      ? x
      : graph.one(
          "Pad",
          [x, graph.integers([0, 0, top, left, 0, 0, bottom, right])],
          [batch, channels, height + top + bottom, width + left + right],
        );
  const [, , paddedHeight = 0, paddedWidth = 0] = padded.shape;
  const seen: Node[] = [];
  if (stride[0] === 1 && stride[1] === 1) {
    const extra = paddedWidth - outWidth;
    const length = outHeight * paddedWidth - extra;
    const flat = reshapeRaw(padded, [batch, channels, paddedHeight * paddedWidth]);
    let gradient = d;
    if (extra > 0) {
      const widened = graph.one(
        "Pad",
        [d, graph.integers([0, 0, 0, 0, 0, 0, 0, extra])],
        [batch, outputs, outHeight, paddedWidth],
      );
      gradient = sliceRaw(reshapeRaw(widened, [batch, outputs, outHeight * paddedWidth]), 2, 0, length);
    } else {
      gradient = reshapeRaw(d, [batch, outputs, length]);
    }
    for (let row = 0; row < kernel[0]; row++) {
      for (let column = 0; column < kernel[1]; column++) {
        const start = row * paddedWidth + column;
        seen.push(sliceRaw(flat, 2, start, start + length));
      }
    }
    return { seen, gradient };
  }
  for (let row = 0; row < kernel[0]; row++) {
    for (let column = 0; column < kernel[1]; column++) {
      const ends = [row + (outHeight - 1) * stride[0] + 1, column + (outWidth - 1) * stride[1] + 1];
      const view = graph.one(
        "Slice",
        [padded, graph.integers([row, column]), graph.integers(ends), graph.integers([2, 3]), graph.integers(stride)],
        [batch, channels, outHeight, outWidth],
      );
      seen.push(reshapeRaw(view, [batch, channels, outHeight * outWidth]));
    }
  }
  return { seen, gradient: reshapeRaw(d, [batch, outputs, outHeight * outWidth]) };
}

/** Gradient of the kernel: the output gradient times what each tap saw, summed over the batch. */
function kernelGradient(x: Node, weight: Node, d: Node, geometry: ConvolutionGeometry): Node {
  const { graph } = x;
  const [outputs = 0, perGroup = 0, rows = 0, columns = 0] = weight.shape;
  const { groups } = geometry;
  const { seen, gradient } = taps(x, d, geometry);
  const [batch = 0, channels = 0, length = 0] = (seen[0] as Node).shape;
  if (groups === channels && perGroup === 1 && outputs === channels) {
    const sums = seen.map((tap) => reshapeRaw(sumRaw(mulRaw(gradient, tap), [0, 2]), [outputs, 1, 1]));
    return reshapeRaw(concatRaw(sums, 2), weight.shape);
  }
  const count = rows * columns;
  const grouped = (node: Node) => reshapeRaw(node, [batch, groups, (node.shape[1] as number) / groups, length]);
  const dGrouped = grouped(gradient);
  if (perGroup < FEW_CHANNELS) {
    const all = concatRaw(
      seen.map((tap) => grouped(tap)),
      2,
    );
    const product = sumRaw(matmulRaw(dGrouped, all, false, true), [0]);
    const perTap = reshapeRaw(product, [outputs, count, perGroup]);
    return reshapeRaw(transposeRaw(perTap, [0, 2, 1]), weight.shape);
  }
  const products = seen.map((tap) => {
    const product = sumRaw(matmulRaw(dGrouped, grouped(tap), false, true), [0]);
    return reshapeRaw(product, [outputs, perGroup, 1]);
  });
  return reshapeRaw(graph.one("Concat", products, [outputs, perGroup, count], { axis: { int: 2 } }), weight.shape);
}

/** `[N, C, H, W]` by `[O, C / groups, rows, columns]` → `[N, O, H', W']`. */
export function convolve(x: Node, weight: Node, bias: Node | null, geometry: ConvolutionGeometry): Node {
  const [batch = 0, , height = 0, width = 0] = x.shape;
  const { kernel, stride, pads } = geometry;
  const shape = [
    batch,
    weight.shape[0] as number,
    outputSize(height, kernel[0], stride[0], pads[0] + pads[2]),
    outputSize(width, kernel[1], stride[1], pads[1] + pads[3]),
  ];
  const y = x.graph.one("Conv", bias ? [x, weight, bias] : [x, weight], shape, attributes(geometry));
  x.graph.record([y], bias ? [x, weight, bias] : [x, weight], ([d]) => {
    if (!d) return [null, null, null];
    return [
      x.tracked ? inputGradient(x, weight, d, geometry) : null,
      kernelGradient(x, weight, d, geometry),
      bias ? sumRaw(d, [0, 2, 3]) : null,
    ];
  });
  return y;
}
