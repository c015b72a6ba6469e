/** The protocol-buffer wire format, as far as ONNX files use it: varints, 32-bit floats and length-delimited bytes. */
import { AffektError } from "../core/errors.ts";

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

export class ProtobufWriter {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  #push(chunk: Uint8Array): this {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    return this;
  }

  #varint(value: number | bigint): this {
    let rest = BigInt.asUintN(64, BigInt(value));
    const out: number[] = [];
    do {
      const low = Number(rest & 127n);
      rest >>= 7n;
      out.push(rest > 0n ? low | 128 : low);
    } while (rest > 0n);
    return this.#push(Uint8Array.from(out));
  }

  int(field: number, value: number | bigint): this {
    return this.#varint(field * 8 + VARINT).#varint(value);
  }

  float(field: number, value: number): this {
    this.#varint(field * 8 + FIXED32);
    return this.#push(new Uint8Array(Float32Array.of(value).buffer));
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#varint(field * 8 + BYTES)
      .#varint(value.length)
      .#push(value);
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, value: ProtobufWriter): this {
    return this.bytes(field, value.finish());
  }

  finish(): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      out.set(chunk, at);
      at += chunk.length;
    }
    return out;
  }
}

/** One field of a message: its number and either an integer or the bytes of a nested value. */
export interface ProtobufField {
  readonly field: number;
  readonly int: bigint;
  /** Length-delimited content, or the four/eight bytes of a fixed-size value; empty for a varint. */
  readonly bytes: Uint8Array;
  /** Where the field, tag included, starts and ends in the message. */
  readonly start: number;
  readonly end: number;
}

/** Fields in order. @throws AffektError `model` if the bytes are not a whole message */
export function* readFields(bytes: Uint8Array): Generator<ProtobufField> {
  let at = 0;
  function corrupt(): AffektError {
    return new AffektError(
      "model",
      `The bytes are not an ONNX model: the protocol buffer breaks off or is malformed at byte ${at} of ${bytes.length}.`,
      "Check that the file is complete and is an .onnx file.",
    );
  }
  function varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw corrupt();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw corrupt();
  }
  const none = new Uint8Array(0);
  while (at < bytes.length) {
    const start = at;
    const tag = Number(varint());
    const field = Math.floor(tag / 8);
    const wire = tag % 8;
    let int = 0n;
    let content: Uint8Array = none;
    if (wire === VARINT) {
      int = varint();
    } else {
      const length = wire === BYTES ? Number(varint()) : wire === FIXED32 ? 4 : wire === FIXED64 ? 8 : Number.NaN;
      if (field === 0 || !(at + length <= bytes.length)) throw corrupt();
      content = bytes.subarray(at, at + length);
      at += length;
    }
    yield { field, int, bytes: content, start, end: at };
  }
}

/** The first field with this number. @throws AffektError `model` if the bytes before it are not whole fields */
export function firstField(bytes: Uint8Array, number: number): ProtobufField | undefined {
  for (const field of readFields(bytes)) if (field.field === number) return field;
  return undefined;
}
