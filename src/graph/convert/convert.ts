/**
 * TensorFlow.js graph model → ONNX.
 *
 * TensorFlow keeps images as [batch, height, width, channels] (NHWC), ONNX as [batch, channels, height, width] (NCHW).
 * Here every value of rank 4 is kept as NCHW inside the graph and weights are reordered once, so that transposes are
 * left only where a value of rank 4 is reshaped or leaves the graph.
 */
import { AffektError } from "../../core/errors.ts";
import { type OnnxNode, type OnnxTensor, rawBytes } from "../onnx.ts";
import { encodeModel } from "../onnx-write.ts";
import { type Conversion, channelsFirst } from "./conversion.ts";
import { type GraphModel, type GraphModelNode, shapeAttribute } from "./graph-model.ts";
import { OPERATORS } from "./operators.ts";
import type { Weight } from "./weights.ts";

export interface ConvertOptions {
  /** Shape of the one input as TensorFlow sees it (NHWC); negative numbers are dynamic. Default: the model's own. */
  readonly inputShape?: readonly number[];
  /** What the one input is called in the ONNX graph. Default: as in the model. */
  readonly inputName?: string;
  /** Nodes whose values leave the graph, by the name that the value gets. Default: every node that nothing uses. */
  readonly outputs?: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** TensorFlow writes `node:0` for a node's first output, `^node` for an order without data. */
function plainName(name: string): string {
  return name.replace(/:0$/, "");
}

/**
 * Converts a graph model.
 *
 * An input of rank 4 is fed as NCHW. Outputs keep TensorFlow's layout (NHWC).
 *
 * @returns bytes of an .onnx file
 * @throws AffektError `model` if an operator is unknown or used in a way that is not supported
 */
export function convertGraphModel(
  model: GraphModel,
  weights: ReadonlyMap<string, Weight>,
  options: ConvertOptions = {},
): Uint8Array<ArrayBuffer> {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const named = new Map<string, string>();
  const ranks = new Map<string, number>();
  const byName = new Map(model.nodes.map((node) => [node.name, node]));
  const wanted = options.outputs ?? leaves(model);
  let count = 0;

  const conversion: Conversion = {
    rank: (name) => ranks.get(plainName(name)) ?? weights.get(plainName(name))?.dims.length ?? 0,
    constant: (name) => weights.get(plainName(name)),
    weight(data, dims) {
      const name = `w${initializers.length}`;
      const type = data instanceof Float32Array ? "float32" : "int64";
      initializers.push({ name, type, dims, bytes: rawBytes(data) });
      return name;
    },
    emit(op, inputs, attributes = {}, output = `v${count++}`) {
      nodes.push({ op, inputs, outputs: [output], attributes });
      return output;
    },
    value(name, rank = 4) {
      const plain = plainName(name);
      const weight = weights.get(plain);
      if (weight === undefined) return named.get(plain) ?? plain;
      if (rank !== 4 || weight.data.length === 1) return conversion.weight(weight.data, weight.dims);
      // Broadcasting aligns last axes: [C] stands for [1, 1, 1, C].
      const padded = [...Array.from({ length: 4 - weight.dims.length }, () => 1), ...weight.dims];
      const moved = channelsFirst({ dims: padded, data: weight.data });
      return conversion.weight(moved.data, moved.dims);
    },
    channelsLast(name) {
      const value = conversion.value(name);
      return conversion.rank(name) === 4
        ? conversion.emit("Transpose", [value], { perm: { ints: [0, 2, 3, 1] } })
        : value;
    },
  };

  const inputs: { name: string; type: "float32"; dims: readonly number[] }[] = [];
  for (const node of needed(byName, Object.keys(wanted))) {
    if (weights.has(node.name) || node.op === "Const") continue;
    if (node.op === "Placeholder") {
      const dims = options.inputShape ?? shapeAttribute(node, "shape");
      const [batch = -1, height = -1, width = -1, channels = -1] = dims;
      const name = options.inputName ?? node.name;
      named.set(node.name, name);
      ranks.set(node.name, dims.length);
      inputs.push({
        name,
        type: "float32",
        dims: dims.length === 4 ? [batch, channels, height, width] : dims,
      });
      continue;
    }
    const operator = OPERATORS[node.op];
    if (operator === undefined) {
      throw new AffektError(
        "model",
        `Operator ${node.op} of node ${node.name} cannot be converted; known are ${Object.keys(OPERATORS).join(", ")}.`,
        "Add the operator to the converter's table.",
      );
    }
    const result = operator(node, conversion);
    named.set(node.name, result.name);
    ranks.set(node.name, result.rank);
  }
  for (const [node, name] of Object.entries(wanted))
    conversion.emit("Identity", [conversion.channelsLast(node)], {}, name);
  return encodeModel({
    nodes,
    initializers,
    inputs,
    // Rank and type are known; sizes may depend on the input's.
    outputs: Object.entries(wanted).map(([node, name]) => ({
      name,
      type: "float32" as const,
      dims: Array.from({ length: conversion.rank(node) }, () => -1),
    })),
    metadata: options.metadata ?? {},
  });
}

function leaves(model: GraphModel): Record<string, string> {
  const used = new Set(model.nodes.flatMap((node) => (node.input ?? []).map(plainName)));
  const ends = model.nodes.filter((node) => node.op !== "Const" && !used.has(node.name));
  return Object.fromEntries(ends.map((node) => [node.name, node.name]));
}

/** Every node that the outputs depend on, inputs before users. */
function needed(byName: ReadonlyMap<string, GraphModelNode>, outputs: readonly string[]): GraphModelNode[] {
  const order: GraphModelNode[] = [];
  const done = new Set<string>();
  const stack = outputs.map((name) => ({ name: plainName(name), entered: false }));
  while (stack.length > 0) {
    const { name, entered } = stack.pop() as { name: string; entered: boolean };
    if (done.has(name)) continue;
    const node = byName.get(name);
    if (node === undefined) {
      throw new AffektError(
        "model",
        `The graph has no node ${name}.`,
        "Check the names of the outputs, and that model.json is complete.",
      );
    }
    if (entered) {
      done.add(name);
      order.push(node);
    } else {
      stack.push({ name, entered: true });
      for (const input of node.input ?? [])
        if (!input.startsWith("^")) stack.push({ name: plainName(input), entered: false });
    }
  }
  return order;
}
