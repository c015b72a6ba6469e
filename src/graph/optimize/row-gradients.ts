/** Gradients of embedding tables: only the rows that were looked up, added up in place. */

/** Row gradients of one look-up in a sparse table. */
export interface RowGradients {
  readonly ids: Int32Array;
  /** `[ids.length, dim]`. */
  readonly rows: Float32Array;
}

export type SparseGradients = ReadonlyMap<string, readonly RowGradients[]>;

export interface RowGatherer {
  /** Adds up the rows into `target`, which is overwritten where touched. @returns the rows touched, each once */
  gather(lookups: readonly RowGradients[], target: Float32Array, dim: number): number[];
  reset(): void;
}

/** @param rows of the table */
export function rowGatherer(rows: number): RowGatherer {
  const stamp = new Int32Array(rows);
  let turn = 0;
  return {
    gather(lookups, target, dim) {
      turn++;
      const touched: number[] = [];
      for (const { ids, rows: values } of lookups) {
        for (let index = 0; index < ids.length; index++) {
          const id = ids[index] as number;
          const from = index * dim;
          const to = id * dim;
          if (stamp[id] !== turn) {
            stamp[id] = turn;
            touched.push(id);
            for (let column = 0; column < dim; column++) target[to + column] = values[from + column] as number;
          } else {
            for (let column = 0; column < dim; column++) target[to + column]! += values[from + column] as number;
          }
        }
      }
      return touched;
    },
    reset() {
      stamp.fill(0);
      turn = 0;
    },
  };
}

/** Copies that later batches do not overwrite, appended to `held`. */
export function holdRows(held: Map<string, RowGradients[]>, sparse: SparseGradients): void {
  for (const [name, lookups] of sparse) {
    const list = held.get(name) ?? [];
    for (const { ids, rows } of lookups) list.push({ ids: ids.slice(), rows: rows.slice() });
    held.set(name, list);
  }
}
