/** A training step as one network: forward pass, loss and gradients run in the runtime; the update follows in place. */
import { AffektError } from "../core/errors.ts";
import type { Runtime, SessionOptions } from "../core/ports.ts";
import { float32, floats, type Tensor } from "../core/tensor.ts";
import { findChannelBlock } from "./channel-block.ts";
import { differentiate } from "./differentiate.ts";
import { Graph, type GraphOptions, type Node } from "./graph.ts";
import { encodeModel } from "./onnx-write.ts";
import type { Penalty } from "./optimize/optimizer.ts";
import type { RowGradients } from "./optimize/row-gradients.ts";
import type { ParameterStore } from "./optimize/store.ts";

/** Builds the network and its loss in a graph, inputs and targets included. Called once per graph. */
export type TrainingDefinition = (graph: Graph) => {
  readonly loss: Node;
  /** Values to be returned with each step, by name. */
  readonly outputs?: Readonly<Record<string, Node>>;
};

export interface StepOptions {
  readonly learningRate: number;
  readonly clipNorm?: number;
  readonly penalty?: Penalty;
  /** Only keep the gradient, for a later step that applies the mean over all that are kept and its own. */
  readonly hold?: boolean;
}

export interface StepResult {
  readonly loss: number;
  /** Before clipping; 0 if the gradient was only kept. If it is not finite, nothing was updated. */
  readonly gradientNorm: number;
  readonly outputs: Readonly<Record<string, Tensor>>;
}

export interface TrainingStep {
  /** One update. Feeds are the inputs of the definition. */
  run(feeds: Readonly<Record<string, Tensor>>, options: StepOptions): Promise<StepResult>;
  release(): Promise<void>;
}

/** The graph of a training step. Build one to make a parameter store; `openTrainingStep` builds its own. */
export function trainingGraph(
  define: TrainingDefinition,
  options: GraphOptions = {},
): { graph: Graph; loss: Node; outputs: string[] } {
  const graph = new Graph("train", undefined, options);
  const { loss, outputs = {} } = define(graph);
  for (const [name, node] of Object.entries(outputs)) graph.output(name, node);
  return { graph, loss, outputs: Object.keys(outputs) };
}

/**
 * Opens a training step over a parameter store. Without a memory plan, unless asked for: a plan saves at most 4 % of the
 * time and costs half as much memory again.
 *
 * @param seed of dropout; open with another seed for each epoch, so that a resumed run draws what it would have drawn
 */
export async function openTrainingStep(
  runtime: Runtime,
  store: ParameterStore,
  define: TrainingDefinition,
  options: SessionOptions & { readonly seed?: number } = {},
): Promise<TrainingStep> {
  const { seed = 0, ...sessionOptions } = options;
  const channelBlock = await findChannelBlock(runtime);
  const { graph, loss, outputs } = trainingGraph(define, { seed, channelBlock });
  const { dense, sparse } = differentiate(graph, loss);
  graph.output("loss", loss);
  const into: Record<string, Tensor | null> = { loss: null };
  for (const name of outputs) into[name] = null;
  const parameters: Record<string, Tensor> = {};
  for (const { name } of graph.parameters.values()) parameters[name] = store.tensor(name);
  // What does not train needs no gradient: the operators that only it needs are left out of the model.
  for (const [name, node] of dense) {
    if (!store.trains(name)) continue;
    graph.output(`gradient ${name}`, node);
    into[`gradient ${name}`] = store.gradient(name);
  }
  const lookups: { readonly name: string; readonly feed: string; readonly output: string; readonly rows: Tensor }[] =
    [];
  for (const [name, nodes] of sparse) {
    if (!store.trains(name)) continue;
    const made = graph.parameters.get(name)?.lookups ?? [];
    if (made.length !== nodes.length) {
      throw new AffektError(
        "config",
        `The table ${name} is looked up ${made.length} times, but ${nodes.length} of them reach the loss.`,
        "Use every look-up of a sparse embedding, or make it dense.",
      );
    }
    for (const [index, node] of nodes.entries()) {
      const { ids, shape } = made[index] as (typeof made)[number];
      if (graph.producerOf(ids) !== undefined) {
        throw new AffektError(
          "config",
          `The ids that are looked up in ${name} are computed in the graph; a sparse table needs them as an input.`,
          "Feed the ids, or make the embedding dense.",
        );
      }
      const output = `rows ${index} ${name}`;
      graph.output(output, node);
      const rows = float32(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
      into[output] = rows;
      lookups.push({ name, feed: ids.name, output, rows });
    }
  }
  const running: { readonly output: string; readonly name: string; readonly momentum: number }[] = [];
  for (const { name, batch, momentum } of graph.statistics.values()) {
    if (batch === null) continue;
    graph.output(`batch ${name}`, batch);
    into[`batch ${name}`] = null;
    running.push({ output: `batch ${name}`, name, momentum });
  }
  const model = graph.model();
  const wanted = new Set(model.inputs.map(({ name }) => name));
  for (const name of Object.keys(parameters)) if (!wanted.has(name)) delete parameters[name];
  const session = await runtime.open(encodeModel(model), { memoryPattern: false, ...sessionOptions });

  return {
    async run(feeds, { learningRate, clipNorm, penalty, hold = false }) {
      const results = await session.run({ ...parameters, ...feeds }, into);
      for (const [name, wantedTensor] of Object.entries(into)) {
        const result = results[name];
        // A runtime that cannot write in place hands back a tensor of its own.
        if (wantedTensor !== null && result !== undefined && result !== wantedTensor) {
          floats(wantedTensor).set(floats(result));
        }
      }
      const value = floats(results.loss)[0] as number;
      const rowGradients = new Map<string, RowGradients[]>();
      for (const { name, feed, rows } of lookups) {
        const list = rowGradients.get(name) ?? [];
        list.push({ ids: feeds[feed]?.data as Int32Array, rows: floats(rows) });
        rowGradients.set(name, list);
      }
      let gradientNorm = 0;
      if (hold) store.hold(rowGradients);
      else {
        gradientNorm = store.update({
          learningRate,
          sparse: rowGradients,
          ...(clipNorm ? { clipNorm } : {}),
          ...(penalty ? { penalty } : {}),
        });
      }
      // What is not finite would stay in a running statistic for good.
      const sound = Number.isFinite(value) && Number.isFinite(gradientNorm);
      for (const { output, name, momentum } of sound ? running : []) {
        const batch = floats(results[output]);
        const kept = store.statistic(name);
        for (let i = 0; i < kept.length; i++)
          kept[i] = (1 - momentum) * (kept[i] as number) + momentum * (batch[i] as number);
      }
      const returned: Record<string, Tensor> = {};
      for (const name of outputs) returned[name] = results[name] as Tensor;
      return { loss: value, gradientNorm, outputs: returned };
    },
    release: () => session.release(),
  };
}
