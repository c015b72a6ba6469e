/** Where parameters lie in the kernel's memory: those that are updated alike side by side, so that one call covers them. */
import { elementCount } from "../../core/tensor.ts";
import type { Parameter } from "../graph.ts";

export interface Entry {
  readonly parameter: Parameter;
  /** In floats from the start of a region. */
  readonly offset: number;
  readonly length: number;
  /** What the learning rate is multiplied with; 0 for a frozen parameter. */
  readonly rate: number;
}

/** Dense parameters that are updated in one go. */
export interface Stretch {
  readonly offset: number;
  readonly count: number;
  readonly decay: boolean;
  readonly rate: number;
}

export interface Layout {
  readonly entries: ReadonlyMap<string, Entry>;
  /** Floats of one region. */
  readonly size: number;
  /** Of all dense parameters that train; they fill the start of a region. */
  readonly stretches: readonly Stretch[];
}

const LANES = 4;

/** The kernel works on whole lanes. */
export const padded = (length: number): number => Math.ceil(length / LANES) * LANES;

/** @param rateOf factor of the learning rate by parameter name; 0 freezes */
export function layOut(parameters: Iterable<Parameter>, rateOf: (name: string) => number = () => 1): Layout {
  const all = [...parameters].map((parameter) => ({ parameter, rate: rateOf(parameter.name) }));
  const order = ({ parameter, rate }: (typeof all)[number]): number =>
    rate === 0 ? 3 : parameter.sparse ? 2 : parameter.decay ? 0 : 1;
  // Sorting is stable: within a kind and rate, parameters stay in the order of the network.
  const rates = [...new Set(all.map(({ rate }) => rate))];
  all.sort((a, b) => order(a) - order(b) || rates.indexOf(a.rate) - rates.indexOf(b.rate));
  const entries = new Map<string, Entry>();
  const stretches: Stretch[] = [];
  let size = 0;
  for (const { parameter, rate } of all) {
    const length = elementCount(parameter.shape);
    entries.set(parameter.name, { parameter, offset: size, length, rate });
    const { decay } = parameter;
    const last = stretches.at(-1);
    if (rate !== 0 && !parameter.sparse) {
      if (last?.decay === decay && last.rate === rate) {
        stretches[stretches.length - 1] = { ...last, count: last.count + padded(length) };
      } else stretches.push({ offset: size, count: padded(length), decay, rate });
    }
    size += padded(length);
  }
  return { entries, size, stretches };
}
