/**
 * The kernel's memory cut into regions of one size: the parameters, their gradients, each slot of the optimizer, …
 * A parameter lies at the same offset in every region.
 */
import { createKernel, type Kernel } from "./kernel.ts";
import { type Entry, type Layout, padded } from "./layout.ts";

export type RegionName = "parameter" | "gradient" | "average" | "held" | `slot${number}`;

export interface Regions {
  readonly kernel: Kernel;
  /** All of the kernel's memory. */
  readonly memory: Float32Array;
  readonly names: readonly RegionName[];
  /** Floats of one region. */
  readonly size: number;
  /** Where a region starts, in floats. */
  start(name: RegionName): number;
  /** Of the float at `offset` of a region, in bytes: what the kernel takes. */
  address(name: RegionName, offset: number): number;
  /** Live view of one parameter's floats in a region. */
  view(name: RegionName, entry: Entry): Float32Array<ArrayBuffer>;
  /** Copies the first `count` floats of a region to another. */
  copy(from: RegionName, to: RegionName, count: number): void;
  /**
   * Room for one row of a sparse table per region, behind all of them. Rows that are no multiple of the kernel's lanes
   * are updated there, so that the kernel does not reach into the row after them. In floats.
   */
  scratch(index: number): number;
}

export const FLOAT_BYTES = 4;

/** @param widestRow of a sparse table, in floats */
export function createRegions(names: readonly RegionName[], { size }: Layout, widestRow: number): Regions {
  const scratchRow = padded(widestRow);
  const kernel = createKernel(names.length * (size + scratchRow) * FLOAT_BYTES);
  const memory = new Float32Array(kernel.memory);
  const starts = new Map(names.map((name, index) => [name, index * size]));
  const start = (name: RegionName): number => starts.get(name) as number;
  return {
    kernel,
    memory,
    names,
    size,
    start,
    address: (name, offset) => (start(name) + offset) * FLOAT_BYTES,
    view: (name, { offset, length }) => new Float32Array(kernel.memory, (start(name) + offset) * FLOAT_BYTES, length),
    copy(from, to, count) {
      memory.copyWithin(start(to), start(from), start(from) + count);
    },
    scratch: (index) => names.length * size + index * scratchRow,
  };
}
