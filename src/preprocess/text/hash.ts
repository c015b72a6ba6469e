/**
 * A 32-bit hash of text that is the same on every machine and in every version: buckets of trained models depend on it.
 *
 * Source: FNV-1a (Fowler, Noll & Vo) over UTF-8, then the finalizer of MurmurHash3 (Appleby), because the low bits of
 * FNV alone spread badly over a table.
 */

export const FNV_OFFSET = 0x811c9dc5;

/** FNV-1a over the UTF-8 bytes of `text`; pass an earlier result as `state` to go on. Lone surrogates hash as U+FFFD. */
export function fnv1a(text: string, state: number = FNV_OFFSET): number {
  let hash = state;
  const byte = (value: number): void => {
    hash = Math.imul(hash ^ value, 0x01000193);
  };
  for (let at = 0; at < text.length; at++) {
    let code = text.codePointAt(at)!;
    if (code < 0x80) {
      byte(code);
      continue;
    }
    if (code > 0xffff) at++;
    else if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x800) byte(0xc0 | (code >> 6));
    else {
      if (code < 0x10000) byte(0xe0 | (code >> 12));
      else {
        byte(0xf0 | (code >> 18));
        byte(0x80 | ((code >> 12) & 63));
      }
      byte(0x80 | ((code >> 6) & 63));
    }
    byte(0x80 | (code & 63));
  }
  return hash >>> 0;
}

/** `fmix32` of MurmurHash3: every bit of the input reaches every bit of the result. */
export function mix32(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
