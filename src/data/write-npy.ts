/**
 * A matrix in NumPy's file format, version 1.0: the same that readers/npy.ts reads.
 *
 * Source: numpy.lib.format.
 */

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];
/** The values begin at a multiple of this. */
const ALIGNMENT = 64;

/** @param data `[rows, dim]` */
export function npyBytes(data: Float32Array, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const facts = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }`;
  const start = Math.ceil((MAGIC.length + 2 + facts.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = new TextEncoder().encode(`${facts.padEnd(start - MAGIC.length - 3)}\n`);
  const out = new Uint8Array(start + data.byteLength);
  out.set(MAGIC);
  new DataView(out.buffer).setUint16(MAGIC.length, header.length, true);
  out.set(header, MAGIC.length + 2);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return out;
}
