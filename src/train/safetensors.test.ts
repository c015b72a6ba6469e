import { describe, expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

const arrays = new Map([
  ["a", Float32Array.of(1, -2.5, 3)],
  ["b/ü", new Float32Array(0)],
]);

describe("safetensors", () => {
  test("gives back what was written, bit for bit", () => {
    const back = decodeSafetensors(encodeSafetensors({ arrays, metadata: { note: "höher" } }));
    expect([...back.arrays]).toEqual([...arrays]);
    expect(back.metadata).toEqual({ note: "höher" });
  });

  test("lays the file out as the format says: header length, JSON, raw little-endian data", () => {
    const bytes = encodeSafetensors({ arrays: new Map([["x", Float32Array.of(1)]]), metadata: {} });
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    expect(header.x).toEqual({ dtype: "F32", shape: [1], data_offsets: [0, 4] });
    expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f]);
  });

  test("reads from a view into a larger buffer, as files in Node arrive", () => {
    const bytes = encodeSafetensors({ arrays, metadata: {} });
    const pool = Buffer.alloc(bytes.length + 100, 7);
    pool.set(bytes, 50);
    expect([...decodeSafetensors(pool.subarray(50, 50 + bytes.length)).arrays]).toEqual([...arrays]);
  });

  test.each([0, 7, 20, 60])("refuses a file that breaks off after %i bytes", (length) => {
    const bytes = encodeSafetensors({ arrays, metadata: {} });
    expect(() => decodeSafetensors(bytes.subarray(0, length))).toThrow("checkpoint cannot be read");
  });
});
