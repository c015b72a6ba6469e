/** Gradients kept over several batches, so that one update applies their mean (gradient accumulation). */
import type { Regions } from "./regions.ts";
import { holdRows, type RowGradients, type SparseGradients } from "./row-gradients.ts";

export interface HeldGradients {
  /** Takes the gradient that has just been written into the mean. */
  hold(sparse: SparseGradients): void;
  /**
   * Ends the mean with the gradient that has just been written, and puts it in the gradient region. Without anything
   * held this leaves everything as it is.
   *
   * @returns the look-ups of all batches, and what their gradients are to be multiplied with
   */
  release(sparse: SparseGradients): { readonly lookups: SparseGradients; readonly share: number };
  reset(): void;
}

/** @param count floats at the start of the gradient region that dense parameters fill */
export function heldGradients(regions: Regions, count: number): HeldGradients {
  let batches = 0;
  let rows = new Map<string, RowGradients[]>();

  function reset(): void {
    batches = 0;
    rows = new Map();
  }

  function hold(sparse: SparseGradients): void {
    batches++;
    if (batches === 1) regions.copy("gradient", "held", count);
    else regions.kernel.blend(regions.address("held", 0), regions.address("gradient", 0), count, 1 / batches);
    holdRows(rows, sparse);
  }

  return {
    hold,
    release(sparse) {
      if (batches === 0) return { lookups: sparse, share: 1 };
      hold(sparse);
      regions.copy("held", "gradient", count);
      const released = { lookups: rows, share: 1 / batches };
      reset();
      return released;
    },
    reset,
  };
}
