/**
 * Valence (unpleasant to pleasant) and arousal (calm to excited) beside the classes: the expectation of each class's
 * place over the calibrated scores. Neutral is the origin, so that an answer that says nothing says 0.
 *
 * Source of the places: mean ratings of Russell & Mehrabian (1977), "Evidence for a three-factor theory of emotions",
 * Journal of Research in Personality 11, of angry, disgusted, fearful, joyful, sad and surprised, which are given there
 * in [-1, 1]; their third factor, dominance, is left out. They are ratings of what the words mean to American students,
 * not a measurement of the person in front of the camera.
 */
import type { Emotion } from "./emotion.ts";
import { ekmanLabel } from "./labels.ts";
import type { Scores } from "./prediction.ts";

export interface Affect {
  /** In [-1, 1], unpleasant to pleasant; neutral is 0. */
  readonly valence: number;
  /** In [-1, 1], calm to excited; neutral is 0. */
  readonly arousal: number;
}

const PLACES: Readonly<Record<Emotion, Affect>> = {
  anger: { valence: -0.51, arousal: 0.59 },
  disgust: { valence: -0.6, arousal: 0.35 },
  fear: { valence: -0.64, arousal: 0.6 },
  joy: { valence: 0.76, arousal: 0.48 },
  neutral: { valence: 0, arousal: 0 },
  sadness: { valence: -0.63, arousal: -0.27 },
  surprise: { valence: 0.4, arousal: 0.67 },
};

/**
 * @param scores of labels of the label table; finer ones stand where their class among Ekman's seven stands
 * @returns undefined if a label belongs to none of the seven: its place is not known
 */
export function affectOf(scores: Scores): Affect | undefined {
  let [valence, arousal, total] = [0, 0, 0];
  for (const { label, score } of scores) {
    const emotion = ekmanLabel(label);
    if (emotion === undefined) return undefined;
    valence += score * PLACES[emotion].valence;
    arousal += score * PLACES[emotion].arousal;
    total += score;
  }
  return total > 0 ? { valence: valence / total, arousal: arousal / total } : undefined;
}
