/**
 * What a network reads of a text, in few bytes: ids as variable-length integers, targets that are not zero. Of a short
 * text that is a third of what the padded arrays take that a batch is made of.
 *
 * Source: LEB128, seven bits a byte, least significant first.
 */

/** Sizes of what a record becomes. */
export interface TextShape {
  readonly maxTokens: number;
  readonly ngramLimit: number;
  readonly labels: number;
  /** Numbers of the further columns. */
  readonly further: number;
}

/** A row of a batch. */
export interface TextRow {
  /** `[maxTokens]`, padded with 0. */
  readonly tokens: Int32Array;
  /** `[ngramLimit]`, padded with 0. */
  readonly ngrams: Int32Array;
  /** `[labels]`: a distribution, or 0 and 1 per label. */
  readonly targets: Float32Array;
  /** `[width]` of the further columns. */
  readonly further: Float32Array;
}

export function textRow({ maxTokens, ngramLimit, labels, further }: TextShape): TextRow {
  return {
    tokens: new Int32Array(maxTokens),
    ngrams: new Int32Array(ngramLimit),
    targets: new Float32Array(labels),
    further: new Float32Array(further),
  };
}

const FLOAT = Float32Array.BYTES_PER_ELEMENT;
/** A 32-bit number takes so many at most. */
const VARINT = 5;

export interface TextCodec {
  /** Ids are at least 0 and have no 0 before their padding. @returns a view that is right until the next call */
  encode(row: TextRow): Uint8Array;
  /** @returns a row that is right until the next call */
  decode(bytes: Uint8Array): TextRow;
}

export function textCodec(shape: TextShape): TextCodec {
  const { maxTokens, ngramLimit, labels, further } = shape;
  const scratch = new Uint8Array(VARINT * (3 + maxTokens + ngramLimit) + labels * (VARINT + FLOAT) + further * FLOAT);
  const view = new DataView(scratch.buffer);
  const row = textRow(shape);
  const float = new DataView(new ArrayBuffer(FLOAT));
  let at = 0;

  function putNumber(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      scratch[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    scratch[at++] = rest;
  }
  function putIds(ids: Int32Array): void {
    const padding = ids.indexOf(0);
    const count = padding < 0 ? ids.length : padding;
    putNumber(count);
    for (let index = 0; index < count; index++) putNumber(ids[index] as number);
  }
  function putFloat(value: number): void {
    view.setFloat32(at, value, true);
    at += FLOAT;
  }

  function number(bytes: Uint8Array): number {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = bytes[at++] as number;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
      shift += 7;
    }
  }
  function ids(bytes: Uint8Array, into: Int32Array): void {
    const count = number(bytes);
    for (let index = 0; index < count; index++) into[index] = number(bytes);
    into.fill(0, count);
  }
  function floatOf(bytes: Uint8Array): number {
    for (let byte = 0; byte < FLOAT; byte++) float.setUint8(byte, bytes[at++] as number);
    return float.getFloat32(0, true);
  }

  return {
    encode({ tokens, ngrams, targets, further: along }) {
      at = 0;
      putIds(tokens);
      putIds(ngrams);
      let some = 0;
      for (const share of targets) if (share !== 0) some++;
      putNumber(some);
      for (const [label, share] of targets.entries()) {
        if (share === 0) continue;
        putNumber(label);
        putFloat(share);
      }
      for (const value of along) putFloat(value);
      return scratch.subarray(0, at);
    },
    decode(bytes) {
      at = 0;
      ids(bytes, row.tokens);
      ids(bytes, row.ngrams);
      row.targets.fill(0);
      for (let left = number(bytes); left > 0; left--) {
        const label = number(bytes);
        row.targets[label] = floatOf(bytes);
      }
      for (let index = 0; index < further; index++) row.further[index] = floatOf(bytes);
      return row;
    },
  };
}
