/** `metadata_props` of an ONNX file: read and replaced without touching the weights. */
import { firstField, ProtobufWriter, readFields } from "./protobuf.ts";

const METADATA_FIELD = 14;

/** Appends the entries to a ModelProto. */
export function writeMetadata(writer: ProtobufWriter, metadata: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(metadata)) {
    writer.message(METADATA_FIELD, new ProtobufWriter().text(1, key).text(2, value));
  }
}

const none = new Uint8Array(0);
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes ?? none);

/** @throws AffektError `model` if the bytes are not an ONNX model */
export function readMetadata(bytes: Uint8Array): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const field of readFields(bytes)) {
    if (field.field !== METADATA_FIELD) continue;
    metadata[text(firstField(field.bytes, 1)?.bytes)] = text(firstField(field.bytes, 2)?.bytes);
  }
  return metadata;
}

/** The same model with its metadata replaced; weights are not touched. */
export function replaceMetadata(
  bytes: Uint8Array,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const writer = new ProtobufWriter();
  writeMetadata(writer, metadata);
  const added = writer.finish();
  const kept: Uint8Array[] = [];
  for (const field of readFields(bytes)) {
    if (field.field !== METADATA_FIELD) kept.push(bytes.subarray(field.start, field.end));
  }
  const out = new Uint8Array(kept.reduce((sum, part) => sum + part.length, added.length));
  let at = 0;
  for (const part of [...kept, added]) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
