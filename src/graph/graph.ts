/**
 * The graph under construction: values with shapes, operators, parameters, and a tape for reverse-mode
 * differentiation. One definition builds two graphs: in `train` mode parameters are inputs and every operator is
 * recorded; in `infer` mode parameters are constants and nothing is recorded.
 */
import { AffektError } from "../core/errors.ts";
import type { Initializer } from "./initialize.ts";
import { type OnnxAttribute, type OnnxModel, type OnnxNode, type OnnxTensor, type OnnxType, rawBytes } from "./onnx.ts";
import { formatShape, type Shape, sizeOf } from "./shape.ts";

/** A value in a graph. */
export interface Node {
  readonly graph: Graph;
  readonly name: string;
  readonly shape: Shape;
  readonly type: OnnxType;
  /** True if a gradient flows back through it. */
  readonly tracked: boolean;
}

/**
 * A function from values to values, with parameters of its own. It throws AffektError `shape`, naming itself, what it
 * received and what it expects, while the graph is built.
 */
export type Layer = (x: Node) => Node;

/** Gradients of the inputs, given those of the outputs (null where no gradient arrives). */
export type Backward = (gradients: readonly (Node | null)[]) => readonly (Node | null)[];

export interface Parameter {
  readonly node: Node;
  readonly name: string;
  readonly shape: Shape;
  readonly initialize: Initializer;
  /** Weight decay applies (weights yes; biases and norms no). */
  readonly decay: boolean;
  /** The rows looked up, if the gradient is sparse: ids and the gradient of each row, one entry per look-up. */
  readonly lookups: { readonly ids: Node; readonly shape: Shape }[];
  readonly sparse: boolean;
}

/** State that is not trained by gradient: running statistics of batch norm. */
export interface Statistic {
  readonly name: string;
  readonly shape: Shape;
  readonly initial: number;
  /** Value in this batch (train mode). */
  readonly batch: Node | null;
  /** Share of the batch value in the new running value. */
  readonly momentum: number;
}

export interface TapeEntry {
  readonly outputs: readonly Node[];
  readonly inputs: readonly Node[];
  readonly backward: Backward;
}

export type Mode = "train" | "infer";

/** Operators of ONNX Runtime's own domains, and what they are called there. */
const CONTRIB: Readonly<Record<string, { readonly domain: string; readonly op: string }>> = {
  // onnxruntime-web's wasm build has these as well.
  FusedMatMul: { domain: "com.microsoft", op: "FusedMatMul" },
  Gelu: { domain: "com.microsoft", op: "Gelu" },
  ReorderInput: { domain: "com.microsoft.nchwc", op: "ReorderInput" },
  BlockedConv: { domain: "com.microsoft.nchwc", op: "Conv" },
  BlockedMaxPool: { domain: "com.microsoft.nchwc", op: "MaxPool" },
  BlockedAveragePool: { domain: "com.microsoft.nchwc", op: "AveragePool" },
  BlockedGlobalAveragePool: { domain: "com.microsoft.nchwc", op: "GlobalAveragePool" },
  BlockedUpsample: { domain: "com.microsoft.nchwc", op: "Upsample" },
  ReorderOutput: { domain: "com.microsoft.nchwc", op: "ReorderOutput" },
};

export interface GraphOptions {
  /** Of dropout, in `train` mode. Default 0. */
  readonly seed?: number;
  /** Channels per block of blocked convolutions (see `findChannelBlock`); 0, the default, for none. */
  readonly channelBlock?: number;
}

export class Graph {
  readonly mode: Mode;
  /** Base of the seeds of all dropout operators. */
  readonly seed: number;
  readonly channelBlock: number;
  readonly parameters = new Map<string, Parameter>();
  readonly statistics = new Map<string, Statistic>();
  readonly tape: TapeEntry[] = [];
  readonly #weights: ReadonlyMap<string, Float32Array> | undefined;
  #nodes: OnnxNode[] = [];
  readonly #initializers = new Map<string, OnnxTensor>();
  readonly #constants = new Map<string, Node>();
  readonly #inputs: Node[] = [];
  readonly #outputs: Node[] = [];
  readonly #producer = new Map<string, number>();
  readonly #values = new Map<string, Node>();
  #serial = 0;
  #scope = "";

  /**
   * @param weights values of parameters and statistics by name; required in `infer` mode
   */
  constructor(mode: Mode, weights?: ReadonlyMap<string, Float32Array>, options: GraphOptions = {}) {
    this.mode = mode;
    this.#weights = weights;
    this.seed = options.seed ?? 0;
    this.channelBlock = options.channelBlock ?? 0;
  }

  /** Prefixes the names of parameters made inside. */
  within<T>(scope: string, build: () => T): T {
    const outer = this.#scope;
    this.#scope = outer === "" ? scope : `${outer}.${scope}`;
    try {
      return build();
    } finally {
      this.#scope = outer;
    }
  }

  #value(name: string, shape: Shape, type: OnnxType, tracked: boolean): Node {
    const node = { graph: this, name, shape, type, tracked };
    this.#values.set(name, node);
    return node;
  }

  /** The value of that name, if there is one. */
  named(name: string): Node | undefined {
    return this.#values.get(name);
  }

  #fresh(prefix: string): string {
    return `${prefix}_${this.#serial++}`;
  }

  /** A value that is fed with each run. */
  input(name: string, shape: Shape, type: OnnxType = "float32"): Node {
    const node = this.#value(name, shape, type, false);
    this.#inputs.push(node);
    return node;
  }

  /** Gives a value out under a name. Only what outputs need becomes part of the model. */
  output(name: string, node: Node): void {
    const [renamed] = this.emit("Identity", [node], [{ shape: node.shape, type: node.type }], {}, [name]);
    this.#outputs.push(renamed as Node);
  }

  /** A trained array. @throws AffektError `config` if the name is taken, `checkpoint` if its weights do not fit */
  parameter(
    name: string,
    shape: Shape,
    initialize: Initializer,
    options: { readonly decay?: boolean; readonly sparse?: boolean } = {},
  ): Node {
    const full = this.#claim(name);
    const node =
      this.mode === "train"
        ? this.#value(full, shape, "float32", true)
        : this.#stored(full, this.#weightsOf(full, shape), shape);
    if (this.mode === "train") this.#inputs.push(node);
    const { decay = true, sparse = false } = options;
    this.parameters.set(full, { node, name: full, shape, initialize, decay, sparse, lookups: [] });
    return node;
  }

  /** A running statistic. In `infer` mode its value is a constant, which is returned. */
  statistic(name: string, shape: Shape, initial: number, momentum: number, batch: Node | null): Node | null {
    const full = this.#claim(name);
    this.statistics.set(full, { name: full, shape, initial, momentum, batch });
    return this.mode === "infer" ? this.#stored(full, this.#weightsOf(full, shape), shape) : null;
  }

  #claim(name: string): string {
    const full = this.#scope === "" ? name : `${this.#scope}.${name}`;
    if (this.parameters.has(full) || this.statistics.has(full)) {
      throw new AffektError("config", `Two layers are named ${full}.`, "Give each layer of a scope its own name.");
    }
    return full;
  }

  #weightsOf(name: string, shape: Shape): Float32Array {
    const data = this.#weights?.get(name);
    if (data === undefined || data.length !== sizeOf(shape)) {
      throw new AffektError(
        "checkpoint",
        `The weights hold ${data === undefined ? "nothing" : `${data.length} values`} for ${name}; expected ${formatShape(shape)}.`,
        "Use the configuration that the checkpoint was trained with.",
      );
    }
    return data;
  }

  #stored(name: string, data: Float32Array, shape: Shape): Node {
    this.#initializers.set(name, { name, type: "float32", dims: shape, bytes: rawBytes(data) });
    return this.#value(name, shape, "float32", false);
  }

  /** The value of a constant float32 node, or undefined if the node is computed. */
  valueOf(node: Node): Float32Array | undefined {
    const tensor = this.#initializers.get(node.name);
    if (tensor?.type !== "float32") return undefined;
    return new Float32Array(new Uint8Array(tensor.bytes).buffer);
  }

  /** A constant array. */
  constant(data: Float32Array, shape: Shape): Node {
    return this.#stored(this.#fresh("constant"), data, shape);
  }

  /** A scalar (or filled) constant; equal ones are shared. */
  scalar(value: number, shape: Shape = []): Node {
    return this.#shared(`float ${value} ${shape}`, shape, "float32", () => new Float32Array(sizeOf(shape)).fill(value));
  }

  /** Integers as an operator's argument (axes, sizes); equal ones are shared. */
  integers(values: readonly number[]): Node {
    return this.#shared(`int ${values}`, [values.length], "int64", () => BigInt64Array.from(values.map(BigInt)));
  }

  /** A switch as an operator's argument; equal ones are shared. */
  flag(value: boolean): Node {
    return this.#shared(`flag ${value}`, [], "bool", () => Uint8Array.of(value ? 1 : 0));
  }

  #shared(key: string, shape: Shape, type: OnnxType, data: () => ArrayBufferView): Node {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.#fresh("constant");
    this.#initializers.set(name, { name, type, dims: shape, bytes: rawBytes(data()) });
    const node = this.#value(name, shape, type, false);
    this.#constants.set(key, node);
    return node;
  }

  /** Adds an operator with several outputs, without recording it on the tape. */
  emit(
    op: string,
    inputs: readonly (Node | null)[],
    outputs: readonly { readonly shape: Shape; readonly type?: OnnxType }[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    names?: readonly string[],
  ): Node[] {
    const tracked = inputs.some((input) => input?.tracked);
    const results = outputs.map(({ shape, type = "float32" }, index) =>
      this.#value(names?.[index] ?? this.#fresh(op), shape, type, tracked),
    );
    this.#nodes.push({
      op: CONTRIB[op]?.op ?? op,
      inputs: inputs.map((input) => input?.name ?? ""),
      outputs: results.map((result) => result.name),
      attributes,
      domain: CONTRIB[op]?.domain ?? "",
    });
    for (const result of results) this.#producer.set(result.name, this.#nodes.length - 1);
    return results;
  }

  /** Adds an operator with one output, without recording it on the tape. */
  one(
    op: string,
    inputs: readonly (Node | null)[],
    shape: Shape,
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    type: OnnxType = "float32",
  ): Node {
    return this.emit(op, inputs, [{ shape, type }], attributes)[0] as Node;
  }

  /** The operator that computes a value, or undefined for inputs and constants. */
  producerOf(node: Node): OnnxNode | undefined {
    const index = this.#producer.get(node.name);
    return index === undefined ? undefined : this.#nodes[index];
  }

  /** Records how gradients flow back through operators just emitted. Does nothing if no input is tracked. */
  record(outputs: readonly Node[], inputs: readonly Node[], backward: Backward): void {
    if (this.mode === "train" && inputs.some((input) => input.tracked)) this.tape.push({ outputs, inputs, backward });
  }

  /** The ONNX model: only what the outputs need. */
  model(): OnnxModel {
    const wanted = new Set(this.#outputs.map((output) => output.name));
    const nodes: OnnxNode[] = [];
    for (let index = this.#nodes.length - 1; index >= 0; index--) {
      const node = this.#nodes[index] as OnnxNode;
      if (!node.outputs.some((output) => wanted.has(output))) continue;
      nodes.push(node);
      for (const input of node.inputs) wanted.add(input);
    }
    nodes.reverse();
    const value = ({ name, type, shape }: Node) => ({ name, type, dims: shape });
    return {
      nodes,
      initializers: [...this.#initializers.values()].filter(({ name }) => wanted.has(name)),
      inputs: this.#inputs.filter(({ name }) => wanted.has(name)).map(value),
      outputs: this.#outputs.map(value),
    };
  }
}

/** Makes a layer's parameters once per graph, so that a layer applied twice shares its weights. */
export function perGraph<T>(make: (graph: Graph, x: Node) => T): (x: Node) => T {
  const made = new WeakMap<Graph, T>();
  return (x) => {
    let value = made.get(x.graph);
    if (value === undefined) {
      value = make(x.graph, x);
      made.set(x.graph, value);
    }
    return value;
  };
}
