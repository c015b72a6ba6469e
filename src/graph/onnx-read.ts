/** Reads ONNX files; field numbers are those of onnx.proto3, and fields that our graphs do not use are skipped. */
import { AffektError } from "../core/errors.ts";
import {
  ONNX_TYPES,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxType,
  type OnnxValue,
  rawBytes,
} from "./onnx.ts";
import { readMetadata } from "./onnx-metadata.ts";
import { firstField, type ProtobufField, readFields } from "./protobuf.ts";

const TYPE_NAMES = new Map<number, OnnxType>(
  Object.entries(ONNX_TYPES).map(([name, number]) => [number, name as OnnxType]),
);

function typeName(number: number): OnnxType {
  const name = TYPE_NAMES.get(number);
  if (name === undefined) {
    throw new AffektError(
      "model",
      `The model uses tensor type ${number}; expected one of ${Object.keys(ONNX_TYPES).join(", ")}.`,
      "Convert the model to one of these types.",
    );
  }
  return name;
}

const decoder = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Integers that may be packed into one length-delimited field. */
function integers(field: ProtobufField): number[] {
  if (field.bytes.length === 0) return [Number(BigInt.asIntN(64, field.int))];
  const values: number[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of field.bytes) {
    value |= BigInt(byte & 127) << shift;
    shift += 7n;
    if (byte < 128) {
      values.push(Number(BigInt.asIntN(64, value)));
      value = 0n;
      shift = 0n;
    }
  }
  return values;
}

function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(new Uint8Array(bytes).buffer);
}

function readTensor(bytes: Uint8Array): OnnxTensor {
  let name = "";
  let type: OnnxType = "float32";
  const dims: number[] = [];
  let raw: Uint8Array | undefined;
  const words: number[] = [];
  const parts: Uint8Array[] = [];
  for (const field of readFields(bytes)) {
    if (field.field === 1) dims.push(...integers(field));
    else if (field.field === 2) type = typeName(Number(field.int));
    else if (field.field === 4) parts.push(field.bytes);
    else if (field.field === 5 || field.field === 7) words.push(...integers(field));
    else if (field.field === 8) name = decoder(field.bytes);
    else if (field.field === 9) raw = field.bytes;
  }
  if (raw === undefined) {
    if (type === "int64") raw = rawBytes(BigInt64Array.from(words.map(BigInt)));
    else if (type === "int32") raw = rawBytes(Int32Array.from(words));
    else if (type === "float16") raw = rawBytes(Uint16Array.from(words));
    else if (words.length > 0) raw = Uint8Array.from(words);
    else {
      const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of parts) {
        joined.set(part, at);
        at += part.length;
      }
      raw = joined;
    }
  }
  return { name, type, dims, bytes: raw };
}

function readAttribute(bytes: Uint8Array): [string, OnnxAttribute] {
  let name = "";
  let kind = 0;
  let int = 0;
  let float = 0;
  let string = "";
  const ints: number[] = [];
  const floats: number[] = [];
  let tensor: OnnxTensor | undefined;
  for (const field of readFields(bytes)) {
    if (field.field === 1) name = decoder(field.bytes);
    else if (field.field === 2) float = floatsOf(field.bytes)[0] ?? 0;
    else if (field.field === 3) int = Number(BigInt.asIntN(64, field.int));
    else if (field.field === 4) string = decoder(field.bytes);
    else if (field.field === 5) tensor = readTensor(field.bytes);
    else if (field.field === 7) floats.push(...floatsOf(field.bytes));
    else if (field.field === 8) ints.push(...integers(field));
    else if (field.field === 20) kind = Number(field.int);
  }
  if (kind === 1) return [name, { float }];
  if (kind === 3) return [name, { string }];
  if (kind === 4 && tensor) return [name, { tensor }];
  if (kind === 6) return [name, { floats }];
  if (kind === 7) return [name, { ints }];
  return [name, { int }];
}

function readNode(bytes: Uint8Array): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: Record<string, OnnxAttribute> = {};
  let op = "";
  let domain = "";
  for (const field of readFields(bytes)) {
    if (field.field === 1) inputs.push(decoder(field.bytes));
    else if (field.field === 2) outputs.push(decoder(field.bytes));
    else if (field.field === 4) op = decoder(field.bytes);
    else if (field.field === 7) domain = decoder(field.bytes);
    else if (field.field === 5) {
      const [name, attribute] = readAttribute(field.bytes);
      attributes[name] = attribute;
    }
  }
  return { op, inputs, outputs, attributes, domain };
}

function readValue(bytes: Uint8Array): OnnxValue {
  const none = new Uint8Array(0);
  const name = decoder(firstField(bytes, 1)?.bytes ?? none);
  const tensorType = firstField(firstField(bytes, 2)?.bytes ?? none, 1)?.bytes ?? none;
  const dims: number[] = [];
  for (const field of readFields(firstField(tensorType, 2)?.bytes ?? none)) {
    if (field.field === 1) dims.push(Number(firstField(field.bytes, 1)?.int ?? -1n));
  }
  return { name, type: typeName(Number(firstField(tensorType, 1)?.int ?? 1n)), dims };
}

/** @throws AffektError `model` if the bytes are not an ONNX model */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  let opset = 0;
  let graph: Uint8Array | undefined;
  for (const field of readFields(bytes)) {
    if (field.field === 7) graph = field.bytes;
    else if (field.field === 8 && !firstField(field.bytes, 1)?.bytes.length)
      opset = Number(firstField(field.bytes, 2)?.int ?? 0n);
  }
  if (graph === undefined || opset === 0) {
    throw new AffektError(
      "model",
      `Expected an ONNX model; received ${bytes.length} bytes without a graph or an operator set.`,
      "Check that the file is complete and is an .onnx file.",
    );
  }
  for (const field of readFields(graph)) {
    if (field.field === 1) nodes.push(readNode(field.bytes));
    else if (field.field === 5) initializers.push(readTensor(field.bytes));
    else if (field.field === 11) inputs.push(readValue(field.bytes));
    else if (field.field === 12) outputs.push(readValue(field.bytes));
  }
  return { nodes, initializers, inputs, outputs, opset, metadata: readMetadata(bytes) };
}
