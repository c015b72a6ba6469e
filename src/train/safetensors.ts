/**
 * Named arrays in one file, in the safetensors format: eight bytes of header length, a JSON header, raw data.
 *
 * Source: github.com/huggingface/safetensors, format of 2022. Other tools can open our checkpoints, and we theirs.
 */
import { z } from "zod";
import { AffektError } from "../core/errors.ts";
import { float16Value } from "../core/float16.ts";

export interface Safetensors {
  readonly arrays: ReadonlyMap<string, Float32Array>;
  /** Free text by key. */
  readonly metadata: Readonly<Record<string, string>>;
}

const HEADER_LENGTH = 8;

/** Numbers, or bytes such as those of a picture. */
export type SavedArray = Float32Array | Uint8Array;

export function encodeSafetensors({
  arrays,
  metadata,
}: {
  readonly arrays: ReadonlyMap<string, SavedArray>;
  readonly metadata: Safetensors["metadata"];
}): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, data] of arrays) {
    const dtype = data instanceof Float32Array ? "F32" : "U8";
    header[name] = { dtype, shape: [data.length], data_offsets: [offset, offset + data.byteLength] };
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

/** Readers of the floating-point types; the bytes are a copy, aligned. */
const FLOATS: Readonly<Record<string, { readonly bytes: number; read(buffer: ArrayBuffer): Float32Array }>> = {
  F32: { bytes: 4, read: (buffer) => new Float32Array(buffer) },
  F64: { bytes: 8, read: (buffer) => Float32Array.from(new Float64Array(buffer)) },
  F16: { bytes: 2, read: (buffer) => Float32Array.from(new Uint16Array(buffer), float16Value) },
  BF16: {
    bytes: 2,
    read: (buffer) => new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer),
  },
};

const Offset = z.int().nonnegative();
const Entry = z.object({ dtype: z.string(), data_offsets: z.tuple([Offset, Offset]) });
const Header = z.object({ __metadata__: z.record(z.string(), z.string()).optional() }).catchall(Entry);

/** What a file says of itself before its arrays. */
export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>;
  /** Type and bytes of each array, counted from the beginning of the file. */
  readonly entries: readonly {
    readonly name: string;
    readonly dtype: string;
    readonly start: number;
    readonly end: number;
  }[];
}

/**
 * How many bytes come before the arrays.
 *
 * @param bytes the first eight at least
 * @throws AffektError `checkpoint`
 */
export function safetensorsStart(bytes: Uint8Array): number {
  if (bytes.length < HEADER_LENGTH) throw broken(`${bytes.length} bytes are too few`);
  return HEADER_LENGTH + Number(new DataView(bytes.buffer, bytes.byteOffset, HEADER_LENGTH).getBigUint64(0, true));
}

/** @param bytes all that come before the arrays, or more. @throws AffektError `checkpoint` */
export function safetensorsHeader(bytes: Uint8Array): SafetensorsHeader {
  const start = safetensorsStart(bytes);
  if (!(start <= bytes.length)) throw broken(`its header of ${start - HEADER_LENGTH} bytes breaks off`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER_LENGTH, start)));
  } catch {
    throw broken("its header is not JSON");
  }
  const header = Header.safeParse(json);
  if (!header.success) throw broken(`its header is wrong at ${header.error.issues[0]?.path.join(".") || "the top"}`);
  const { __metadata__: metadata = {}, ...entries } = header.data;
  return {
    metadata,
    entries: Object.entries(entries).map(([name, entry]) => {
      const { dtype, data_offsets } = entry as z.infer<typeof Entry>;
      return { name, dtype, start: start + data_offsets[0], end: start + data_offsets[1] };
    }),
  };
}

/**
 * Arrays of any floating-point type, as float32. Integer arrays, such as counters of other tools, are left out.
 *
 * @param wanted by name; what is not wanted costs nothing. Default: all
 * @throws AffektError `checkpoint` if the bytes are not a whole safetensors file
 */
export function decodeSafetensors(bytes: Uint8Array, wanted: (name: string) => boolean = () => true): Safetensors {
  const { metadata, entries } = safetensorsHeader(bytes);
  const arrays = new Map<string, Float32Array>();
  for (const { name, dtype, start, end } of entries) {
    const type = FLOATS[dtype];
    if (type === undefined || !wanted(name)) continue;
    if (!(start <= end && end <= bytes.length)) throw broken(`${name} breaks off`);
    if ((end - start) % type.bytes !== 0) throw broken(`${name} has ${end - start} bytes of ${dtype}`);
    arrays.set(name, type.read(new Uint8Array(bytes.subarray(start, end)).buffer));
  }
  return { arrays, metadata };
}
