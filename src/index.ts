/** affekt as a library. Parts are imported by path: `affekt/metrics/uar`, `affekt/graph/graph`, `affekt/node/runtime`. */
export { EMOTIONS, type Emotion } from "./core/emotion.ts";
export { AffektError, ERROR_CODES, type ErrorCode } from "./core/errors.ts";
export type { Explanation } from "./core/explanation.ts";
export { canonicalLabel, displayLabel, ekmanLabel } from "./core/labels.ts";
export type { Features, Frame, Picture, Waveform } from "./core/media.ts";
export { MODALITIES, type Modality, type PerModality } from "./core/modality.ts";
export type { Media, MediaInfo, MediaSource, Runtime, Session, SessionOptions } from "./core/ports.ts";
export type {
  Box,
  FaceResult,
  FurtherColumns,
  Inputs,
  ModalityResult,
  Prediction,
  Scores,
  Segment,
} from "./core/prediction.ts";
export { type OpenedRecognizer, type OpenOptions, openRecognizer } from "./platform/node/open.ts";
export type { RecognizeOptions, Recognizer } from "./recognize/recognizer.ts";
