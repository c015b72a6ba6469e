/**
 * The expression network of face-api (@vladmandic/face-api, the kept-up copy of face-api.js) on our arrays: its weights
 * in a network that is built anew here, its preprocessing too (bilinear to 112 × 112, the mean colour taken away).
 *
 * Source: src/faceExpressionNet, src/faceFeatureExtractor and src/dom/NetInput.ts of @vladmandic/face-api; its weights
 * are those of face-api.js.
 */
import type { Picture } from "../../../src/core/media.ts";
import type { WeightEntry } from "../../../src/graph/convert/graph-model.ts";
import { readWeights, type Weight } from "../../../src/graph/convert/weights.ts";
import { Graph, type Node } from "../../../src/graph/graph.ts";
import { encodeModel } from "../../../src/graph/onnx-write.ts";
import { relu } from "../../../src/graph/ops/activation.ts";
import { add, mean } from "../../../src/graph/ops/arithmetic.ts";
import { convolve } from "../../../src/graph/ops/convolution.ts";
import { affine } from "../../../src/graph/ops/matmul.ts";
import { DYNAMIC } from "../../../src/graph/shape.ts";
import type { PeerNetwork } from "./peer.ts";
import { resizeBilinear } from "./resize-bilinear.ts";

const SIDE = 112;
/** Red, green and blue, of 255. */
const MEAN = [122.782, 117.001, 104.298];

/** `[3, 112, 112]` of a grey crop, every colour alike. */
export function faceApiInput(face: Picture): Float32Array {
  const grey = resizeBilinear(face, SIDE, (level) => level);
  const out = new Float32Array(3 * grey.length);
  for (const [channel, average] of MEAN.entries()) {
    out.set(
      grey.map((level) => (level - average) / 255),
      channel * grey.length,
    );
  }
  return out;
}

/** TensorFlow's `[rows, columns, in, out]` → ONNX's `[out, in, rows, columns]`. */
function turned({ dims, data }: Weight): Float32Array {
  const [rows = 1, columns = 1, inputs = 1, outputs = 1] = dims;
  const area = rows * columns;
  const out = new Float32Array(data.length);
  for (let at = 0; at < data.length; at++) {
    const [to, from, place] = [at % outputs, Math.floor(at / outputs) % inputs, Math.floor(at / (inputs * outputs))];
    out[(to * inputs + from) * area + place] = data[at] as number;
  }
  return out;
}

function build(graph: Graph, weights: ReadonlyMap<string, Weight>): Node {
  const given = (name: string): Weight => {
    const weight = weights.get(name);
    if (weight === undefined) throw new Error(`the weights hold no ${name}`);
    return weight;
  };
  const biasOf = (name: string): Node => graph.constant(given(name).data, given(name).dims);

  /** "same" of TensorFlow: with a stride of 2 over an even side, the zero stands behind. */
  const conv = (
    x: Node,
    kernel: Float32Array,
    shape: number[],
    bias: Node | null,
    stride: number,
    groups = 1,
  ): Node => {
    const side = shape[2] as number;
    const before = stride === 2 ? 0 : side >> 1;
    return convolve(x, graph.constant(kernel, shape), bias, {
      kernel: [side, side],
      stride: [stride, stride],
      pads: [before, before, side >> 1, side >> 1],
      groups,
    });
  };
  const full = (x: Node, name: string, stride: number): Node => {
    const [rows = 1, columns = 1, inputs = 1, outputs = 1] = given(`${name}/filters`).dims;
    const kernel = turned(given(`${name}/filters`));
    return conv(x, kernel, [outputs, inputs, rows, columns], biasOf(`${name}/bias`), stride);
  };
  const separable = (x: Node, name: string, stride: number): Node => {
    const [depth, point] = [given(`${name}/depthwise_filter`), given(`${name}/pointwise_filter`)];
    const [rows = 1, columns = 1, channels = 1] = depth.dims;
    const outputs = point.dims[3] as number;
    // One kernel per channel: `[rows, columns, channels, 1]` is turned as if the channels were outputs.
    const kernels = turned({ dims: [rows, columns, 1, channels], data: depth.data });
    const each = conv(x, kernels, [channels, 1, rows, columns], null, stride, channels);
    return conv(each, turned(point), [outputs, channels, 1, 1], biasOf(`${name}/bias`), 1);
  };
  /** Every convolution after the first sees the sum of all before it. */
  const dense = (x: Node, name: string, first: boolean): Node => {
    let sum = relu(first ? full(x, `${name}/conv0`, 2) : separable(x, `${name}/conv0`, 2));
    let seen = sum;
    for (const conv of ["conv1", "conv2", "conv3"]) {
      sum = add(sum, separable(seen, `${name}/${conv}`, 1));
      seen = relu(sum);
    }
    return seen;
  };

  const blocks = ["dense0", "dense1", "dense2", "dense3"];
  const last = blocks.reduce(
    (x, name, index) => dense(x, name, index === 0),
    graph.input("face", [DYNAMIC, 3, SIDE, SIDE]),
  );
  // 7 × 7 are left: their average pool is their mean.
  const pooled = mean(last, [2, 3]);
  return affine(pooled, graph.constant(given("fc/weights").data, given("fc/weights").dims), biasOf("fc/bias"));
}

export const faceApi: PeerNetwork = {
  package: "@vladmandic/face-api",
  files: ["model/face_expression_model-weights_manifest.json", "model/face_expression_model.bin"],
  labels: ["neutral", "joy", "sadness", "anger", "fear", "disgust", "surprise"],
  channels: 3,
  side: SIDE,
  input: faceApiInput,
  network(description, bytes) {
    const [{ weights }] = JSON.parse(description) as [{ weights: WeightEntry[] }];
    const graph = new Graph("infer", new Map());
    graph.output("logits", build(graph, readWeights({ nodes: [], weights, files: [] }, bytes)));
    return encodeModel(graph.model());
  },
};
