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

  test("reads the other floating-point types of the format, and leaves counters out", () => {
    const header = {
      half: { dtype: "F16", shape: [4], data_offsets: [0, 8] },
      brain: { dtype: "BF16", shape: [2], data_offsets: [8, 12] },
      count: { dtype: "I64", shape: [1], data_offsets: [16, 24] },
      double: { dtype: "F64", shape: [1], data_offsets: [24, 32] },
    };
    const text = new TextEncoder().encode(JSON.stringify(header));
    const bytes = new Uint8Array(8 + text.length + 32);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, BigInt(text.length), true);
    bytes.set(text, 8);
    const at = 8 + text.length;
    // 1, -2, the smallest subnormal and infinity; 1.5 and -3.
    for (const [i, bits] of [0x3c00, 0xc000, 0x0001, 0x7c00, 0x3fc0, 0xc040].entries())
      view.setUint16(at + 2 * i, bits, true);
    view.setFloat64(at + 24, 0.25, true);
    const { arrays: read } = decodeSafetensors(bytes);
    expect([...read.keys()]).toEqual(["half", "brain", "double"]);
    expect([...(read.get("half") ?? [])]).toEqual([1, -2, 2 ** -24, Number.POSITIVE_INFINITY]);
    expect([...(read.get("brain") ?? [])]).toEqual([1.5, -3]);
    expect([...(read.get("double") ?? [])]).toEqual([0.25]);
  });

  test.each([0, 7, 20, 60])("refuses a file that breaks off after %i bytes", (length) => {
    const bytes = encodeSafetensors({ arrays, metadata: {} });
    expect(() => decodeSafetensors(bytes.subarray(0, length))).toThrow("checkpoint cannot be read");
  });

  test.each([
    ["null", "at the top"],
    ["{", "not JSON"],
    ['{"x":{"dtype":"F32"}}', "x.data_offsets"],
    ['{"x":{"dtype":"F32","data_offsets":[0,-4]}}', "x.data_offsets.1"],
    ['{"x":{"dtype":"F32","data_offsets":[0,3]}}', "x has 3 bytes of F32"],
    ['{"__metadata__":7}', "__metadata__"],
  ])("refuses the header %s and says where it is wrong", (header, where) => {
    const text = new TextEncoder().encode(header);
    const bytes = new Uint8Array(8 + text.length + 4);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
    bytes.set(text, 8);
    expect(() => decodeSafetensors(bytes)).toThrow(where);
  });
});
