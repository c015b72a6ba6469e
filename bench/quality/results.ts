/** What the benchmarks leave under docs/benchmarks/ for the pages that are made of several of them. */
import { readFile } from "node:fs/promises";
import type { Modality, PerModality } from "../../src/core/modality.ts";

/** Rows that were counted, with the 95 % interval of their share (Wilson). */
export interface Share {
  readonly rows: number;
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** By the id of the model: the SHA-256 of the file that was measured. */
export type Measured = Readonly<Record<string, string>>;

export interface BehaviourResults {
  readonly models: Measured;
  readonly kinds: readonly (Share & { readonly model: string; readonly language: string; readonly kind: string })[];
}

export interface TrustResults {
  readonly models: Measured;
  readonly sets: readonly (Share & {
    readonly model: string;
    /** What was shown. */
    readonly title: string;
    readonly inDomain: boolean;
    /** Of the same rows: the mean confidence. */
    readonly confidence: number;
    /** In domain: accuracy of the most confident share of the rows. */
    readonly surest?: readonly CurvePoint[];
  })[];
}

export interface CurvePoint extends Share {
  /** What was done to the signal, as a reader says it. */
  readonly condition: string;
  /** Place on the axis; absent where conditions have no order. */
  readonly at?: number;
}

export interface Curve {
  readonly model: string;
  readonly id: string;
  readonly title: string;
  readonly axis: string;
  readonly points: readonly CurvePoint[];
}

export interface RobustnessResults {
  readonly models: Measured;
  readonly curves: readonly Curve[];
}

export interface SpeedResults {
  readonly models: Measured;
  readonly processor: string;
  /** Mean milliseconds of processor time from the decoded input to the opinion, one thread, warm. */
  readonly times: readonly { readonly model: string; readonly input: string; readonly ms: number }[];
}

/** What a network of others reaches on the rows of a line of our table. */
export interface PeerResult extends Share {
  /** Id of the line. */
  readonly row: string;
  readonly name: string;
  readonly metric: "accuracy";
  readonly bytes: number;
}

export interface PoolResults {
  readonly models: Measured;
  readonly pool: {
    readonly independence: number;
    readonly weights: PerModality<number>;
    readonly qualityPower?: PerModality<number>;
  };
  /** Composed test rows. */
  readonly rows: number;
  readonly subsets: readonly {
    readonly subset: readonly Modality[];
    readonly accuracy: number;
    /** With all weights alike. */
    readonly unfitted: number;
    /** Of the channels taken alone, on the same rows. */
    readonly bestAlone: number;
  }[];
  readonly conditions: readonly {
    readonly condition: string;
    readonly accuracy: number;
    readonly ignoringQuality: number;
    /** The channel that is best on these very rows, and its accuracy. */
    readonly best: Modality;
    readonly bestAlone: number;
    /** Mean share of each channel. */
    readonly weights: Readonly<Record<Modality, number>>;
  }[];
}

export const RESULTS = "docs/benchmarks";

/** @returns undefined if the benchmark has not been run */
export async function readResults<T>(name: string): Promise<T | undefined> {
  const text = await readFile(`${RESULTS}/${name}.json`, "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}
