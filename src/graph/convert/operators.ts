/** How each TensorFlow operator is written in ONNX. One line in the table per operator. */
import { AffektError } from "../../core/errors.ts";
import type { Conversion } from "./conversion.ts";
import {
  flagAttribute,
  type GraphModelNode,
  integersAttribute,
  textAttribute,
  textListAttribute,
} from "./graph-model.ts";
import type { Weight } from "./weights.ts";

interface Result {
  readonly name: string;
  readonly rank: number;
}

type Operator = (node: GraphModelNode, conversion: Conversion) => Result;

/** TensorFlow.js takes this one where a batch norm names none (op_list/normalization of its converter). */
const EPSILON = 1e-3;

function unsupported(node: GraphModelNode, what: string): AffektError {
  return new AffektError("model", `${node.op} ${node.name}: ${what}.`, "Extend the converter for this case.");
}

function input(node: GraphModelNode, index: number): string {
  const name = node.input?.[index];
  if (name === undefined) throw unsupported(node, `input ${index} is missing`);
  return name;
}

function constant(node: GraphModelNode, index: number, conversion: Conversion): Weight {
  const weight = conversion.constant(input(node, index));
  if (weight === undefined) throw unsupported(node, `input ${index} must be a constant`);
  return weight;
}

/** TensorFlow puts the odd pixel of SAME padding at the end, as ONNX's SAME_UPPER does. */
function window(node: GraphModelNode, kernel: readonly number[]) {
  const padding = textAttribute(node, "padding");
  if (padding !== "SAME" && padding !== "VALID") throw unsupported(node, `padding ${padding} is not supported`);
  if ((textAttribute(node, "data_format") ?? "NHWC") !== "NHWC")
    throw unsupported(node, "the data format must be NHWC");
  const pair = (values: readonly number[]): number[] => (values.length === 4 ? values.slice(1, 3) : [1, 1]);
  return {
    auto_pad: { string: padding === "SAME" ? "SAME_UPPER" : "VALID" },
    kernel_shape: { ints: kernel },
    strides: { ints: pair(integersAttribute(node, "strides")) },
    dilations: { ints: pair(integersAttribute(node, "dilations")) },
  };
}

/** [H, W, in, out] → [out, in, H, W]; depthwise [H, W, in, multiplier] → [in · multiplier, 1, H, W]. */
function kernelOf(weight: Weight, depthwise: boolean): { dims: number[]; data: Float32Array } {
  const [height = 1, width = 1, inward = 1, outward = 1] = weight.dims;
  const area = height * width;
  const data = new Float32Array(weight.data.length);
  for (let at = 0; at < area; at++) {
    for (let i = 0; i < inward; i++) {
      for (let o = 0; o < outward; o++) {
        const to = depthwise ? (i * outward + o) * area + at : (o * inward + i) * area + at;
        data[to] = weight.data[(at * inward + i) * outward + o]!;
      }
    }
  }
  return { dims: depthwise ? [inward * outward, 1, height, width] : [outward, inward, height, width], data };
}

const ACTIVATIONS: Readonly<Record<string, (name: string, conversion: Conversion) => string>> = {
  Relu: (name, conversion) => conversion.emit("Relu", [name]),
  Relu6: (name, conversion) =>
    conversion.emit("Clip", [
      name,
      conversion.weight(Float32Array.of(0), []),
      conversion.weight(Float32Array.of(6), []),
    ]),
  Sigmoid: (name, conversion) => conversion.emit("Sigmoid", [name]),
  Tanh: (name, conversion) => conversion.emit("Tanh", [name]),
  Elu: (name, conversion) => conversion.emit("Elu", [name]),
};

function prelu(node: GraphModelNode, name: string, slopeIndex: number, conversion: Conversion): string {
  const slope = constant(node, slopeIndex, conversion);
  if (slope.dims.at(-1) !== slope.data.length) throw unsupported(node, "Prelu needs one slope per channel");
  return conversion.emit("PRelu", [name, conversion.weight(slope.data, [slope.data.length, 1, 1])]);
}

function activate(node: GraphModelNode, name: string, next: number, conversion: Conversion): string {
  let value = name;
  for (const fused of textListAttribute(node, "fused_ops")) {
    if (fused === "BiasAdd") continue;
    const activation = ACTIVATIONS[fused];
    if (fused === "Prelu") value = prelu(node, value, next, conversion);
    else if (activation) value = activation(value, conversion);
    else throw unsupported(node, `the fused operator ${fused} is not supported`);
  }
  return value;
}

function convolution(depthwise: boolean): Operator {
  return (node, conversion) => {
    const weight = constant(node, 1, conversion);
    const kernel = kernelOf(weight, depthwise);
    const inputs = [conversion.value(input(node, 0)), conversion.weight(kernel.data, kernel.dims)];
    const biased = textListAttribute(node, "fused_ops")[0] === "BiasAdd";
    if (biased) {
      const bias = constant(node, 2, conversion);
      inputs.push(conversion.weight(bias.data, [bias.data.length]));
    }
    const attributes = {
      ...window(node, kernel.dims.slice(2)),
      group: { int: depthwise ? (weight.dims[2] ?? 1) : 1 },
    };
    const name = conversion.emit("Conv", inputs, attributes);
    return { name: activate(node, name, biased ? 3 : 2, conversion), rank: 4 };
  };
}

function pool(op: string): Operator {
  return (node, conversion) => {
    const { auto_pad, kernel_shape, strides } = window(node, integersAttribute(node, "ksize").slice(1, 3));
    // TensorFlow leaves padding out of an average; so does count_include_pad 0, the default.
    return {
      name: conversion.emit(op, [conversion.value(input(node, 0))], { auto_pad, kernel_shape, strides }),
      rank: 4,
    };
  };
}

function binary(op: string): Operator {
  return (node, conversion) => {
    const names = [input(node, 0), input(node, 1)];
    const rank = Math.max(...names.map((name) => conversion.rank(name)));
    for (const name of names) {
      if (rank === 4 && conversion.constant(name) === undefined && conversion.rank(name) !== 4) {
        throw unsupported(node, "a computed operand of lower rank than the other would broadcast along another axis");
      }
    }
    return {
      name: conversion.emit(
        op,
        names.map((name) => conversion.value(name, rank)),
      ),
      rank,
    };
  };
}

function unary(apply: (name: string, conversion: Conversion) => string): Operator {
  return (node, conversion) => ({
    name: apply(conversion.value(input(node, 0)), conversion),
    rank: conversion.rank(input(node, 0)),
  });
}

/** Axis of our layout for an axis of TensorFlow's. */
function axisOf(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  return rank === 4 ? ([0, 2, 3, 1][positive] ?? positive) : positive;
}

const mean: Operator = (node, conversion) => {
  const rank = conversion.rank(input(node, 0));
  const axes = Array.from(constant(node, 1, conversion).data, (axis) => axisOf(axis, rank)).sort((a, b) => a - b);
  const keeps = flagAttribute(node, "keep_dims");
  if (rank === 4 && !keeps && axes.join() !== "2,3") throw unsupported(node, "only the mean over height and width");
  const attributes = { axes: { ints: axes }, keepdims: { int: keeps ? 1 : 0 } };
  return {
    name: conversion.emit("ReduceMean", [conversion.value(input(node, 0))], attributes),
    rank: keeps ? rank : rank - axes.length,
  };
};

const pad: Operator = (node, conversion) => {
  const { data } = constant(node, 1, conversion);
  const rank = conversion.rank(input(node, 0));
  const pads = new BigInt64Array(rank * 2);
  for (let axis = 0; axis < rank; axis++) {
    pads[axisOf(axis, rank)] = BigInt(data[axis * 2]!);
    pads[rank + axisOf(axis, rank)] = BigInt(data[axis * 2 + 1]!);
  }
  const inputs = [conversion.value(input(node, 0)), conversion.weight(pads, [pads.length])];
  return { name: conversion.emit("Pad", inputs), rank };
};

const reshape: Operator = (node, conversion) => {
  const shape = BigInt64Array.from(constant(node, 1, conversion).data, BigInt);
  const value = conversion.channelsLast(input(node, 0));
  const name = conversion.emit("Reshape", [value, conversion.weight(shape, [shape.length])]);
  if (shape.length !== 4) return { name, rank: shape.length };
  return { name: conversion.emit("Transpose", [name], { perm: { ints: [0, 3, 1, 2] } }), rank: 4 };
};

const matMul: Operator = (node, conversion) => {
  const weight = constant(node, 1, conversion);
  const biased = textListAttribute(node, "fused_ops")[0] === "BiasAdd";
  const inputs = [conversion.value(input(node, 0)), conversion.weight(weight.data, weight.dims)];
  if (biased) {
    const bias = constant(node, 2, conversion);
    inputs.push(conversion.weight(bias.data, [bias.data.length]));
  }
  const name = conversion.emit("Gemm", inputs, {
    transA: { int: flagAttribute(node, "transpose_a") ? 1 : 0 },
    transB: { int: flagAttribute(node, "transpose_b") ? 1 : 0 },
  });
  return { name: activate(node, name, biased ? 3 : 2, conversion), rank: 2 };
};

/** Scale, offset, mean and variance are constants, one value per channel each. */
const batchNorm: Operator = (node, conversion) => {
  const [scale, offset, average, variance] = [1, 2, 3, 4].map((index) => constant(node, index, conversion)) as [
    Weight,
    Weight,
    Weight,
    Weight,
  ];
  const epsilon = node.attr?.["epsilon"]?.f ?? EPSILON;
  const channel = (weight: Weight): string => conversion.weight(weight.data, [weight.data.length]);
  const inputs = [conversion.value(input(node, 0)), ...[scale, offset, average, variance].map(channel)];
  return { name: conversion.emit("BatchNormalization", inputs, { epsilon: { float: epsilon } }), rank: 4 };
};

const softmax: Operator = (node, conversion) => {
  const rank = conversion.rank(input(node, 0));
  const attributes = { axis: { int: axisOf(-1, rank) } };
  return { name: conversion.emit("Softmax", [conversion.value(input(node, 0))], attributes), rank };
};

const operator = (name: string): Operator => {
  const activation = ACTIVATIONS[name];
  return unary((value, conversion) => activation?.(value, conversion) ?? value);
};

export const OPERATORS: Readonly<Record<string, Operator>> = {
  _FusedConv2D: convolution(false),
  Conv2D: convolution(false),
  DepthwiseConv2dNative: convolution(true),
  FusedDepthwiseConv2dNative: convolution(true),
  MaxPool: pool("MaxPool"),
  AvgPool: pool("AveragePool"),
  Add: binary("Add"),
  AddV2: binary("Add"),
  BiasAdd: binary("Add"),
  Sub: binary("Sub"),
  Mul: binary("Mul"),
  Minimum: binary("Min"),
  Maximum: binary("Max"),
  Relu: operator("Relu"),
  Relu6: operator("Relu6"),
  Sigmoid: operator("Sigmoid"),
  Tanh: operator("Tanh"),
  Elu: operator("Elu"),
  Prelu: (node, conversion) => ({
    name: prelu(node, conversion.value(input(node, 0)), 1, conversion),
    rank: conversion.rank(input(node, 0)),
  }),
  FusedBatchNormV3: batchNorm,
  Mean: mean,
  Pad: pad,
  Reshape: reshape,
  _FusedMatMul: matMul,
  MatMul: matMul,
  Softmax: softmax,
  Identity: operator("Identity"),
};
