/** Writes ONNX files; field numbers are those of onnx.proto3. */
import {
  ONNX_TYPES,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from "./onnx.ts";
import { writeMetadata } from "./onnx-metadata.ts";
import { ProtobufWriter } from "./protobuf.ts";

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
