/** Something that goes wrong, or that somebody does on purpose, tried on the real service in a process of its own. */
import type { ServiceProcess, ServiceProcessOptions } from "./service-process.ts";

export interface Attempt {
  /** Few and short, for a test; otherwise as much as the table says. */
  readonly quick: boolean;
  /** A service that other faults are tried on too. */
  shared(): Promise<ServiceProcess>;
  /** One for this fault alone, which ends with it. */
  start(options?: ServiceProcessOptions): Promise<ServiceProcess>;
  /** A folder that goes with the attempt. */
  readonly folder: string;
  /** Done at the end, whatever happens. */
  after(work: () => unknown): void;
}

export interface Finding {
  /** What happened, with its numbers. */
  readonly happened: string;
  /** What ought to be true and is not; nothing: it held. */
  readonly wrong: readonly string[];
  /** Of jobs: results that are missing, and that are there twice. */
  readonly jobs?: { readonly sent: number; readonly lost: number; readonly doubled: number };
}

export interface Fault {
  readonly name: string;
  /** What is done, in the full run. */
  readonly tried: string;
  /** The test that tries it already, so that there need not be another. */
  readonly covered?: string;
  /** What this machine lacks for it. */
  readonly lacks?: () => string | undefined;
  readonly run: (attempt: Attempt) => Promise<Finding>;
}

/** Collects what ought to be true. */
export function expectations(): { readonly wrong: string[]; hold(truth: boolean, otherwise: string): void } {
  const wrong: string[] = [];
  return {
    wrong,
    hold(truth, otherwise) {
      if (!truth) wrong.push(otherwise);
    },
  };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** @param quantile from 0 to 1 */
export function quantile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(at * sorted.length))] ?? Number.NaN;
}

/** How often each occurs, such as `200 ×3, 503 ×5`. */
export function counted(values: readonly (string | number)[]): string {
  const many = new Map<string | number, number>();
  for (const value of values) many.set(value, (many.get(value) ?? 0) + 1);
  return [...many]
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
    .map(([value, times]) => `${value} ×${times}`)
    .join(", ");
}
