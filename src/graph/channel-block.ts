/** Which block of channels the runtime's blocked operators work with on this processor, found by trying. */
import type { Runtime } from "../core/ports.ts";
import { random } from "../core/random.ts";
import { float32, floats, type Tensor } from "../core/tensor.ts";
import { differentiate } from "./differentiate.ts";
import { Graph, type Node } from "./graph.ts";
import { ones } from "./initialize.ts";
import { encodeModel } from "./onnx-write.ts";
import { relu } from "./ops/activation.ts";
import { mean, mul } from "./ops/arithmetic.ts";
import { convolve } from "./ops/convolution.ts";
import { batchNormalize } from "./ops/normalization.ts";
import { maxPool } from "./ops/pooling.ts";

/** Floats in a vector register of 512 and of 256 bits. */
const BLOCKS = [16, 8];
/** A multiple of every block. */
const CHANNELS = 32;
const PICTURE = [1, CHANNELS, 5, 4];
const KERNEL = [CHANNELS, CHANNELS, 3, 3];
/** Of the largest value; results agree far better than this unless the layout is wrong. */
const TOLERANCE = 1e-3;

/** Gradient of a kernel behind which every operator follows that works in blocks, forwards and backwards. */
async function tried(runtime: Runtime, block: number, feeds: Record<string, Tensor>): Promise<Float32Array> {
  const graph = new Graph("train", undefined, { channelBlock: block });
  const kernel = graph.parameter("kernel", KERNEL, ones);
  const [gain, bias] = [graph.scalar(1, [CHANNELS]), graph.scalar(0, [CHANNELS])];
  const geometry = { kernel: [3, 3], stride: [1, 1], pads: [1, 1, 1, 1], groups: 1 } as const;
  const convolved = convolve(convolve(graph.input("x", PICTURE), kernel, null, geometry), kernel, null, geometry);
  const normal = relu(batchNormalize(convolved, gain, bias, 1e-5).y);
  const pooled = maxPool(normal, { kernel: [2, 2], stride: [2, 2], pads: [0, 0, 0, 0] });
  const loss = mean(mul(pooled, pooled), [0, 1, 2, 3]);
  graph.output("y", differentiate(graph, loss).dense.get("kernel") as Node);
  const session = await runtime.open(encodeModel(graph.model()));
  try {
    return floats((await session.run(feeds)).y);
  } finally {
    await session.release();
  }
}

async function tryBlocks(runtime: Runtime): Promise<number> {
  const dice = random(1);
  const filled = (shape: readonly number[]) =>
    float32(
      Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => dice.uniform(-1, 1)),
      shape,
    );
  const feeds = { x: filled(PICTURE), kernel: filled(KERNEL) };
  const plain = await tried(runtime, 0, feeds);
  const limit = TOLERANCE * Math.max(...plain.map(Math.abs));
  for (const block of BLOCKS) {
    // A runtime without these operators refuses the model; one with another block computes something else.
    const blocked = await tried(runtime, block, feeds).catch(() => undefined);
    if (blocked?.every((value, at) => Math.abs(value - (plain[at] as number)) < limit)) return block;
  }
  return 0;
}

const found = new WeakMap<Runtime, Promise<number>>();

/** Channels per block, 16 or 8; 0 if the runtime has no blocked convolution. Tried once per runtime, in some 50 ms. */
export function findChannelBlock(runtime: Runtime): Promise<number> {
  const known = found.get(runtime) ?? tryBlocks(runtime);
  found.set(runtime, known);
  return known;
}
