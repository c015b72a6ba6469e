/** Updates of embedding tables: only the rows that a batch looked up are penalized, measured and changed. */
import { type Entry, padded } from "./layout.ts";
import type { Optimizer, Penalty, Span, UpdateSettings } from "./optimizer.ts";
import { FLOAT_BYTES, type RegionName, type Regions } from "./regions.ts";
import { type RowGradients, rowGatherer } from "./row-gradients.ts";

export interface RowUpdates {
  /**
   * Adds up the gradients of a table's look-ups in its gradient region, times `share`, and adds the penalty.
   *
   * @returns the rows touched, each once
   */
  gather(name: string, lookups: readonly RowGradients[], share: number, penalty: Penalty): number[];
  /** Sum of the squares of these rows' gradients. */
  squares(name: string, rows: readonly number[]): number;
  apply(name: string, rows: readonly number[], settings: UpdateSettings): void;
  /** Forgets which rows were touched. */
  reset(): void;
}

/**
 * @param updated the regions that an update reads and writes: parameters, gradients, slots
 * @param spanAt what the optimizer updates at an offset
 */
export function rowUpdates(
  entries: ReadonlyMap<string, Entry>,
  regions: Regions,
  optimizer: Optimizer,
  updated: readonly RegionName[],
  spanAt: (offset: number, count: number, decay: boolean) => Span,
): RowUpdates {
  const { kernel, memory } = regions;
  const tables = new Map(
    [...entries]
      .filter(([, { parameter }]) => parameter.sparse)
      .map(([name, entry]) => {
        const [rows, dim] = entry.parameter.shape as [number, number];
        const values = regions.view("parameter", entry);
        return [name, { entry, dim, values, gradient: regions.view("gradient", entry), gatherer: rowGatherer(rows) }];
      }),
  );
  type Table = NonNullable<ReturnType<(typeof tables)["get"]>>;
  const table = (name: string): Table => tables.get(name) as Table;

  /** Updates one row, `dim` floats at `offset` of a region. */
  function applyRow(offset: number, dim: number, decay: boolean, settings: UpdateSettings): void {
    if (dim % padded(1) === 0) {
      optimizer.update(kernel, spanAt(offset, dim, decay), settings);
      return;
    }
    for (const [index, name] of updated.entries()) {
      const from = regions.start(name) + offset;
      memory.copyWithin(regions.scratch(index), from, from + dim);
    }
    const [parameters = 0, gradient = 0, ...slots] = updated.map((_, index) => regions.scratch(index) * FLOAT_BYTES);
    optimizer.update(kernel, { parameters, gradient, slots, count: padded(dim), decay }, settings);
    for (const [index, name] of updated.entries()) {
      memory.copyWithin(regions.start(name) + offset, regions.scratch(index), regions.scratch(index) + dim);
    }
  }

  return {
    gather(name, lookups, share, { l1 = 0, l2 = 0 }) {
      const { entry, dim, values, gradient, gatherer } = table(name);
      const rows = gatherer.gather(lookups, gradient, dim);
      if (share !== 1) {
        for (const id of rows) for (let at = id * dim; at < (id + 1) * dim; at++) gradient[at]! *= share;
      }
      if (entry.parameter.decay && (l1 !== 0 || l2 !== 0)) {
        for (const id of rows) {
          for (let at = id * dim; at < (id + 1) * dim; at++) {
            gradient[at]! += l2 * (values[at] as number) + l1 * Math.sign(values[at] as number);
          }
        }
      }
      return rows;
    },
    squares(name, rows) {
      const { dim, gradient } = table(name);
      let total = 0;
      for (const id of rows) for (let at = id * dim; at < (id + 1) * dim; at++) total += (gradient[at] as number) ** 2;
      return total;
    },
    apply(name, rows, settings) {
      const { entry, dim } = table(name);
      for (const id of rows) applyRow(entry.offset + id * dim, dim, entry.parameter.decay, settings);
    },
    reset() {
      for (const { gatherer } of tables.values()) gatherer.reset();
    },
  };
}
