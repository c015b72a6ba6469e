/** What a recognizer takes and what it answers. */
import type { Picture, Waveform } from "./media.ts";
import type { Modality, PerModality } from "./modality.ts";
import type { MediaSource } from "./ports.ts";

/** What a caller has of one utterance: any non-empty subset. Media may be encoded bytes, a path, or decoded already. */
export interface Inputs {
  readonly text?: string;
  readonly image?: MediaSource | Picture;
  readonly audio?: MediaSource | Waveform;
  /** Frames and sound track are used as face and speech. */
  readonly video?: MediaSource;
}

/** Labels with calibrated scores in [0, 1] that sum to 1, highest first. */
export type Scores = readonly { readonly label: string; readonly score: number }[];

/**
 * What a model answers beside its label: the further columns of the rows that it was trained with. Only models with a
 * multi-task head have any.
 */
export interface FurtherColumns {
  /** By field, in the unit of the training rows. A network may leave the range that those had. */
  readonly numbers?: Readonly<Record<string, number>>;
  /** By field: values with scores in [0, 1] that sum to 1, highest first. These are not calibrated. */
  readonly categories?: Readonly<Record<string, Scores>>;
}

/** In pixels of the upright picture. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface FaceResult {
  readonly box: Box;
  /** Of the detector, in [0, 1]. */
  readonly confidence: number;
  readonly scores: Scores;
  readonly columns?: FurtherColumns;
  /** Set for video. */
  readonly timeMs?: number;
}

/** What one modality contributed, or why it could not. */
export type ModalityResult =
  | {
      readonly present: true;
      /** In [0, 1]: how fit for recognition the signal was (sharpness and size of a face, level of speech, …). */
      readonly quality: number;
      /** Share in the fused answer, in [0, 1]; the weights of the present modalities sum to 1. */
      readonly weight: number;
      readonly scores: Scores;
      readonly model: string;
      /** Of sound, film and long text the mean over its parts, weighed as for the scores. */
      readonly columns?: FurtherColumns;
    }
  | { readonly present: false; readonly reason: string; readonly code: string };

export interface Segment {
  readonly modality: Modality;
  readonly startMs: number;
  readonly endMs: number;
  readonly label: string;
  readonly confidence: number;
  readonly scores: Scores;
  /** As in the prediction. */
  readonly valence?: number;
  readonly arousal?: number;
  readonly columns?: FurtherColumns;
}

/**
 * Why no label is named. A code is permanent, the wording of a reason is not.
 *
 * - `low-confidence`: too little speaks for any one label
 * - `other-language`: the text is in a language that no model here reads
 * - `not-written`: the text looks like code, a log or numbers
 * - `not-spoken`: the sound is unlike all speech that the model was trained on
 */
export const ABSTAIN_CODES = ["low-confidence", "other-language", "not-written", "not-spoken"] as const;
export type AbstainCode = (typeof ABSTAIN_CODES)[number];

export interface Abstention {
  readonly code: AbstainCode;
  readonly reason: string;
}

/** The emotion that a person appears to express. */
export interface Prediction {
  /** The highest-scoring label, or null if the recognizer abstained. */
  readonly label: string | null;
  /** Why it abstained. */
  readonly abstained?: string;
  readonly abstainCode?: AbstainCode;
  /** Calibrated probability of the highest-scoring label, in [0, 1]. */
  readonly confidence: number;
  readonly scores: Scores;
  /** In [-1, 1], unpleasant to pleasant, expected over the scores; neutral is 0. Absent where a label has no place. */
  readonly valence?: number;
  /** In [-1, 1], calm to excited, likewise. */
  readonly arousal?: number;
  readonly modalities: PerModality<ModalityResult>;
  /** Every face found, the leading one (largest) first. */
  readonly faces?: readonly FaceResult[];
  /** For sound and video, in order of time. */
  readonly segments?: readonly Segment[];
}
