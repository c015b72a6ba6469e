/**
 * Arrays in NumPy's file format, as 32-bit floats.
 *
 * Source: numpy.lib.format, versions 1.0 to 3.0.
 */
import { AffektError } from "../../core/errors.ts";

export interface NpyArray {
  /** Names it in errors. */
  readonly path: string;
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

/** @param reason after "The .npy file" and its path: what was received, and what was expected */
export function brokenNpy(
  path: string,
  reason: string,
  hint = "Save it again with numpy.save, without pickling.",
): AffektError {
  return new AffektError("data", `The .npy file ${path} ${reason}.`, hint);
}

/** What a file says of its values before they come. */
export interface NpyHeader {
  readonly shape: readonly number[];
  /** Bytes before the first value. */
  readonly start: number;
  /** Bytes of one value. */
  readonly width: number;
  /** Whether the first index runs fastest in the file, so that no row stands in one piece. */
  readonly columnMajor: boolean;
  /** Values in the order of the file, of bytes that begin with a whole one. */
  decode(bytes: Uint8Array): Float32Array;
}

/** How many values there are. */
export function npyCount({ shape }: Pick<NpyHeader, "shape">): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** As Python writes bytes, the unprintable ones as `\x93`. */
const written = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`,
  ).join("");

/**
 * Bytes of the header, told by the first 12 of a file.
 *
 * @param path names the file in errors
 * @throws AffektError `data` if it is not .npy
 */
export function npyStart(bytes: Uint8Array, path: string): number {
  if (MAGIC.some((byte, at) => bytes[at] !== byte)) {
    const received = bytes.length === 0 ? "is empty" : `starts with ${written(bytes.subarray(0, MAGIC.length))}`;
    throw brokenNpy(path, `${received}; expected \\x93NUMPY at its start`);
  }
  if (bytes.length < 12) throw brokenNpy(path, "ends inside its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (bytes[6] ?? 1) >= 2 ? 12 + view.getUint32(8, true) : 10 + view.getUint16(8, true);
}

/**
 * @param bytes of the file, from its beginning; no values need to be among them
 * @param path names the file in errors
 * @throws AffektError `data` if the file is not .npy, or holds anything but real numbers
 */
export function npyHeader(bytes: Uint8Array, path: string): NpyHeader {
  const start = npyStart(bytes, path);
  if (start > bytes.length) throw brokenNpy(path, "ends inside its header");
  const header = new TextDecoder("utf-8").decode(bytes.subarray((bytes[6] ?? 1) >= 2 ? 12 : 10, start));
  const type = /'descr':\s*'([<>|=])(\w+)'/u.exec(header);
  const order = /'fortran_order':\s*(True|False)/u.exec(header);
  const dims = /'shape':\s*\(([\d,\s]*)\)/u.exec(header);
  if (type === null || order === null || dims === null)
    throw brokenNpy(path, `has a header that cannot be read: ${header.trim()}`);
  const reader = READERS[type[2] ?? ""];
  if (reader === undefined)
    throw brokenNpy(path, `holds values of type ${type[2]}; expected ${Object.keys(READERS).join(", ")}`);
  const [width, get] = reader;
  const shape = (dims[1] ?? "").split(",").flatMap((size) => (size.trim() === "" ? [] : [Number(size)]));
  const little = type[1] !== ">";
  return {
    shape,
    start,
    width,
    columnMajor: order[1] === "True" && shape.length > 1,
    decode(values) {
      const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
      const data = new Float32Array(Math.floor(values.length / width));
      for (let at = 0; at < data.length; at++) data[at] = get(view, at * width, little);
      return data;
    },
  };
}

/**
 * @param bytes of the whole file
 * @param path names the file in errors
 * @throws AffektError `data` if the file is not .npy, is cut off, or holds anything but real numbers
 */
export function readNpy(bytes: Uint8Array, path: string): NpyArray {
  const header = npyHeader(bytes, path);
  const { shape, start, width, columnMajor } = header;
  const size = npyCount(header) * width;
  if (bytes.length - start < size) {
    throw brokenNpy(path, `is cut off: ${bytes.length - start} bytes of values, expected ${size}`);
  }
  const values = header.decode(bytes.subarray(start, start + size));
  if (!columnMajor) return { path, shape, data: values };
  const data = new Float32Array(values.length);
  const index = new Array<number>(shape.length).fill(0);
  for (const value of values) {
    let place = 0;
    for (let axis = 0; axis < shape.length; axis++) place = place * (shape[axis] as number) + (index[axis] as number);
    data[place] = value;
    for (let axis = 0; axis < shape.length; axis++) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      index[axis] = 0;
    }
  }
  return { path, shape, data };
}

/** @throws AffektError `data` if there is no such row */
export function checkNpyRow({ path, shape: [rows = 0] }: Pick<NpyArray, "path" | "shape">, row: number): void {
  if (Number.isInteger(row) && row >= 0 && row < rows) return;
  throw brokenNpy(
    path,
    `has ${rows === 0 ? "no rows" : `rows 0 to ${rows - 1}`}; asked for row ${row}`,
    "Save it with all rows that are asked for, or mend the number after #row=; rows count from 0.",
  );
}

/** Row `row` of a matrix, as a view. @throws AffektError `data` if there is no such row */
export function npyRow(matrix: NpyArray, row: number): Float32Array {
  checkNpyRow(matrix, row);
  const width = matrix.shape.slice(1).reduce((product, size) => product * size, 1);
  return matrix.data.subarray(row * width, (row + 1) * width);
}
