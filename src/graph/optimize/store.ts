/**
 * Everything that changes while a network trains: parameters, gradients, the optimizer's state, moving averages and
 * running statistics. Parameters and gradients lie in the kernel's memory, which the network runtime reads and writes
 * directly.
 */
import { AffektError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import { elementCount, float32, floats, type Tensor } from "../../core/tensor.ts";
import type { Graph } from "../graph.ts";
import { createKernel } from "./kernel.ts";
import { type Entry, layOut, padded } from "./layout.ts";
import type { Optimizer, UpdateSettings } from "./optimizer.ts";
import { holdRows, type RowGradients, rowGatherer, type SparseGradients } from "./row-gradients.ts";

/** Penalties on the weights that decay applies to, as part of the gradient: `l1 · |w| + l2 / 2 · w²`. */
export interface Penalty {
  readonly l1?: number;
  readonly l2?: number;
}

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

const FLOAT = 4;
/** Regions that are empty between updates, so that a state needs not hold them. */
const TRANSIENT = new Set(["gradient", "held"]);

function scaleRow(values: Float32Array, from: number, count: number, share: number): void {
  for (let at = from; at < from + count; at++) values[at]! *= share;
}

export function createParameterStore(graph: Graph, options: StoreOptions): ParameterStore {
  const { optimizer, random, averageDecay, rateOf, holds = false } = options;
  const all = [...graph.parameters.values()];
  const { entries, size, stretches } = layOut(all, rateOf);
  const slotNames = Array.from({ length: optimizer.slots }, (_, slot) => `slot${slot}`);
  const updated = ["parameter", "gradient", ...slotNames];
  const regionNames = [...updated];
  if (averageDecay !== undefined) regionNames.push("average");
  if (holds) regionNames.push("held");
  // Behind the regions, room for one row of a sparse table per region: rows that are no multiple of the kernel's lanes
  // are updated there, so that the kernel does not reach into the row after them.
  const widestRow = Math.max(0, ...all.map(({ sparse, shape }) => (sparse ? (shape[1] as number) : 0)));
  const scratchRow = padded(widestRow);
  const scratchAt = (index: number): number => regionNames.length * size + index * scratchRow;
  const kernel = createKernel(regionNames.length * (size + scratchRow) * FLOAT);
  const region = new Map(regionNames.map((name, index) => [name, index * size]));
  const view = (name: string, entry: Entry): Float32Array =>
    new Float32Array(kernel.memory, ((region.get(name) as number) + entry.offset) * FLOAT, entry.length);
  const address = (name: string, offset: number): number => ((region.get(name) as number) + offset) * FLOAT;

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
  // Averaged weights need the statistics of averaged activations: those of the latest weights would not fit them.
  const averagedStatistics = new Map([...statistics].map(([name, values]) => [name, values.slice()]));
  const gatherers = new Map(
    all.filter(({ sparse }) => sparse).map(({ name, shape }) => [name, rowGatherer(shape[0] as number)]),
  );
  const denseEnd = stretches.reduce((end, { offset, count }) => Math.max(end, offset + count), 0);
  let step = 0;
  let held = 0;
  let heldRows = new Map<string, RowGradients[]>();

  function spanAt(offset: number, count: number, decay: boolean) {
    return {
      parameters: address("parameter", offset),
      gradient: address("gradient", offset),
      slots: slotNames.map((name) => address(name, offset)),
      count,
      decay,
    };
  }

  const memory = new Float32Array(kernel.memory);

  /** Updates one row of a sparse table, `dim` floats at `offset`. */
  function updateRow(offset: number, dim: number, decay: boolean, settings: UpdateSettings): void {
    if (dim % padded(1) === 0) {
      optimizer.update(kernel, spanAt(offset, dim, decay), settings);
      return;
    }
    for (const [index, name] of updated.entries()) {
      const from = (region.get(name) as number) + offset;
      memory.copyWithin(scratchAt(index), from, from + dim);
    }
    const [parameters = 0, gradient = 0, ...slots] = updated.map((_, index) => scratchAt(index) * FLOAT);
    optimizer.update(kernel, { parameters, gradient, slots, count: padded(dim), decay }, settings);
    for (const [index, name] of updated.entries()) {
      memory.copyWithin((region.get(name) as number) + offset, scratchAt(index), scratchAt(index) + dim);
    }
  }

  /** Adds up the row gradients of a table in its gradient region. @returns the rows touched, each once */
  function gather(name: string, lookups: readonly RowGradients[], share: number): number[] {
    const dim = (entries.get(name) as Entry).parameter.shape[1] as number;
    const target = floats(gradients.get(name) as Tensor);
    const touched = gatherers.get(name)?.gather(lookups, target, dim) ?? [];
    if (share !== 1) for (const id of touched) scaleRow(target, id * dim, dim, share);
    return touched;
  }

  function penalizeRows(name: string, touched: readonly number[], { l1 = 0, l2 = 0 }: Penalty): void {
    const { parameter } = entries.get(name) as Entry;
    if (!parameter.decay || (l1 === 0 && l2 === 0)) return;
    const dim = parameter.shape[1] as number;
    const [target, values] = [floats(gradients.get(name) as Tensor), floats(tensors.get(name) as Tensor)];
    for (const id of touched) {
      for (let at = id * dim; at < (id + 1) * dim; at++) {
        target[at]! += l2 * (values[at] as number) + l1 * Math.sign(values[at] as number);
      }
    }
  }

  function squaresOfRows(name: string, touched: readonly number[]): number {
    const dim = (entries.get(name) as Entry).parameter.shape[1] as number;
    const values = floats(gradients.get(name) as Tensor);
    let total = 0;
    for (const id of touched) {
      for (let at = id * dim; at < (id + 1) * dim; at++) total += (values[at] as number) ** 2;
    }
    return total;
  }

  /** Running mean over the batches held and the one whose gradient has just been written. */
  function blendHeld(): void {
    held++;
    if (held === 1) memory.copyWithin(region.get("held") as number, region.get("gradient") as number, gradientEnd());
    else kernel.blend(address("held", 0), address("gradient", 0), denseEnd, 1 / held);
  }
  const gradientEnd = (): number => (region.get("gradient") as number) + denseEnd;

  return {
    tensor: (name) => tensors.get(name) as Tensor,
    gradient: (name) => gradients.get(name) as Tensor,
    statistic: (name) => statistics.get(name) as Float32Array,
    parameterCount: all.reduce((sum, { shape }) => sum + elementCount(shape), 0),

    names: all.map(({ name }) => name),
    trains: (name) => entries.get(name)?.rate !== 0,

    hold(sparse = new Map()) {
      if (!holds) throw new AffektError("internal", "This store holds no gradients.", "Make it with holds: true.");
      blendHeld();
      holdRows(heldRows, sparse);
    },

    update({ learningRate, clipNorm, penalty = {}, sparse = new Map() }) {
      step++;
      let lookups: SparseGradients = sparse;
      let share = 1;
      if (held > 0) {
        blendHeld();
        memory.copyWithin(
          region.get("gradient") as number,
          region.get("held") as number,
          (region.get("held") as number) + denseEnd,
        );
        holdRows(heldRows, sparse);
        lookups = heldRows;
        share = 1 / held;
        held = 0;
        heldRows = new Map();
      }
      const { l1 = 0, l2 = 0 } = penalty;
      if (l1 !== 0 || l2 !== 0) {
        for (const { offset, count, decay } of stretches) {
          if (decay) kernel.penalize(address("gradient", offset), address("parameter", offset), count, l1, l2);
        }
      }
      const touched = new Map<string, number[]>();
      let squares = kernel.squares(address("gradient", 0), denseEnd);
      for (const [name, rowGradients] of lookups) {
        const rows = gather(name, rowGradients, share);
        penalizeRows(name, rows, penalty);
        touched.set(name, rows);
        squares += squaresOfRows(name, rows);
      }
      const norm = Math.sqrt(squares);
      if (!Number.isFinite(norm)) return norm;
      const scale = clipNorm !== undefined && norm > clipNorm ? clipNorm / norm : 1;
      for (const { offset, count, decay, rate } of stretches) {
        optimizer.update(kernel, spanAt(offset, count, decay), { learningRate: learningRate * rate, step, scale });
      }
      for (const [name, rows] of touched) {
        const { offset, parameter, rate } = entries.get(name) as Entry;
        const dim = parameter.shape[1] as number;
        const settings = { learningRate: learningRate * rate, step, scale };
        for (const id of rows) updateRow(offset + id * dim, dim, parameter.decay, settings);
      }
      if (averageDecay !== undefined) {
        // Early on, average over all steps so far: the initial weights are forgotten quickly.
        const share = Math.max(1 - averageDecay, 1 / (step + 1));
        kernel.blend(address("average", 0), address("parameter", 0), size, share);
        for (const [name, average] of averagedStatistics) {
          const values = statistics.get(name) as Float32Array;
          for (let i = 0; i < average.length; i++)
            average[i]! += share * ((values[i] as number) - (average[i] as number));
        }
      }
      return norm;
    },

    weights(kind = "averaged") {
      const from = averageDecay !== undefined && kind === "averaged" ? "average" : "parameter";
      const out = new Map<string, Float32Array>();
      for (const [name, entry] of entries) out.set(name, view(from, entry).slice());
      const kept = from === "average" ? averagedStatistics : statistics;
      for (const [name, values] of kept) out.set(name, values.slice());
      return out;
    },

    state() {
      const out = new Map<string, Float32Array>([["step", Float32Array.of(step)]]);
      for (const name of regionNames) {
        if (TRANSIENT.has(name)) continue;
        for (const [key, entry] of entries) out.set(`${name}/${key}`, view(name, entry).slice());
      }
      for (const [key, values] of statistics) out.set(`statistic/${key}`, values.slice());
      if (averageDecay === undefined) return out;
      for (const [key, values] of averagedStatistics) out.set(`averagedStatistic/${key}`, values.slice());
      return out;
    },

    restore(state) {
      function load(key: string, into: Float32Array): void {
        const from = state.get(key);
        if (from?.length !== into.length) {
          throw new AffektError(
            "checkpoint",
            `The checkpoint holds ${from === undefined ? "nothing" : `${from.length} values`} for ${key}; expected ${into.length}.`,
            "Resume with the configuration that the checkpoint was made with.",
          );
        }
        into.set(from);
      }
      for (const name of regionNames) {
        if (TRANSIENT.has(name)) continue;
        for (const [key, entry] of entries) load(`${name}/${key}`, view(name, entry));
      }
      for (const [key, values] of statistics) load(`statistic/${key}`, values);
      if (averageDecay !== undefined) {
        for (const [key, values] of averagedStatistics) load(`averagedStatistic/${key}`, values);
      }
      const counter = new Float32Array(1);
      load("step", counter);
      step = counter[0] as number;
      for (const gatherer of gatherers.values()) gatherer.reset();
      held = 0;
      heldRows = new Map();
    },

    load(weights) {
      const [loaded, misfits, missing]: [string[], string[], string[]] = [[], [], []];
      const put = (name: string, ...into: readonly Float32Array[]): void => {
        const from = weights.get(name);
        if (from === undefined) missing.push(name);
        else if (from.length !== into[0]?.length) misfits.push(name);
        else {
          loaded.push(name);
          for (const values of into) values.set(from);
        }
      };
      for (const [name, entry] of entries) {
        put(name, view("parameter", entry), ...(averageDecay === undefined ? [] : [view("average", entry)]));
      }
      for (const [name, values] of statistics) put(name, values, averagedStatistics.get(name) as Float32Array);
      return { loaded, misfits, missing };
    },
  };
}
