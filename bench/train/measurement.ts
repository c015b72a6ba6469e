/** What both engines print, one JSON line a measurement. */
export interface Measurement {
  readonly network: string;
  readonly threads: number;
  readonly medianMs: number;
  readonly p10: number;
  readonly p90: number;
  readonly steps: number;
  /** Largest resident memory of the process so far. */
  readonly rssMb: number;
  readonly version: string;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[half] as number)
    : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}
