/**
 * The ONNX file format: encode a graph, decode one, and read or replace its metadata.
 *
 * Source: onnx.proto3 of ONNX 1.13 (IR version 8). Only what our graphs use; unknown fields are skipped when reading.
 */
import { AffektError } from "../core/errors.ts";
import { type ProtobufField, ProtobufWriter, readFields } from "./protobuf.ts";

/** Element types by their number in TensorProto.DataType. */
export const ONNX_TYPES = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10 } as const;

export type OnnxType = keyof typeof ONNX_TYPES;

export interface OnnxTensor {
  readonly name: string;
  readonly type: OnnxType;
  readonly dims: readonly number[];
  /** Little-endian raw data. */
  readonly bytes: Uint8Array;
}

export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly tensor: OnnxTensor };

export interface OnnxNode {
  readonly op: string;
  /** Value names; an empty name is an optional input or output left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  /** Empty for standard operators. */
  readonly domain?: string;
}

export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxType;
  /** A negative number is a dynamic dimension. */
  readonly dims: readonly number[];
}

export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly metadata?: Readonly<Record<string, string>>;
  /** Version of the standard operators. Default 17. */
  readonly opset?: number;
}

const METADATA_FIELD = 14;

/** View of the bytes of any typed array. */
export function rawBytes(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function writeTensor(tensor: OnnxTensor): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const dim of tensor.dims) writer.int(1, dim);
  return writer.int(2, ONNX_TYPES[tensor.type]).text(8, tensor.name).bytes(9, tensor.bytes);
}

function writeAttribute(name: string, attribute: OnnxAttribute): ProtobufWriter {
  const writer = new ProtobufWriter().text(1, name);
  if ("int" in attribute) return writer.int(3, attribute.int).int(20, 2);
  if ("float" in attribute) return writer.float(2, attribute.float).int(20, 1);
  if ("string" in attribute) return writer.text(4, attribute.string).int(20, 3);
  if ("tensor" in attribute) return writer.message(5, writeTensor(attribute.tensor)).int(20, 4);
  if ("floats" in attribute) {
    for (const value of attribute.floats) writer.float(7, value);
    return writer.int(20, 6);
  }
  for (const value of attribute.ints) writer.int(8, value);
  return writer.int(20, 7);
}

function writeNode(node: OnnxNode): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const input of node.inputs) writer.text(1, input);
  for (const output of node.outputs) writer.text(2, output);
  writer.text(4, node.op);
  for (const [name, attribute] of Object.entries(node.attributes ?? {})) {
    writer.message(5, writeAttribute(name, attribute));
  }
  if (node.domain) writer.text(7, node.domain);
  return writer;
}

function writeValue(value: OnnxValue): ProtobufWriter {
  const shape = new ProtobufWriter();
  for (const [axis, dim] of value.dims.entries()) {
    const writer = new ProtobufWriter();
    if (dim < 0) writer.text(2, axis === 0 ? "batch" : `dim${axis}`);
    else writer.int(1, dim);
    shape.message(1, writer);
  }
  const tensorType = new ProtobufWriter().int(1, ONNX_TYPES[value.type]).message(2, shape);
  return new ProtobufWriter().text(1, value.name).message(2, new ProtobufWriter().message(1, tensorType));
}

function writeMetadata(writer: ProtobufWriter, metadata: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(metadata)) {
    writer.message(METADATA_FIELD, new ProtobufWriter().text(1, key).text(2, value));
  }
}

/** Bytes of an .onnx file. */
export function encodeModel(model: OnnxModel): Uint8Array<ArrayBuffer> {
  const graph = new ProtobufWriter();
  for (const node of model.nodes) graph.message(1, writeNode(node));
  graph.text(2, "affekt");
  for (const initializer of model.initializers) graph.message(5, writeTensor(initializer));
  for (const input of model.inputs) graph.message(11, writeValue(input));
  for (const output of model.outputs) graph.message(12, writeValue(output));
  const writer = new ProtobufWriter().int(1, 8).text(2, "affekt").message(7, graph);
  const domains = new Set(model.nodes.map((node) => node.domain ?? ""));
  domains.add("");
  for (const domain of domains) {
    writer.message(8, new ProtobufWriter().text(1, domain).int(2, domain === "" ? (model.opset ?? 17) : 1));
  }
  writeMetadata(writer, model.metadata ?? {});
  return writer.finish();
}

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

/** The first field with this number. */
function first(bytes: Uint8Array, number: number): ProtobufField | undefined {
  for (const field of readFields(bytes)) if (field.field === number) return field;
  return undefined;
}

function readValue(bytes: Uint8Array): OnnxValue {
  const none = new Uint8Array(0);
  const name = decoder(first(bytes, 1)?.bytes ?? none);
  const tensorType = first(first(bytes, 2)?.bytes ?? none, 1)?.bytes ?? none;
  const dims: number[] = [];
  for (const field of readFields(first(tensorType, 2)?.bytes ?? none)) {
    if (field.field === 1) dims.push(Number(first(field.bytes, 1)?.int ?? -1n));
  }
  return { name, type: typeName(Number(first(tensorType, 1)?.int ?? 1n)), dims };
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
    else if (field.field === 8 && !first(field.bytes, 1)?.bytes.length)
      opset = Number(first(field.bytes, 2)?.int ?? 0n);
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

/** `metadata_props` of an .onnx file. @throws AffektError `model` if the bytes are not an ONNX model */
export function readMetadata(bytes: Uint8Array): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const field of readFields(bytes)) {
    if (field.field !== METADATA_FIELD) continue;
    const none = new Uint8Array(0);
    metadata[decoder(first(field.bytes, 1)?.bytes ?? none)] = decoder(first(field.bytes, 2)?.bytes ?? none);
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
