/**
 * Why an answer came out as it did: what each word, part of a face, stretch of speech and modality added to the
 * probability of one label.
 *
 * Contributions (`points`) are differences of probabilities, in [-1, 1]: 0.12 says that a part added 12 percentage points
 * to the label, −0.12 that it took them away.
 */
import type { Modality, PerModality } from "./modality.ts";
import type { Box, Prediction } from "./prediction.ts";

/**
 * - `shapley`: exact Shapley values; `points` sum to `score − base` (within 1e-6)
 * - `shapley-sampled`: means over random orders, in which each order sums to `score − base` too
 * - `occlusion`: how far the probability falls when one part is taken away; the sum means nothing
 */
export type ExplainMethod = "shapley" | "shapley-sampled" | "occlusion";

/** What every explanation of one modality says. Probabilities are that modality's own, before fusion. */
export interface Explained {
  readonly method: ExplainMethod;
  /** Probability of the label with everything there, in [0, 1]. */
  readonly score: number;
  /** Probability of the label with nothing there: its share in the training rows, or one of as many labels. */
  readonly base: number;
  /** Variants of the input that the model was asked about. */
  readonly calls: number;
}

/** A word, or, of a long text, a run of words. */
export interface TextPart {
  /** As written: `text.slice(start, end)`. */
  readonly text: string;
  /** In UTF-16 code units of the text given. */
  readonly start: number;
  readonly end: number;
  readonly points: number;
}

export interface TextExplanation extends Explained {
  /** In order; white space belongs to none. Of a very long text only what lies at its beginning and end. */
  readonly parts: readonly TextPart[];
}

/** A place in a picture, in pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** A heat map over the square that the model saw of one face. */
export interface FaceExplanation extends Explained {
  readonly box: Box;
  /** Of the frame, for a film. */
  readonly timeMs?: number;
  /** The square in the picture: top left, top right, bottom right, bottom left, as the upright face has them. */
  readonly corners: readonly [Place, Place, Place, Place];
  /** Cells along each side. */
  readonly cells: number;
  /** `[cells, cells]`, row by row from the top. */
  readonly points: readonly number[];
}

export interface SpeechSpan {
  readonly startMs: number;
  readonly endMs: number;
  readonly points: number;
}

export interface SpeechExplanation extends Explained {
  /** In order of time; pauses belong to none. */
  readonly spans: readonly SpeechSpan[];
}

export interface ModalityExplanation extends Explained {
  /** Of the fused answer; the present modalities only. */
  readonly points: PerModality<number>;
}

export interface Explanation {
  /** What the contributions are about. */
  readonly label: string;
  readonly prediction: Prediction;
  /** For answers that rest on two modalities or more. */
  readonly modalities?: ModalityExplanation;
  readonly text?: TextExplanation;
  /** The leading face. */
  readonly face?: FaceExplanation;
  readonly speech?: SpeechExplanation;
  /** Present modalities that are not explained, since their model does not know the label. */
  readonly silent?: readonly Modality[];
}
