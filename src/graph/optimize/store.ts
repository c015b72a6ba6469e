/**
 * Everything that changes while a network trains: parameters, gradients, the optimizer's state, moving averages and
 * running statistics. Parameters and gradients lie in the kernel's memory, which the network runtime reads and writes
 * directly.
 */
import { AffektError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import { elementCount, float32, type Tensor } from "../../core/tensor.ts";
import type { Graph, Parameter } from "../graph.ts";
import { createKernel } from "./kernel.ts";
import type { Optimizer, UpdateSettings } from "./optimizer.ts";

/** Row gradients of one look-up in a sparse table. */
export interface RowGradients {
  readonly ids: Int32Array;
  /** `[ids.length, dim]`. */
  readonly rows: Float32Array;
}

export interface Update {
  readonly learningRate: number;
  /** Longest allowed gradient over all parameters; longer ones are scaled down (Pascanu et al. 2013). */
  readonly clipNorm?: number;
  /** By parameter name. */
  readonly sparse?: ReadonlyMap<string, readonly RowGradients[]>;
}

export interface ParameterStore {
  /** Live view of a parameter, as the runtime reads it. */
  tensor(name: string): Tensor;
  /** Live view of a dense parameter's gradient, which the runtime writes. */
  gradient(name: string): Tensor;
  statistic(name: string): Float32Array;
  /** Applies the gradients. @returns the norm of the whole gradient before clipping */
  update(update: Update): number;
  /** Copies of all values that inference needs; averaged ones where averages are kept, unless `raw`. */
  weights(kind?: "averaged" | "raw"): Map<string, Float32Array>;
  /** Copies of all state, to go on later bit for bit. */
  state(): Map<string, Float32Array>;
  /** @throws AffektError `checkpoint` if an array is missing or of another size */
  restore(state: ReadonlyMap<string, Float32Array>): void;
  readonly parameterCount: number;
}

export interface StoreOptions {
  readonly optimizer: Optimizer;
  readonly random: Random;
  /** Share of the old value in the moving average of the weights; absent for none. */
  readonly averageDecay?: number;
}

interface Entry {
  readonly parameter: Parameter;
  /** In floats from the start of a region. */
  readonly offset: number;
  readonly length: number;
}

const LANES = 4;
const FLOAT = 4;
const padded = (length: number): number => Math.ceil(length / LANES) * LANES;

export function createParameterStore(graph: Graph, options: StoreOptions): ParameterStore {
  const { optimizer, random, averageDecay } = options;
  const all = [...graph.parameters.values()];
  // Parameters that are updated alike lie side by side, so that one kernel call covers them.
  const ordered = [
    ...all.filter(({ sparse, decay }) => !sparse && decay),
    ...all.filter(({ sparse, decay }) => !sparse && !decay),
    ...all.filter(({ sparse }) => sparse),
  ];
  const entries = new Map<string, Entry>();
  let size = 0;
  for (const parameter of ordered) {
    const length = elementCount(parameter.shape);
    entries.set(parameter.name, { parameter, offset: size, length });
    size += padded(length);
  }
  const regionNames = ["parameter", "gradient", ...Array.from({ length: optimizer.slots }, (_, i) => `slot${i}`)];
  if (averageDecay !== undefined) regionNames.push("average");
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
  const stamps = new Map<string, Int32Array>();
  for (const { name, sparse, shape } of all) if (sparse) stamps.set(name, new Int32Array(shape[0] as number));
  let step = 0;

  const isDense = (entry: Entry) => !entry.parameter.sparse;
  const boundary = (test: (entry: Entry) => boolean): number => {
    let end = 0;
    for (const entry of entries.values()) if (test(entry)) end = entry.offset + padded(entry.length);
    return end;
  };
  const decayEnd = boundary((entry) => isDense(entry) && entry.parameter.decay);
  const denseEnd = Math.max(decayEnd, boundary(isDense));

  function spanAt(offset: number, count: number, decay: boolean) {
    return {
      parameters: address("parameter", offset),
      gradient: address("gradient", offset),
      slots: Array.from({ length: optimizer.slots }, (_, index) => address(`slot${index}`, offset)),
      count,
      decay,
    };
  }

  const updated = ["parameter", "gradient", ...Array.from({ length: optimizer.slots }, (_, slot) => `slot${slot}`)];
  const memory = new Float32Array(kernel.memory);

  /** Updates one row of a sparse table, `dim` floats at `offset`. */
  function updateRow(offset: number, dim: number, decay: boolean, settings: UpdateSettings): void {
    if (dim % LANES === 0) {
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
  function gather(name: string, lookups: readonly RowGradients[]): number[] {
    const entry = entries.get(name) as Entry;
    const dim = entry.parameter.shape[1] as number;
    const target = (gradients.get(name) as Tensor).data as Float32Array;
    const stamp = stamps.get(name) as Int32Array;
    const touched: number[] = [];
    for (const { ids, rows } of lookups) {
      for (let index = 0; index < ids.length; index++) {
        const id = ids[index] as number;
        const from = index * dim;
        const to = id * dim;
        if (stamp[id] !== step) {
          stamp[id] = step;
          touched.push(id);
          for (let column = 0; column < dim; column++) target[to + column] = rows[from + column] as number;
        } else {
          for (let column = 0; column < dim; column++) target[to + column]! += rows[from + column] as number;
        }
      }
    }
    return touched;
  }

  function squaresOfRows(name: string, touched: readonly number[]): number {
    const dim = (entries.get(name) as Entry).parameter.shape[1] as number;
    const values = (gradients.get(name) as Tensor).data as Float32Array;
    let total = 0;
    for (const id of touched) {
      for (let at = id * dim; at < (id + 1) * dim; at++) total += (values[at] as number) ** 2;
    }
    return total;
  }

  return {
    tensor: (name) => tensors.get(name) as Tensor,
    gradient: (name) => gradients.get(name) as Tensor,
    statistic: (name) => statistics.get(name) as Float32Array,
    parameterCount: all.reduce((sum, { shape }) => sum + elementCount(shape), 0),

    update({ learningRate, clipNorm, sparse = new Map() }) {
      step++;
      const touched = new Map<string, number[]>();
      let squares = kernel.squares(address("gradient", 0), denseEnd);
      for (const [name, lookups] of sparse) {
        const rows = gather(name, lookups);
        touched.set(name, rows);
        squares += squaresOfRows(name, rows);
      }
      const norm = Math.sqrt(squares);
      const scale = clipNorm !== undefined && norm > clipNorm ? clipNorm / norm : 1;
      const settings: UpdateSettings = { learningRate, step, scale };
      if (decayEnd > 0) optimizer.update(kernel, spanAt(0, decayEnd, true), settings);
      if (denseEnd > decayEnd) optimizer.update(kernel, spanAt(decayEnd, denseEnd - decayEnd, false), settings);
      for (const [name, rows] of touched) {
        const { offset, parameter } = entries.get(name) as Entry;
        const dim = parameter.shape[1] as number;
        for (const id of rows) updateRow(offset + id * dim, dim, parameter.decay, settings);
      }
      if (averageDecay !== undefined) {
        // Early on, average over all steps so far: the initial weights are forgotten quickly.
        const share = Math.max(1 - averageDecay, 1 / (step + 1));
        kernel.blend(address("average", 0), address("parameter", 0), size, share);
        for (const [name, average] of averagedStatistics) {
          const values = statistics.get(name) as Float32Array;
          for (let i = 0; i < average.length; i++) average[i]! += share * ((values[i] as number) - (average[i] as number));
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
        if (name === "gradient") continue;
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
        if (name === "gradient") continue;
        for (const [key, entry] of entries) load(`${name}/${key}`, view(name, entry));
      }
      for (const [key, values] of statistics) load(`statistic/${key}`, values);
      if (averageDecay !== undefined) {
        for (const [key, values] of averagedStatistics) load(`averagedStatistic/${key}`, values);
      }
      const counter = new Float32Array(1);
      load("step", counter);
      step = counter[0] as number;
      for (const stamp of stamps.values()) stamp.fill(0);
    },
  };
}
