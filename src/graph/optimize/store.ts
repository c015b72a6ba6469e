/**
 * Everything that changes while a network trains: parameters, gradients, the optimizer's state, moving averages and
 * running statistics. Parameters and gradients lie in the kernel's memory, which the network runtime reads and writes
 * directly.
 */
import { AffektError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import { elementCount, float32, type Tensor } from "../../core/tensor.ts";
import type { Graph } from "../graph.ts";
import { heldGradients } from "./held-gradients.ts";
import { type Entry, layOut } from "./layout.ts";
import type { Optimizer, Penalty, Span } from "./optimizer.ts";
import { createRegions, type RegionName } from "./regions.ts";
import type { SparseGradients } from "./row-gradients.ts";
import { rowUpdates } from "./row-updates.ts";
import { weightAverage } from "./weight-average.ts";

export interface Update {
  readonly learningRate: number;
  /** Longest allowed gradient over all parameters; longer ones are scaled down (Pascanu et al. 2013). */
  readonly clipNorm?: number;
  /** Before clipping, as if it stood in the loss. In sparse tables only the rows looked up are pulled. */
  readonly penalty?: Penalty;
  /** By parameter name. */
  readonly sparse?: SparseGradients;
}

/** What `load` did with each array. */
export interface Loaded {
  readonly loaded: readonly string[];
  /** Of another size here. */
  readonly misfits: readonly string[];
  /** Wanted here, and not given. */
  readonly missing: readonly string[];
}

export interface ParameterStore {
  /** Live view of a parameter, as the runtime reads it. */
  tensor(name: string): Tensor;
  /** Live view of a dense parameter's gradient, which the runtime writes. */
  gradient(name: string): Tensor;
  statistic(name: string): Float32Array;
  /** Every parameter, in the order of the network. */
  readonly names: readonly string[];
  /** Whether the parameter trains. */
  trains(name: string): boolean;
  /** Keeps the gradients of this batch for an `update` that applies the mean over them and its own. */
  hold(sparse?: SparseGradients): void;
  /**
   * Applies the gradients. If their norm is not finite, nothing changes.
   *
   * @returns the norm of the whole gradient before clipping
   */
  update(update: Update): number;
  /** Copies of all values that inference needs; averaged ones where averages are kept, unless `raw`. */
  weights(kind?: "averaged" | "raw"): Map<string, Float32Array>;
  /** Copies of all state, to go on later bit for bit. */
  state(): Map<string, Float32Array>;
  /** @throws AffektError `checkpoint` if an array is missing or of another size */
  restore(state: ReadonlyMap<string, Float32Array>): void;
  /** Starts from given weights where names and sizes agree; everything else stays as it is. */
  load(weights: ReadonlyMap<string, Float32Array>): Loaded;
  readonly parameterCount: number;
}

export interface StoreOptions {
  readonly optimizer: Optimizer;
  readonly random: Random;
  /** Share of the old value in the moving average of the weights; absent for none. */
  readonly averageDecay?: number;
  /** What the learning rate of a parameter is multiplied with; 0 freezes it. Default 1. */
  readonly rateOf?: (name: string) => number;
  /** Room for `hold`. Default false. */
  readonly holds?: boolean;
}

/** Regions that are empty between updates, so that a state needs not hold them. */
const TRANSIENT: ReadonlySet<string> = new Set<RegionName>(["gradient", "held"]);

/**
 * Initializes the graph's parameters, one after the other in the order of the network: the same seed gives the same.
 *
 * @throws AffektError `limit` if there is not so much memory
 */
export function createParameterStore(graph: Graph, options: StoreOptions): ParameterStore {
  const { optimizer, random, averageDecay, rateOf, holds = false } = options;
  const all = [...graph.parameters.values()];
  const layout = layOut(all, rateOf);
  const { entries, stretches } = layout;
  const slotNames = Array.from({ length: optimizer.slots }, (_, slot) => `slot${slot}` as const);
  const updated: readonly RegionName[] = ["parameter", "gradient", ...slotNames];
  const widestRow = Math.max(0, ...all.map(({ sparse, shape }) => (sparse ? (shape[1] as number) : 0)));
  const regions = createRegions(
    [...updated, ...(averageDecay === undefined ? [] : (["average"] as const)), ...(holds ? (["held"] as const) : [])],
    layout,
    widestRow,
  );
  const { kernel, address, view } = regions;

  const tensors = new Map<string, Tensor>();
  const gradients = new Map<string, Tensor>();
  for (const [name, entry] of entries) {
    const values = view("parameter", entry);
    entry.parameter.initialize(values, entry.parameter.shape, random);
    tensors.set(name, float32(values, entry.parameter.shape));
    gradients.set(name, float32(view("gradient", entry), entry.parameter.shape));
    if (averageDecay !== undefined) view("average", entry).set(values);
  }
  const statistics = new Map<string, Float32Array>();
  for (const { name, shape, initial } of graph.statistics.values()) {
    statistics.set(name, new Float32Array(elementCount(shape)).fill(initial));
  }
  const average = averageDecay === undefined ? undefined : weightAverage(regions, statistics, averageDecay);
  const denseEnd = stretches.reduce((end, { offset, count }) => Math.max(end, offset + count), 0);
  const held = heldGradients(regions, denseEnd);
  const tables = rowUpdates(entries, regions, optimizer, updated, spanAt);
  /** Updates made so far; an array, because it is part of the state. */
  const steps = new Float32Array(1);

  function spanAt(offset: number, count: number, decay: boolean): Span {
    return {
      parameters: address("parameter", offset),
      gradient: address("gradient", offset),
      slots: slotNames.map((name) => address(name, offset)),
      count,
      decay,
    };
  }

  /** Live views of all that a later run needs to go on, by their names in a checkpoint. */
  function lasting(): Map<string, Float32Array> {
    const arrays = new Map<string, Float32Array>();
    for (const region of regions.names) {
      if (TRANSIENT.has(region)) continue;
      for (const [name, entry] of entries) arrays.set(`${region}/${name}`, view(region, entry));
    }
    for (const [name, values] of statistics) arrays.set(`statistic/${name}`, values);
    for (const [name, values] of average?.statistics ?? []) arrays.set(`averagedStatistic/${name}`, values);
    arrays.set("step", steps);
    return arrays;
  }

  return {
    tensor: (name) => tensors.get(name) as Tensor,
    gradient: (name) => gradients.get(name) as Tensor,
    statistic: (name) => statistics.get(name) as Float32Array,
    parameterCount: all.reduce((sum, { shape }) => sum + elementCount(shape), 0),

    names: all.map(({ name }) => name),
    trains: (name) => entries.get(name)?.rate !== 0,

    hold(sparse = new Map()) {
      if (!holds) throw new AffektError("internal", "This store holds no gradients.", "Make it with holds: true.");
      held.hold(sparse);
    },

    update({ learningRate, clipNorm, penalty = {}, sparse = new Map() }) {
      const { lookups, share } = held.release(sparse);
      const { l1 = 0, l2 = 0 } = penalty;
      if (l1 !== 0 || l2 !== 0) {
        for (const { offset, count, decay } of stretches) {
          if (decay) kernel.penalize(address("gradient", offset), address("parameter", offset), count, l1, l2);
        }
      }
      const touched = new Map<string, number[]>();
      let squares = kernel.squares(address("gradient", 0), denseEnd);
      for (const [name, rowGradients] of lookups) {
        const rows = tables.gather(name, rowGradients, share, penalty);
        touched.set(name, rows);
        squares += tables.squares(name, rows);
      }
      const norm = Math.sqrt(squares);
      if (!Number.isFinite(norm)) return norm;
      const step = ++steps[0]!;
      const scale = clipNorm !== undefined && norm > clipNorm ? clipNorm / norm : 1;
      for (const { offset, count, decay, rate } of stretches) {
        optimizer.update(kernel, spanAt(offset, count, decay), { learningRate: learningRate * rate, step, scale });
      }
      for (const [name, rows] of touched) {
        const { rate } = entries.get(name) as Entry;
        tables.apply(name, rows, { learningRate: learningRate * rate, step, scale });
      }
      average?.follow(step);
      return norm;
    },

    weights(kind = "averaged") {
      const averaged = kind === "averaged" ? average : undefined;
      const out = new Map<string, Float32Array>();
      for (const [name, entry] of entries) out.set(name, view(averaged ? "average" : "parameter", entry).slice());
      for (const [name, values] of averaged?.statistics ?? statistics) out.set(name, values.slice());
      return out;
    },

    state: () => new Map([...lasting()].map(([name, values]) => [name, values.slice()])),

    restore(state) {
      const arrays = lasting();
      for (const [name, into] of arrays) {
        const from = state.get(name);
        if (from?.length === into.length) continue;
        throw new AffektError(
          "checkpoint",
          `The checkpoint holds ${from === undefined ? "nothing" : `${from.length} values`} for ${name}; expected ${into.length}.`,
          "Resume with the configuration that the checkpoint was made with.",
        );
      }
      for (const [name, into] of arrays) into.set(state.get(name) as Float32Array);
      tables.reset();
      held.reset();
    },

    load(weights) {
      const [loaded, misfits, missing]: [string[], string[], string[]] = [[], [], []];
      const put = (name: string, into: Float32Array, averaged: Float32Array | undefined): void => {
        const from = weights.get(name);
        if (from === undefined) missing.push(name);
        else if (from.length !== into.length) misfits.push(name);
        else {
          loaded.push(name);
          into.set(from);
          averaged?.set(from);
        }
      };
      for (const [name, entry] of entries) {
        put(name, view("parameter", entry), average === undefined ? undefined : view("average", entry));
      }
      for (const [name, values] of statistics) put(name, values, average?.statistics.get(name));
      return { loaded, misfits, missing };
    },
  };
}
