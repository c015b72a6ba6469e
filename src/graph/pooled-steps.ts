/**
 * The steps that a network pools by attention, made an output of its file: an encoder that gives no sequence has them
 * inside, right before `attentionPool` (layers/pooling.ts), and so have files that were exported without them.
 */
import { type OnnxModel, type OnnxNode, type OnnxTensor, rawBytes } from "./onnx.ts";

export interface PooledSteps {
  /** The same network with one more output, float32 `[batch, steps, dim]`: zeros where the pool sees nothing. */
  readonly model: OnnxModel;
  /** Of that output. */
  readonly name: string;
  readonly steps: number;
  readonly dim: number;
}

/** What attention pools, and by which mask `[batch, steps]`, where it has one. */
interface Pool {
  readonly states: string;
  readonly mask?: string;
  readonly steps: number;
  readonly dim: number;
}

function finder({ nodes, initializers }: OnnxModel) {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const shapes = new Map(
    initializers.flatMap(({ name, type, bytes }) =>
      type === "int64" ? [[name, [...new BigInt64Array(Uint8Array.from(bytes).buffer)].map(Number)] as const] : [],
    ),
  );
  return {
    /** The node that makes a value, if it is of this operator. */
    maker(value: string | undefined, op: string): OnnxNode | undefined {
      const node = makers.get(value ?? "");
      return node?.op === op ? node : undefined;
    },
    /** What a Reshape makes of its input. */
    shapeOf: (reshape: OnnxNode | undefined): readonly number[] => shapes.get(reshape?.inputs[1] ?? "") ?? [],
  };
}

/** `softmax(scores + (1 − mask) · −1e9)` → the scores and the mask; without one, the scores. */
function scoresOf(softmax: OnnxNode, { maker }: ReturnType<typeof finder>): { scores?: OnnxNode; mask?: string } {
  const [given] = softmax.inputs;
  const masked = maker(given, "Add");
  const scores = maker(masked?.inputs[0] ?? given, "Transpose");
  if (scores === undefined || masked === undefined) return scores === undefined ? {} : { scores };
  const closed = maker(maker(masked.inputs[1], "Reshape")?.inputs[0], "Mul");
  const mask = maker(closed?.inputs[0], "Sub")?.inputs[1];
  return mask === undefined ? {} : { scores, mask };
}

function poolOf(model: OnnxModel): Pool | undefined {
  const found = finder(model);
  for (const means of model.nodes) {
    const [weights, states] = means.inputs;
    const softmax = means.op === "MatMul" ? found.maker(weights, "Softmax") : undefined;
    if (softmax === undefined || states === undefined) continue;
    const { scores, mask } = scoresOf(softmax, found);
    const [, steps = 0, heads = 0] = found.shapeOf(found.maker(scores?.inputs[0], "Reshape"));
    const flat = model.nodes.find(({ op, inputs }) => op === "Reshape" && inputs[0] === means.outputs[0]);
    const [, width = 0] = found.shapeOf(flat);
    const dim = width / heads;
    if (steps >= 1 && dim >= 1 && Number.isInteger(dim)) {
      return { states, steps, dim, ...(mask === undefined ? {} : { mask }) };
    }
  }
  return undefined;
}

/** Undefined where nothing is pooled by attention. */
export function pooledSteps(model: OnnxModel, name = "sequence"): PooledSteps | undefined {
  const pool = poolOf(model);
  if (pool === undefined) return undefined;
  const { states, mask, steps, dim } = pool;
  const shape = `${name} mask shape`;
  const wide = `${name} mask`;
  const nodes: OnnxNode[] =
    mask === undefined
      ? [{ op: "Identity", inputs: [states], outputs: [name] }]
      : [
          { op: "Reshape", inputs: [mask, shape], outputs: [wide] },
          { op: "Mul", inputs: [states, wide], outputs: [name] },
        ];
  const bytes = rawBytes(BigInt64Array.of(-1n, BigInt(steps), 1n));
  const added: OnnxTensor[] = mask === undefined ? [] : [{ name: shape, type: "int64", dims: [3], bytes }];
  return {
    model: {
      ...model,
      nodes: [...model.nodes, ...nodes],
      initializers: [...model.initializers, ...added],
      outputs: [...model.outputs, { name, type: "float32", dims: [-1, steps, dim] }],
    },
    name,
    steps,
    dim,
  };
}
