/**
 * Several ONNX models as one that answers their weighted sum: a log-linear pool (Genest & Zidek 1986) in one file. Inputs
 * of the same name are fed once, and a model's other values keep apart by a prefix.
 */
import { AffektError } from "../core/errors.ts";
import { type OnnxModel, type OnnxNode, type OnnxTensor, rawBytes } from "./onnx.ts";

export interface PoolMember {
  readonly model: OnnxModel;
  /** Factor of its logits. */
  readonly weight: number;
}

interface PoolOutputs {
  readonly logits: string;
  /** Vectors that are put side by side. */
  readonly embedding: string;
}

function prefixed({ model }: PoolMember, prefix: string): Pick<OnnxModel, "nodes" | "initializers"> {
  const inputs = new Set(model.inputs.map(({ name }) => name));
  const own = (name: string): string => (name === "" || inputs.has(name) ? name : prefix + name);
  return {
    nodes: model.nodes.map((node) => ({ ...node, inputs: node.inputs.map(own), outputs: node.outputs.map(own) })),
    initializers: model.initializers.map((tensor) => ({ ...tensor, name: prefix + tensor.name })),
  };
}

/**
 * @param members with the same outputs, of the same operator set
 * @throws AffektError `model` if they do not fit together
 */
export function poolModels(members: readonly PoolMember[], { logits, embedding }: PoolOutputs): OnnxModel {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs = new Map<string, OnnxModel["inputs"][number]>();
  const widths: number[] = [];
  const [first] = members;
  for (const [index, member] of members.entries()) {
    const { model, weight } = member;
    const prefix = `member${index + 1}/`;
    const [answer, vector] = [logits, embedding].map((name) => model.outputs.find((output) => output.name === name));
    const [wanted] = first?.model.outputs.filter(({ name }) => name === logits) ?? [];
    if (!answer || !vector || answer.dims[1] !== wanted?.dims[1] || model.opset !== first?.model.opset) {
      throw new AffektError(
        "model",
        `Model ${index + 1} of ${members.length} does not answer ${logits} and ${embedding} as the first does.`,
        "Pool models of the same labels that were exported by the same release.",
      );
    }
    for (const input of model.inputs) {
      const known = inputs.get(input.name);
      if (known !== undefined && known.dims.join() !== input.dims.join()) {
        throw new AffektError(
          "model",
          `Model ${index + 1} of ${members.length} reads ${input.name} as ${input.dims.join("×")}, another as ${known.dims.join("×")}.`,
          "Pool models with the same preprocessing.",
        );
      }
      inputs.set(input.name, input);
    }
    const own = prefixed(member, prefix);
    const factor = {
      name: `weight of model ${index + 1}`,
      type: "float32",
      dims: [],
      bytes: rawBytes(Float32Array.of(weight)),
    } as const;
    nodes.push(...own.nodes, { op: "Mul", inputs: [prefix + logits, factor.name], outputs: [`${prefix}weighted`] });
    initializers.push(...own.initializers, factor);
    widths.push(vector.dims[1] ?? 0);
  }
  const names = members.map((_, index) => `member${index + 1}/`);
  nodes.push({ op: "Sum", inputs: names.map((name) => `${name}weighted`), outputs: [logits] });
  nodes.push({
    op: "Concat",
    inputs: names.map((name) => name + embedding),
    outputs: [embedding],
    attributes: { axis: { int: 1 } },
  });
  const labels = first?.model.outputs.find(({ name }) => name === logits)?.dims ?? [];
  return {
    nodes,
    initializers,
    inputs: [...inputs.values()],
    outputs: [
      { name: logits, type: "float32", dims: labels },
      { name: embedding, type: "float32", dims: [labels[0] ?? -1, widths.reduce((sum, width) => sum + width, 0)] },
    ],
    ...(first?.model.opset === undefined ? {} : { opset: first.model.opset }),
  };
}

/**
 * One model out of those that `poolModels` put together, with the names that it had before.
 *
 * @param index of the member, counted from 1
 * @throws AffektError `model` if there is no such member
 */
export function poolMember(pooled: OnnxModel, index: number, { logits, embedding }: PoolOutputs): OnnxModel {
  const prefix = `member${index}/`;
  const own = (name: string): string => (name.startsWith(prefix) ? name.slice(prefix.length) : name);
  const nodes = pooled.nodes.filter(
    ({ outputs }) => outputs.every((name) => name.startsWith(prefix)) && !outputs.includes(`${prefix}weighted`),
  );
  if (nodes.length === 0) {
    throw new AffektError("model", `There is no model ${index} in this pool.`, "Members are counted from 1.");
  }
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  return {
    ...pooled,
    nodes: nodes.map((node) => ({ ...node, inputs: node.inputs.map(own), outputs: node.outputs.map(own) })),
    initializers: pooled.initializers
      .filter(({ name }) => read.has(name))
      .map((tensor) => ({ ...tensor, name: own(tensor.name) })),
    inputs: pooled.inputs.filter(({ name }) => read.has(name)),
    outputs: pooled.outputs
      .filter(({ name }) => name === logits || name === embedding)
      // Vectors stand side by side in the pool: how wide one of them is, only its nodes know.
      .map((output) => (output.name === embedding ? { ...output, dims: output.dims.map(() => -1) } : output)),
  };
}
