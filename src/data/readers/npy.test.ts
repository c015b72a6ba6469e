import { describe, expect, test } from "vitest";
import { npyRow, readNpy } from "./npy.ts";

/** A version 1.0 file as numpy.save writes it. */
function npy(descr: string, fortran: boolean, shape: string, values: Uint8Array): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': ${shape}, }`.padEnd(
    117,
  );
  const start = [0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, 118, 0];
  return new Uint8Array([...start, ...new TextEncoder().encode(`${header}\n`), ...values]);
}

const floats = (...values: number[]): Uint8Array => new Uint8Array(new Float32Array(values).buffer);

describe("readNpy", () => {
  test("reads rows in C order", () => {
    const matrix = readNpy(npy("<f4", false, "(2, 3)", floats(1, 2, 3, 4, 5, 6)));
    expect(matrix.shape).toEqual([2, 3]);
    expect([...npyRow(matrix, 1)]).toEqual([4, 5, 6]);
  });

  test("turns Fortran order into C order", () => {
    // columns (1,4), (2,5), (3,6) of the same matrix
    const matrix = readNpy(npy("<f4", true, "(2, 3)", floats(1, 4, 2, 5, 3, 6)));
    expect([...matrix.data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("reads bytes and big-endian doubles", () => {
    expect([...readNpy(npy("|u1", false, "(3,)", new Uint8Array([1, 2, 255]))).data]).toEqual([1, 2, 255]);
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, -1.5);
    expect([...readNpy(npy(">f8", false, "(1,)", new Uint8Array(view.buffer))).data]).toEqual([-1.5]);
  });

  test.each([
    ["text", new TextEncoder().encode("this is not an array")],
    ["a file that is cut off", npy("<f4", false, "(2, 3)", floats(1, 2))],
    ["objects", npy("|O", false, "(1,)", floats(1))],
  ])("refuses %s", (_name, bytes) => {
    expect(() => readNpy(bytes)).toThrow(expect.objectContaining({ code: "data" }) as Error);
  });
});
