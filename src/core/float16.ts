/** Half precision (IEEE 754 binary16) by its bits: typed arrays of Node 20 have none. */

const LARGEST = 65_504;

/** Value of a half-precision number given by its bits. */
export function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** Bits of the nearest half-precision number (round half to even), saturating at ±65504. */
export function float16Bits(value: number): number {
  const single = new Float32Array(1);
  single[0] = Math.max(-LARGEST, Math.min(LARGEST, value));
  const bits = new Uint32Array(single.buffer)[0] as number;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 255) - 112;
  let mantissa = bits & 0x7fffff;
  if (exponent <= 0) {
    if (exponent < -10) return sign;
    mantissa |= 0x800000;
    const drop = 14 - exponent;
    const kept = mantissa >>> drop;
    const rest = mantissa & ((1 << drop) - 1);
    const half = 1 << (drop - 1);
    return sign | (kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0));
  }
  const kept = (exponent << 10) | (mantissa >>> 13);
  const rest = mantissa & 0x1fff;
  return sign | (kept + (rest > 0x1000 || (rest === 0x1000 && (kept & 1) === 1) ? 1 : 0));
}
