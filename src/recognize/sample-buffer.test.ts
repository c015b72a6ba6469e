import { expect, test } from "vitest";
import { sampleBuffer } from "./sample-buffer.ts";

test("samples are found by their place in the stream, however much has come and gone", () => {
  const buffer = sampleBuffer();
  for (let from = 0; from < 200_000; from += 777) {
    buffer.append(Float32Array.from({ length: 777 }, (_, at) => from + at));
    buffer.forgetBefore(buffer.end() - 5_000);
    const [start, end] = [buffer.end() - 4_000, buffer.end() - 3_990];
    if (start >= 0) expect([...buffer.slice(start, end)]).toEqual(Array.from({ length: 10 }, (_, at) => start + at));
  }
});

test("what is forgotten, or has not come yet, is left out", () => {
  const buffer = sampleBuffer();
  buffer.append(Float32Array.of(0, 1, 2, 3));
  buffer.forgetBefore(2);
  expect([...buffer.slice(0, 10)]).toEqual([2, 3]);
  expect([...buffer.slice(0, 1)]).toEqual([]);
  buffer.forgetBefore(99);
  expect([...buffer.slice(0, 99)]).toEqual([]);
  expect(buffer.end()).toBe(4);
});
