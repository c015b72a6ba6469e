/** Rows of .npy files that are read when they are wanted, so that a file may be larger than the memory. */
import type { Files } from "../../core/ports.ts";
import { brokenNpy, type NpyArray, npyCount, npyHeader, npyStart, readNpy } from "./npy.ts";

export interface NpyRows extends Pick<NpyArray, "path" | "shape"> {
  /** Numbers of these rows, `[last - first + 1, …]`. @throws AffektError `file`; `data` if the file became shorter */
  read(first: number, last: number): Promise<Float32Array>;
}

/** The header that numpy writes fits into it. */
const FIRST_READ = 4096;

/**
 * Reads the header. A file in column-major order has no row in one piece: it is read whole, and held.
 *
 * @throws AffektError `file`; `data` if it is no .npy file of real numbers, or is cut off
 */
export async function openNpyRows(files: Pick<Files, "readBytes" | "readRange">, path: string): Promise<NpyRows> {
  const first = await files.readRange(path, 0, FIRST_READ);
  const size = npyStart(first, path);
  const header = npyHeader(size <= first.length ? first : await files.readRange(path, 0, size), path);
  const { shape, start, width } = header;
  const rowSize = shape.slice(1).reduce((product, size) => product * size, 1);
  if (header.columnMajor) {
    const { data } = readNpy(await files.readBytes(path), path);
    return { path, shape, read: async (from, to) => data.subarray(from * rowSize, (to + 1) * rowSize) };
  }
  const end = start + npyCount(header) * width;
  if ((await files.readRange(path, end - 1, end)).length === 0) {
    throw brokenNpy(path, `is cut off: it ends before its ${end - start} bytes of values do`);
  }
  return {
    path,
    shape,
    async read(from, to) {
      const [begin, stop] = [from * rowSize * width, (to + 1) * rowSize * width];
      const bytes = await files.readRange(path, start + begin, start + stop);
      if (bytes.length === stop - begin) return header.decode(bytes);
      throw brokenNpy(path, `was cut off while it was read: row ${to} is gone`);
    },
  };
}
