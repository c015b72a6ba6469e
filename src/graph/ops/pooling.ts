/** Max and average pooling over rows and columns. */
import type { Node } from "../graph.ts";
import { sizeOf } from "../shape.ts";
import { beforeRelu, relu } from "./activation.ts";
import { maximaGradient, maximaOfTiles } from "./blocked-maps.ts";
import { twinOf } from "./blocks.ts";
import { outputSize } from "./geometry.ts";
import { countsQuads, maximaOfQuads } from "./max-positions.ts";
import { reshapeRaw } from "./reshape.ts";

export interface PoolGeometry {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  /** Added at the top, left, bottom and right. */
  readonly pads: readonly [number, number, number, number];
}

function pooledShape(x: Node, { kernel, stride, pads }: PoolGeometry): number[] {
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  return [
    batch,
    channels,
    outputSize(height, kernel[0], stride[0], pads[0] + pads[2]),
    outputSize(width, kernel[1], stride[1], pads[1] + pads[3]),
  ];
}

function attributes({ kernel, stride, pads }: PoolGeometry) {
  return { kernel_shape: { ints: kernel }, strides: { ints: stride }, pads: { ints: pads } };
}

/** Whether the windows are 2 × 2 and cover all of x side by side. */
function quads(x: Node, { kernel, stride, pads }: PoolGeometry): boolean {
  if (!countsQuads(x)) return false;
  const even = (x.shape[2] as number) % 2 === 0 && (x.shape[3] as number) % 2 === 0;
  return even && [...kernel, ...stride].every((size) => size === 2) && pads.every((pad) => pad === 0);
}

/** Whether windows lie side by side, without padding. */
function inTiles({ kernel, stride, pads }: PoolGeometry): boolean {
  return kernel[0] === stride[0] && kernel[1] === stride[1] && pads.every((pad) => pad === 0);
}

/** Largest value of each window and its place, counted over the whole flattened x. */
function maximaAndPlaces(x: Node, shape: number[], geometry: PoolGeometry): { maxima: Node; places: Node } {
  const outputs = [{ shape }, { shape, type: "int64" as const }];
  const [maxima, places] = x.graph.emit("MaxPool", [x], outputs, attributes(geometry)) as [Node, Node];
  return { maxima, places };
}

export function maxPool(x: Node, geometry: PoolGeometry): Node {
  const { graph } = x;
  // The maximum of rectified values is the rectified maximum, which fewer values have to be rectified for.
  const unrectified = graph.mode === "train" ? beforeRelu(x) : undefined;
  if (unrectified) return relu(maxPool(unrectified, geometry));
  const shape = pooledShape(x, geometry);
  if (graph.mode === "infer") return graph.one("MaxPool", [x], shape, attributes(geometry));
  const { kernel, stride, pads } = geometry;
  if (twinOf(x) && inTiles(geometry)) {
    const tiles = { rows: kernel[0], columns: kernel[1] };
    const y = maximaOfTiles(x, tiles);
    graph.record([y], [x], ([d]) => [d ? maximaGradient(x, y, d, tiles) : null]);
    return y;
  }
  const { maxima: y, places: indices } = quads(x, geometry) ? maximaOfQuads(x) : maximaAndPlaces(x, shape, geometry);
  const disjoint = kernel[0] <= stride[0] && kernel[1] <= stride[1] && pads.every((pad) => pad === 0);
  graph.record([y], [x], ([d]) => {
    if (!d) return [null];
    if (disjoint) {
      return [graph.one("MaxUnpool", [d, indices, graph.integers(x.shape)], x.shape, attributes(geometry))];
    }
    // Windows that overlap may share a maximum: its gradients add up. Indices count over the whole flattened input.
    const flat = graph.scalar(0, [sizeOf(x.shape)]);
    const at = reshapeRaw(indices, [sizeOf(shape)]);
    const scattered = graph.one("ScatterElements", [flat, at, reshapeRaw(d, [sizeOf(shape)])], flat.shape, {
      axis: { int: 0 },
      reduction: { string: "add" },
    });
    return [reshapeRaw(scattered, x.shape)];
  });
  return y;
}

/** Averages count the padding, so every window weighs the same. */
export function averagePool(x: Node, geometry: PoolGeometry): Node {
  const { graph } = x;
  const shape = pooledShape(x, geometry);
  const y = graph.one("AveragePool", [x], shape, { ...attributes(geometry), count_include_pad: { int: 1 } });
  graph.record([y], [x], ([d]) => {
    if (!d) return [null];
    const { kernel, stride, pads } = geometry;
    const [, channels = 0, height = 0, width = 0] = x.shape;
    const share = graph.scalar(1 / (kernel[0] * kernel[1]), [channels, 1, kernel[0], kernel[1]]);
    const left = [
      height - (((shape[2] as number) - 1) * stride[0] - pads[0] - pads[2] + kernel[0]),
      width - (((shape[3] as number) - 1) * stride[1] - pads[1] - pads[3] + kernel[1]),
    ];
    return [
      graph.one("ConvTranspose", [d, share], x.shape, {
        ...attributes(geometry),
        group: { int: channels },
        output_padding: { ints: left },
      }),
    ];
  });
  return y;
}
