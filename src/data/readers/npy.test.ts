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
    const matrix = readNpy(npy("<f4", false, "(2, 3)", floats(1, 2, 3, 4, 5, 6)), "a.npy");
    expect(matrix.shape).toEqual([2, 3]);
    expect([...npyRow(matrix, 1)]).toEqual([4, 5, 6]);
  });

  test("turns Fortran order into C order", () => {
    // columns (1,4), (2,5), (3,6) of the same matrix
    const matrix = readNpy(npy("<f4", true, "(2, 3)", floats(1, 4, 2, 5, 3, 6)), "a.npy");
    expect([...matrix.data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("reads bytes and big-endian doubles", () => {
    expect([...readNpy(npy("|u1", false, "(3,)", new Uint8Array([1, 2, 255])), "a.npy").data]).toEqual([1, 2, 255]);
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, -1.5);
    expect([...readNpy(npy(">f8", false, "(1,)", new Uint8Array(view.buffer)), "a.npy").data]).toEqual([-1.5]);
  });

  test.each([
    ["text", new TextEncoder().encode("this is not an array"), "starts with this i; expected \\x93NUMPY at its start"],
    ["an .npz archive", Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 0), "starts with PK\\x03\\x04\\x14\\x00; expected"],
    ["nothing", new Uint8Array(), "is empty; expected"],
    ["half a header", npy("<f4", false, "(1,)", floats(1)).subarray(0, 60), "ends inside its header"],
    ["a file that is cut off", npy("<f4", false, "(2, 3)", floats(1, 2)), "is cut off: 8 bytes of values, expected 24"],
    ["objects", npy("|O", false, "(1,)", floats(1)), "holds values of type O; expected f4, f8"],
    ["a header without a shape", npy("<f4", false, "None", floats(1)), "has a header that cannot be read: {'descr'"],
  ])("refuses %s, and names the file and what is wrong with it", (_name, bytes, reason) => {
    const message = expect.stringContaining(`The .npy file voices/a.npy ${reason}`) as string;
    expect(() => readNpy(bytes, "voices/a.npy")).toThrow(expect.objectContaining({ code: "data", message }) as Error);
  });

  test.each([
    ["(2, 3)", floats(1, 2, 3, 4, 5, 6), "has rows 0 to 1; asked for row 2."],
    ["(0, 3)", floats(), "has no rows; asked for row 2."],
  ])("has no row beyond those of %s", (shape, values, reason) => {
    const message = `The .npy file voices/a.npy ${reason}`;
    const hint = expect.stringContaining("#row=") as string;
    const matrix = readNpy(npy("<f4", false, shape, values), "voices/a.npy");
    expect(() => npyRow(matrix, 2)).toThrow(expect.objectContaining({ code: "data", message, hint }) as Error);
  });
});
