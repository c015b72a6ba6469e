import { describe, expect, test } from "vitest";
import { AffektError } from "../core/errors.ts";
import { type OnnxModel, rawBytes } from "./onnx.ts";
import { readMetadata, replaceMetadata } from "./onnx-metadata.ts";
import { decodeModel } from "./onnx-read.ts";
import { encodeModel } from "./onnx-write.ts";
import { ProtobufWriter } from "./protobuf.ts";

const model: OnnxModel = {
  nodes: [
    {
      op: "Conv",
      inputs: ["x", "w", ""],
      outputs: ["a"],
      attributes: { pads: { ints: [1, 0, -1, 2] }, group: { int: 1 }, auto_pad: { string: "NOTSET" } },
      domain: "",
    },
    { op: "Gelu", inputs: ["a"], outputs: ["y"], attributes: { alpha: { float: 0.5 } }, domain: "com.microsoft" },
    { op: "Other", inputs: ["y"], outputs: ["z"], attributes: { scales: { floats: [1, -2.5] } }, domain: "" },
  ],
  initializers: [
    { name: "w", type: "float32", dims: [1, 2], bytes: rawBytes(Float32Array.of(1.5, -2)) },
    { name: "ids", type: "int64", dims: [2], bytes: rawBytes(BigInt64Array.of(-1n, 2n ** 40n)) },
    { name: "small", type: "int8", dims: [3], bytes: rawBytes(Int8Array.of(-128, 0, 127)) },
    { name: "flag", type: "bool", dims: [], bytes: Uint8Array.of(1) },
  ],
  inputs: [{ name: "x", type: "float32", dims: [-1, 3] }],
  outputs: [{ name: "z", type: "float32", dims: [-1, 2] }],
  metadata: { id: "face-1", labels: "anger,joy", "Ünïcode 情绪": "é" },
  opset: 17,
};

describe("an ONNX file", () => {
  test("reads back as it was written", () => {
    expect(decodeModel(encodeModel(model))).toEqual(model);
  });

  test("has its metadata replaced without touching the rest", () => {
    const replaced = replaceMetadata(encodeModel(model), { id: "face-2" });
    expect(readMetadata(replaced)).toEqual({ id: "face-2" });
    expect(decodeModel(replaced)).toEqual({ ...model, metadata: { id: "face-2" } });
  });

  test("has no metadata where none was written", () => {
    expect(readMetadata(encodeModel({ ...model, metadata: {} }))).toEqual({});
  });

  test.each([
    ["nothing", new Uint8Array(0)],
    ["text", new TextEncoder().encode("this is not a model at all")],
    ["the first half of a model", encodeModel(model).slice(0, 90)],
    ["noise", Uint8Array.from({ length: 200 }, (_, i) => (i * 151 + 7) & 255)],
  ])("of %s is refused as a model", (_, bytes) => {
    expect(() => decodeModel(bytes)).toThrow(AffektError);
    try {
      decodeModel(bytes);
    } catch (error) {
      expect((error as AffektError).code).toBe("model");
    }
  });

  test("with a tensor type that we do not use says which", () => {
    const double = new ProtobufWriter().int(2, 11).text(8, "w");
    const bytes = new ProtobufWriter()
      .message(7, new ProtobufWriter().message(5, double))
      .message(8, new ProtobufWriter().text(1, "").int(2, 17))
      .finish();
    expect(() => decodeModel(bytes)).toThrow("The model uses tensor type 11; expected one of float32,");
  });
});
