/** How often rows are wrong by something that is known of them: a number in bins of equally many rows, or a value. */
import type { Interval } from "../../metrics/bootstrap.ts";
import { quantile } from "../../metrics/bootstrap.ts";
import { rocAuc } from "../../metrics/roc-auc.ts";
import { wilson } from "../../metrics/wilson.ts";

/** Whether a row was right, and what is known of it; undefined leaves it out. */
export interface Observed<T> {
  readonly right: boolean;
  readonly value: T | undefined;
}

export interface Slice {
  readonly n: number;
  readonly wrong: number;
  /** Share of the rows that are wrong. */
  readonly errorRate: number;
  /** 95 %, Wilson. */
  readonly interval: Interval;
}

export interface NumberSlice extends Slice {
  /** Lowest and highest value in the slice. */
  readonly from: number;
  readonly to: number;
}

export interface ValueSlice extends Slice {
  readonly value: string;
}

export interface NumberSlices {
  /** Rows that have the value. */
  readonly n: number;
  /** How many of them are wrong. */
  readonly wrong: number;
  /**
   * How often the value of a wrong row is higher than that of a right one: 0.5 if the value tells nothing, below it if
   * low values go with mistakes. Null if all rows are right or all are wrong.
   */
  readonly wrongIsHigher: number | null;
  /**
   * Whether it is further from 0.5 than chance takes it in 95 of 100 sets: the rank-sum test of Mann & Whitney (1947),
   * in its normal approximation.
   */
  readonly beyondChance: boolean;
  readonly slices: readonly NumberSlice[];
}

function slice(rows: readonly { readonly right: boolean }[]): Slice {
  const wrong = rows.filter(({ right }) => !right).length;
  return { n: rows.length, wrong, errorRate: wrong / rows.length, interval: wilson(wrong, rows.length) };
}

/** Two-sided, 5 %. */
const NORMAL_BOUND = 1.96;

function isBeyondChance(area: number | null, wrong: number, right: number): boolean {
  if (area === null) return false;
  return Math.abs(area - 0.5) > NORMAL_BOUND * Math.sqrt((wrong + right + 1) / (12 * wrong * right));
}

/**
 * Mistakes by a number. Equal values stay together, so that a slice is what it says.
 *
 * @param bins how many slices; fewer where values repeat or there are fewer than ten rows to a slice
 */
export function slicesByNumber(observed: readonly Observed<number>[], bins = 5): NumberSlices {
  const rows = observed.flatMap(({ right, value }) =>
    value === undefined || !Number.isFinite(value) ? [] : [{ right, value }],
  );
  if (rows.length === 0) return { n: 0, wrong: 0, wrongIsHigher: null, beyondChance: false, slices: [] };
  const values = Float64Array.from(rows, ({ value }) => value);
  const sorted = values.slice().sort();
  const wanted = Math.max(1, Math.min(bins, Math.floor(rows.length / 10)));
  const edges = [...new Set(Array.from({ length: wanted - 1 }, (_, bin) => quantile(sorted, (bin + 1) / wanted)))];
  const members: { right: boolean; value: number }[][] = Array.from({ length: edges.length + 1 }, () => []);
  for (const row of rows) members[edges.filter((edge) => row.value > edge).length]?.push(row);
  const wrong = rows.filter(({ right }) => !right).length;
  const wrongIsHigher = rocAuc(
    values,
    rows.map(({ right }) => !right),
  );
  return {
    n: rows.length,
    wrong,
    wrongIsHigher,
    beyondChance: isBeyondChance(wrongIsHigher, wrong, rows.length - wrong),
    slices: members
      .filter((own) => own.length > 0)
      .map((own) => {
        const held = own.map(({ value }) => value);
        return {
          // Not Math.min(...held): a slice of a large set has more rows than a call takes arguments.
          from: held.reduce((a, b) => Math.min(a, b)),
          to: held.reduce((a, b) => Math.max(a, b)),
          ...slice(own),
        };
      }),
  };
}

/** Mistakes by a value, most frequent value first. */
export function slicesByValue(observed: readonly Observed<string>[]): ValueSlice[] {
  const members = new Map<string, { right: boolean }[]>();
  for (const { right, value } of observed) {
    if (value === undefined) continue;
    const own = members.get(value);
    if (own === undefined) members.set(value, [{ right }]);
    else own.push({ right });
  }
  return [...members]
    .map(([value, own]) => ({ value, ...slice(own) }))
    .sort((a, b) => b.n - a.n || (a.value < b.value ? -1 : 1));
}
