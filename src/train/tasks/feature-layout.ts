/** How the ready-made features of a row lie in one array. */
import type { Modality } from "../../core/modality.ts";

/** What the features of one modality look like. */
export interface FeatureLayout {
  readonly modality: Modality;
  /** Numbers per vector. */
  readonly dim: number;
  /** Vectors per row; absent where a row has just one. */
  readonly steps?: number;
}

/** Where the numbers of a modality stand in a row. */
export interface FeaturePlace extends FeatureLayout {
  /** `[dim]` or `[steps, dim]`. */
  readonly start: number;
  readonly size: number;
  /** Of a sequence, `[steps]`: 1, or 0 for padding. */
  readonly open?: number;
}

/** @returns the modalities in their order, each with its numbers and then its steps, and how many numbers a row is */
export function packed(layout: readonly FeatureLayout[]): { places: FeaturePlace[]; size: number } {
  let at = 0;
  const places = layout.map((own): FeaturePlace => {
    const { dim, steps } = own;
    const [start, size] = [at, dim * (steps ?? 1)];
    at += size + (steps ?? 0);
    return { ...own, start, size, ...(steps === undefined ? {} : { open: start + size }) };
  });
  return { places, size: at };
}
