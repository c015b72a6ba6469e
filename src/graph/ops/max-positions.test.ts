import { expect, test } from "vitest";
import { float32 } from "../../core/tensor.ts";
import { nodeRuntime } from "../../platform/node/runtime.ts";
import { Graph } from "../graph.ts";
import { encodeModel } from "../onnx-write.ts";
import { maximaOfQuads } from "./max-positions.ts";

/** Places and maxima of one picture of two rows of windows. */
async function quads(rows: readonly (readonly number[])[]) {
  const shape = [1, 1, rows.length, (rows[0] as readonly number[]).length];
  const graph = new Graph("train");
  const { maxima, places } = maximaOfQuads(graph.input("x", shape));
  graph.output("maxima", maxima);
  graph.output("places", places);
  const session = await nodeRuntime().open(encodeModel(graph.model()));
  const result = await session.run({ x: float32(Float32Array.from(rows.flat()), shape) });
  await session.release();
  return { maxima: [...(result.maxima?.data ?? [])], places: [...(result.places?.data ?? [])].map(Number) };
}

test("a maximum is found at each of the four places of a window", async () => {
  const rows = [
    [9, 1, 0, 8],
    [2, 3, 4, 5],
    [1, 2, 0, 1],
    [7, 3, 2, 6],
  ];
  expect(await quads(rows)).toEqual({ maxima: [9, 8, 7, 6], places: [0, 3, 12, 15] });
});

test("of equal maxima the first counts, along rows and then columns", async () => {
  const rows = [
    [5, 5, 0, 5],
    [5, 5, 5, 0],
    [0, 0, 1, 0],
    [5, 5, 1, 0],
  ];
  expect((await quads(rows)).places).toEqual([0, 3, 12, 10]);
});

test("places count over all pictures and channels", async () => {
  const shape = [2, 2, 2, 2];
  const graph = new Graph("train");
  graph.output("places", maximaOfQuads(graph.input("x", shape)).places);
  const session = await nodeRuntime().open(encodeModel(graph.model()));
  const x = float32(
    Float32Array.from({ length: 16 }, (_, at) => at),
    shape,
  );
  const { places } = await session.run({ x });
  await session.release();
  expect([...(places?.data ?? [])].map(Number)).toEqual([3, 7, 11, 15]);
});
