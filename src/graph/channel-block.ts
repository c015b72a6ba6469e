/** Which block of channels the runtime's blocked convolution works with on this processor, found by trying. */
import type { Runtime } from "../core/ports.ts";
import { random } from "../core/random.ts";
import { float32, floats, type Tensor } from "../core/tensor.ts";
import { Graph } from "./graph.ts";
import { encodeModel } from "./onnx-write.ts";
import { convolve } from "./ops/convolution.ts";

/** Floats in a vector register of 512 and of 256 bits. */
const BLOCKS = [16, 8];
/** A multiple of every block. */
const CHANNELS = 32;
const PICTURE = [1, CHANNELS, 5, 4];
const KERNEL = [CHANNELS, CHANNELS, 3, 3];
/** Sums of 288 products of values up to 1 agree far better than this unless the layout is wrong. */
const TOLERANCE = 1e-3;

async function convolved(runtime: Runtime, block: number, feeds: Record<string, Tensor>): Promise<Float32Array> {
  const graph = new Graph("train", undefined, { channelBlock: block });
  const [x, kernel] = [graph.input("x", PICTURE), graph.input("kernel", KERNEL)];
  const geometry = { kernel: [3, 3], stride: [1, 1], pads: [1, 1, 1, 1], groups: 1 } as const;
  graph.output("y", convolve(x, kernel, null, geometry));
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
  const plain = await convolved(runtime, 0, feeds);
  for (const block of BLOCKS) {
    // A runtime without these operators refuses the model; one with another block computes something else.
    const blocked = await convolved(runtime, block, feeds).catch(() => undefined);
    if (blocked?.every((value, at) => Math.abs(value - (plain[at] as number)) < TOLERANCE)) return block;
  }
  return 0;
}

const found = new WeakMap<Runtime, Promise<number>>();

/** Channels per block, 16 or 8; 0 if the runtime has no blocked convolution. Tried once per runtime, in about 20 ms. */
export function findChannelBlock(runtime: Runtime): Promise<number> {
  const known = found.get(runtime) ?? tryBlocks(runtime);
  found.set(runtime, known);
  return known;
}
