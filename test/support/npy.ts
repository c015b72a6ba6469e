/** Arrays as the bytes of a .npy file. */

import type { Files } from "../../src/core/ports.ts";

/** Files of which each is one piece of memory. */
export function npyFiles(readBytes: Files["readBytes"]): Pick<Files, "readBytes" | "readRange"> {
  return { readBytes, readRange: async (path, start, end) => (await readBytes(path)).slice(start, end) };
}

/** Row-major, little-endian 32-bit floats. */
export function npyBytes(data: Float32Array, shape: readonly number[]): Uint8Array {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${dims}), }`;
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const bytes = new Uint8Array(10 + padded.length + data.length * 4);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded.length & 255, padded.length >> 8]);
  bytes.set(new TextEncoder().encode(padded), 10);
  const view = new DataView(bytes.buffer);
  for (const [at, value] of data.entries()) view.setFloat32(10 + padded.length + at * 4, value, true);
  return bytes;
}
