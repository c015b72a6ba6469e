/**
 * 32 bits that tell damaged numbers from whole ones; no protection from malice. Each word (of a picture: each byte) is
 * rotated in and multiplied, as in MurmurHash3 (A. Appleby 2011), so that a change of a single word is always seen.
 */
export function checksum(data: Float32Array | Uint8Array): number {
  const words = data instanceof Float32Array ? new Uint32Array(data.buffer, data.byteOffset, data.length) : data;
  let sum = data.length;
  for (let at = 0; at < words.length; at++) {
    sum = Math.imul(((sum << 13) | (sum >>> 19)) ^ (words[at] as number), 0x9e3779b1);
  }
  return sum >>> 0;
}
