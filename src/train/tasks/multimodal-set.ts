/** What a training of one network reads of the rows of a split: their texts, and where their faces and voices are. */
import type { Features } from "../../core/media.ts";
import type { TextSet } from "./text-set.ts";

/** Voices of one split. */
export interface VoiceSet {
  /** Number of each row's voice. */
  readonly clips: readonly number[];
  /** Normalized features of voices in order, `[steps, bands]` of any number of steps each. */
  readonly read: (clips: Iterable<number>) => AsyncIterable<Features>;
}

/** Faces of one split. */
export interface CropSet {
  /** Number of each row's crop. */
  readonly crops: readonly number[];
  /** `[side, side]` grey levels of crops in order. */
  readonly read: (crops: Iterable<number>) => AsyncIterable<Uint8Array>;
  readonly side: number;
}

/** Rows of one split; row `i` is the same row in all three. */
export interface MultimodalSet {
  readonly rows: number;
  readonly text: TextSet;
  readonly face: CropSet;
  readonly speech: VoiceSet;
  /** `[rows, labels]`, each summing to 1. */
  readonly targets: Float32Array;
  /** Index of the label that counts when judging, per row. */
  readonly truth: Int32Array;
  /** `[rows, width]` of the further columns. */
  readonly further?: Float32Array;
  /** Names, where all rows have one. */
  readonly subjects?: readonly string[];
}

/** Index of the label of each row. */
export function truthOf({ truth }: MultimodalSet): Int32Array {
  return truth;
}
