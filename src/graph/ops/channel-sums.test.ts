import { expect, test } from "vitest";
import { random } from "../../core/random.ts";
import { float32, floats } from "../../core/tensor.ts";
import { nodeRuntime } from "../../platform/node/runtime.ts";
import { Graph } from "../graph.ts";
import { encodeModel } from "../onnx-write.ts";
import { channelMoments } from "./channel-sums.ts";

/** Mean and variance of one channel, in double precision. */
function momentsOf(
  values: Float32Array,
  [batch, channels, positions]: readonly [number, number, number],
  channel: number,
) {
  const own: number[] = [];
  for (let at = 0; at < batch; at++) {
    const start = (at * channels + channel) * positions;
    own.push(...values.subarray(start, start + positions));
  }
  const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
  return { mean, variance: own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length };
}

test.each([
  ["around zero", 0, 1e-4],
  ["a hundred deviations away from zero", 100, 2e-2],
])("mean and variance of values %s", async (_, centre, tolerance) => {
  const dice = random(3);
  const [batch, channels, height, width] = [4, 3, 9, 11];
  const shape = [batch, channels, height, width];
  const x = Float32Array.from({ length: batch * channels * height * width }, () => centre + dice.normal());
  const graph = new Graph("train");
  const { mean, variance } = channelMoments(graph.input("x", shape));
  graph.output("mean", mean);
  graph.output("variance", variance);
  const session = await nodeRuntime().open(encodeModel(graph.model()));
  const result = await session.run({ x: float32(x, shape) });
  await session.release();
  for (let channel = 0; channel < channels; channel++) {
    const expected = momentsOf(x, [batch, channels, height * width], channel);
    expect(Math.abs((floats(result.mean)[channel] as number) - expected.mean)).toBeLessThan(1e-4);
    expect(Math.abs((floats(result.variance)[channel] as number) / expected.variance - 1)).toBeLessThan(tolerance);
  }
});

test("equal values have no variance, and never a negative one", async () => {
  const graph = new Graph("train");
  graph.output("variance", channelMoments(graph.input("x", [2, 2, 8, 8])).variance);
  const session = await nodeRuntime().open(encodeModel(graph.model()));
  const result = await session.run({ x: float32(new Float32Array(256).fill(1234.567), [2, 2, 8, 8]) });
  await session.release();
  for (const variance of floats(result.variance)) {
    expect(variance).toBeGreaterThanOrEqual(0);
    expect(variance).toBeLessThan(1); // of a mean square of 1.5 million
  }
});
