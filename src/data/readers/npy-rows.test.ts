import { expect, test } from "vitest";
import { npyBytes, npyFiles } from "../../../test/support/npy.ts";
import { openNpyRows } from "./npy-rows.ts";

/** The bytes with another word of the same length in the header. */
function reheaded(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 128)).replace(from, to.padEnd(from.length));
  const out = bytes.slice();
  for (let at = 10; at < 128; at++) out[at] = text.charCodeAt(at);
  return out;
}

// Two rows of three numbers.
const rowMajor = npyBytes(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);

test("rows are read without the others", async () => {
  const ranges: number[] = [];
  const { readRange } = npyFiles(async () => rowMajor);
  const files = {
    readBytes: () => Promise.reject(new Error("read whole")),
    readRange(path: string, start: number, end: number) {
      ranges.push(end - start);
      return readRange(path, start, end);
    },
  };
  const rows = await openNpyRows(files, "a.npy");
  expect(rows.shape).toEqual([2, 3]);
  ranges.length = 0;
  expect([...(await rows.read(1, 1))]).toEqual([4, 5, 6]);
  expect(ranges).toEqual([12]);
  expect([...(await rows.read(0, 1))]).toEqual([1, 2, 3, 4, 5, 6]);
});

test("a file in column-major order gives the same rows", async () => {
  // Columns (1, 4), (2, 5), (3, 6) of the same matrix.
  const values = npyBytes(Float32Array.of(1, 4, 2, 5, 3, 6), [2, 3]);
  const columns = reheaded(values, "False", "True");
  const rows = await openNpyRows(
    npyFiles(async () => columns),
    "a.npy",
  );
  expect([...(await rows.read(1, 1))]).toEqual([4, 5, 6]);
});

test("a header longer than what is read first is read on", async () => {
  const name = `{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }`.padEnd(9989);
  const start = [0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, 9990 & 255, 9990 >> 8];
  const values = new Uint8Array(Float32Array.of(7, 8).buffer);
  const bytes = new Uint8Array([...start, ...new TextEncoder().encode(`${name}\n`), ...values]);
  const rows = await openNpyRows(
    npyFiles(async () => bytes),
    "a.npy",
  );
  expect([...(await rows.read(0, 0))]).toEqual([7, 8]);
});
