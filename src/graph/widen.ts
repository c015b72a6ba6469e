/** The other way round than `quantize`: a model file's smaller weights as float32 again, with the rounding that they had. */
import { type OnnxModel, type OnnxNode, rawBytes } from "./onnx.ts";
import { onnxWeights } from "./onnx-weights.ts";

const SMALLER = / (?:float16|int8)$/u;

/** @param model as `quantize` left it; any other is returned as it is */
export function widen(model: OnnxModel): OnnxModel {
  const stored = new Map(
    model.initializers.flatMap(({ name, type }) =>
      SMALLER.test(name) && (type === "float16" || type === "int8") ? [[name, name.replace(SMALLER, "")] as const] : [],
    ),
  );
  if (stored.size === 0) return model;
  const weights = onnxWeights(model);
  const scales = new Set([...stored.values()].map((name) => `${name} scales`));
  const dropped = new Set<string>();
  const tables = new Map<OnnxNode, OnnxNode>();
  for (const node of model.nodes) {
    const name = stored.get(node.inputs[0] ?? "");
    if (name === undefined) continue;
    if (node.op === "Gather") {
      const output = (node.outputs[0] as string).replace(/ rows$/u, "");
      tables.set(node, { ...node, inputs: [name, node.inputs[1] as string], outputs: [output] });
      for (const helper of [output, `${output} widened`, `${output} scales`]) dropped.add(helper);
    } else {
      for (const helper of [name, `${name} widened`]) dropped.add(helper);
    }
  }
  return {
    ...model,
    initializers: model.initializers.flatMap((tensor) => {
      if (scales.has(tensor.name)) return [];
      const name = stored.get(tensor.name);
      if (name === undefined) return [tensor];
      return [
        { name, type: "float32" as const, dims: tensor.dims, bytes: rawBytes(weights.get(name) as Float32Array) },
      ];
    }),
    nodes: model.nodes.flatMap((node) => {
      const table = tables.get(node);
      if (table !== undefined) return [table];
      return dropped.has(node.outputs[0] as string) ? [] : [node];
    }),
  };
}
