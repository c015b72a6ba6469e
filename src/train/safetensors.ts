/**
 * Named float32 arrays in one file, in the safetensors format: eight bytes of header length, a JSON header, raw data.
 *
 * Source: github.com/huggingface/safetensors, format of 2022. Other tools can open our checkpoints, and we theirs.
 */
import { AffektError } from "../core/errors.ts";

export interface Safetensors {
  readonly arrays: ReadonlyMap<string, Float32Array>;
  /** Free text by key. */
  readonly metadata: Readonly<Record<string, string>>;
}

const HEADER_LENGTH = 8;

export function encodeSafetensors({ arrays, metadata }: Safetensors): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, data] of arrays) {
    header[name] = { dtype: "F32", shape: [data.length], data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = JSON.stringify(header);
  const encoded = new TextEncoder().encode(text + " ".repeat((8 - (new TextEncoder().encode(text).length % 8)) % 8));
  const out = new Uint8Array(HEADER_LENGTH + encoded.length + offset);
  new DataView(out.buffer).setBigUint64(0, BigInt(encoded.length), true);
  out.set(encoded, HEADER_LENGTH);
  let at = HEADER_LENGTH + encoded.length;
  for (const data of arrays.values()) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return out;
}

function broken(reason: string): AffektError {
  return new AffektError(
    "checkpoint",
    `The checkpoint cannot be read: ${reason}.`,
    "Use the one before it, or start anew.",
  );
}

/** @throws AffektError `checkpoint` if the bytes are not a whole safetensors file of float32 arrays */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  if (bytes.length < HEADER_LENGTH) throw broken(`${bytes.length} bytes are too few`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, HEADER_LENGTH).getBigUint64(0, true));
  const start = HEADER_LENGTH + length;
  if (!(start <= bytes.length)) throw broken(`its header of ${length} bytes breaks off`);
  let header: Record<string, { dtype?: string; data_offsets?: [number, number] } & Record<string, string>>;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER_LENGTH, start)));
  } catch {
    throw broken("its header is not JSON");
  }
  const { __metadata__: metadata = {}, ...entries } = header;
  const arrays = new Map<string, Float32Array>();
  for (const [name, { dtype, data_offsets: [from, to] = [0, 0] }] of Object.entries(entries)) {
    if (dtype !== "F32") throw broken(`${name} is of type ${dtype}, expected F32`);
    if (!(from <= to && start + to <= bytes.length)) throw broken(`${name} breaks off`);
    arrays.set(name, new Float32Array(new Uint8Array(bytes.subarray(start + from, start + to)).buffer));
  }
  return { arrays, metadata };
}
