/** Base64 (RFC 4648) to bytes: no global for it is typed alike in Node and in browsers. */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** @param text of the standard alphabet, with or without padding at its end */
export function base64Bytes(text: string): Uint8Array<ArrayBuffer> {
  const digits = text.replace(/=+$/, "");
  const out = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const character of digits) {
    held = ((held << 6) | ALPHABET.indexOf(character)) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (held >> bits) & 255;
    }
  }
  return out;
}

/** Bytes to base64, padded. */
export function base64Text(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
    const bits = (first << 16) | (second << 8) | third;
    const left = bytes.length - at;
    parts.push(
      (ALPHABET[bits >> 18] as string) +
        (ALPHABET[(bits >> 12) & 63] as string) +
        (left > 1 ? (ALPHABET[(bits >> 6) & 63] as string) : "=") +
        (left > 2 ? (ALPHABET[bits & 63] as string) : "="),
    );
  }
  return parts.join("");
}
