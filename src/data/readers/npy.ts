/**
 * Arrays in NumPy's file format, as 32-bit floats.
 *
 * Source: numpy.lib.format, versions 1.0 to 3.0.
 */
import { AffektError } from "../../core/errors.ts";

export interface NpyArray {
  readonly shape: readonly number[];
  /** Row-major, whatever the order in the file. */
  readonly data: Float32Array;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

const READERS: Readonly<
  Record<string, readonly [bytes: number, (view: DataView, at: number, little: boolean) => number]>
> = {
  f4: [4, (view, at, little) => view.getFloat32(at, little)],
  f8: [8, (view, at, little) => view.getFloat64(at, little)],
  u1: [1, (view, at) => view.getUint8(at)],
  i1: [1, (view, at) => view.getInt8(at)],
  b1: [1, (view, at) => view.getUint8(at)],
  u2: [2, (view, at, little) => view.getUint16(at, little)],
  i2: [2, (view, at, little) => view.getInt16(at, little)],
  u4: [4, (view, at, little) => view.getUint32(at, little)],
  i4: [4, (view, at, little) => view.getInt32(at, little)],
  i8: [8, (view, at, little) => Number(view.getBigInt64(at, little))],
};

function broken(reason: string): AffektError {
  return new AffektError("data", `The .npy file ${reason}.`, "Save it again with numpy.save, without pickling.");
}

/**
 * @param bytes of the whole file
 * @throws AffektError `data` if the file is not .npy, is cut off, or holds anything but real numbers
 */
export function readNpy(bytes: Uint8Array): NpyArray {
  if (bytes.length < 12 || MAGIC.some((byte, at) => bytes[at] !== byte)) throw broken("does not start with \\x93NUMPY");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = (bytes[6] ?? 1) >= 2;
  const start = (wide ? 12 : 10) + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  if (start > bytes.length) throw broken("ends inside its header");
  const header = new TextDecoder("utf-8").decode(bytes.subarray(wide ? 12 : 10, start));
  const type = /'descr':\s*'([<>|=])(\w+)'/u.exec(header);
  const order = /'fortran_order':\s*(True|False)/u.exec(header);
  const dims = /'shape':\s*\(([\d,\s]*)\)/u.exec(header);
  if (type === null || order === null || dims === null)
    throw broken(`has a header that cannot be read: ${header.trim()}`);
  const reader = READERS[type[2] ?? ""];
  if (reader === undefined)
    throw broken(`holds values of type ${type[2]}; expected ${Object.keys(READERS).join(", ")}`);
  const [width, get] = reader;
  const shape = (dims[1] ?? "").split(",").flatMap((size) => (size.trim() === "" ? [] : [Number(size)]));
  const count = shape.reduce((product, size) => product * size, 1);
  if (bytes.length - start < count * width) {
    throw broken(`is cut off: ${bytes.length - start} bytes of values, expected ${count * width}`);
  }
  const little = type[1] !== ">";
  const data = new Float32Array(count);
  if (order[1] === "False" || shape.length < 2) {
    for (let at = 0; at < count; at++) data[at] = get(view, start + at * width, little);
    return { shape, data };
  }
  // Column-major: the first index runs fastest in the file.
  const index = new Array<number>(shape.length).fill(0);
  for (let at = 0; at < count; at++) {
    let place = 0;
    for (let axis = 0; axis < shape.length; axis++) place = place * (shape[axis] as number) + (index[axis] as number);
    data[place] = get(view, start + at * width, little);
    for (let axis = 0; axis < shape.length; axis++) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      index[axis] = 0;
    }
  }
  return { shape, data };
}

/** Row `row` of a matrix, as a view. @throws AffektError `data` if there is no such row */
export function npyRow(matrix: NpyArray, row: number): Float32Array {
  const [rows = 0, ...rest] = matrix.shape;
  const width = rest.reduce((product, size) => product * size, 1);
  if (!Number.isInteger(row) || row < 0 || row >= rows) throw broken(`has rows 0 to ${rows - 1}; asked for ${row}`);
  return matrix.data.subarray(row * width, (row + 1) * width);
}
