/** Gathers probabilities by method, subset and seed, over folds. */
import type { Modality } from "../../../src/core/modality.ts";
import type { Line } from "./tables.ts";

interface Kept {
  readonly method: string;
  readonly subset: readonly Modality[];
  readonly seed: number;
  right: number;
  rows: number;
}

export interface Tally {
  add(method: string, subset: readonly Modality[], seed: number, said: Float64Array, truth: Int32Array): void;
  /** One value per seed, rows of all folds together. */
  lines(): Line[];
}

export function tally(classes: number): Tally {
  const kept = new Map<string, Kept>();
  return {
    add(method, subset, seed, said, truth) {
      const key = `${method} ${subset.join(" ")} ${seed}`;
      const own = kept.get(key) ?? { method, subset, seed, right: 0, rows: 0 };
      for (const [row, label] of truth.entries()) {
        const scores = said.subarray(row * classes, (row + 1) * classes);
        if (scores.indexOf(Math.max(...scores)) === label) own.right++;
        own.rows++;
      }
      kept.set(key, own);
    },
    lines() {
      const lines = new Map<string, { method: string; subset: readonly Modality[]; values: number[] }>();
      for (const { method, subset, right, rows } of kept.values()) {
        const key = `${method} ${subset.join(" ")}`;
        const line = lines.get(key) ?? { method, subset, values: [] };
        line.values.push(right / rows);
        lines.set(key, line);
      }
      return [...lines.values()];
    },
  };
}

/** Mean of several answers. */
export function meanOf(answers: readonly Float64Array[]): Float64Array {
  const out = new Float64Array((answers[0] as Float64Array).length);
  for (const answer of answers)
    for (let at = 0; at < out.length; at++) out[at]! += (answer[at] as number) / answers.length;
  return out;
}
