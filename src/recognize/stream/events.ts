/** What a stream says, as it goes along. Plain data: it crosses process and network borders as it is. */
import type { ErrorCode } from "../../core/errors.ts";
import type { Box, FurtherColumns, Prediction, Scores } from "../../core/prediction.ts";

/** What somebody said, or is saying: all modalities of that stretch of time fused. */
export interface UtteranceEvent {
  /** A partial may still change and may be left out; a final is said once per revision. */
  readonly type: "partial" | "final";
  /** Counts from 1 within the session; partials and the final of one utterance share it. */
  readonly utterance: number;
  /** 0; higher where a text that belongs to the utterance came after its final. The newest counts. */
  readonly revision: number;
  readonly speaker: string;
  /** In stream time. */
  readonly startMs: number;
  readonly endMs: number;
  readonly prediction: Prediction;
  /** The speaker's scores over the last utterances, this one included; for a partial, as they would be. */
  readonly smoothed: Scores;
}

/** One face of a frame. */
export interface TrackedFace {
  /** The same face keeps its number while it is seen; numbers count from 1 within the session. */
  readonly track: number;
  readonly box: Box;
  /** Of the detector, in [0, 1]. */
  readonly confidence: number;
  readonly quality: number;
  /** Of this frame alone. */
  readonly scores: Scores;
  /** Over the last frames of the track. */
  readonly smoothed: Scores;
  /** Likewise, where the model has further columns. */
  readonly columns?: FurtherColumns;
}

/** Every face of one frame, largest first; it is as passing as a partial. */
interface FacesEvent {
  readonly type: "faces";
  readonly speaker: string;
  readonly timeMs: number;
  readonly faces: readonly TrackedFace[];
}

/** A stretch of time in which one face appeared to express one thing. Final. */
export interface FaceSegmentEvent {
  readonly type: "segment";
  readonly modality: "face";
  readonly speaker: string;
  readonly track: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly label: string;
  readonly confidence: number;
  /** Mean over the frames, by their quality. */
  readonly scores: Scores;
  /** Likewise, where the model has further columns. */
  readonly columns?: FurtherColumns;
}

/** Somebody begins or stops to speak: sooner than there is anything to say about it. */
interface VoiceEvent {
  readonly type: "voice";
  readonly speaker: string;
  readonly speaking: boolean;
  readonly timeMs: number;
}

/** Input that was not used, since the last time this was said. Nothing is said of frames beyond the session's `fps`. */
export interface DroppedEvent {
  readonly type: "dropped";
  readonly what: "audio" | "frame" | "text";
  /** `busy`: it came faster than it could be worked on. `late`: something later had come before it. */
  readonly why: "busy" | "late";
  /** Frames and texts; for audio, milliseconds. */
  readonly amount: number;
}

/** One input could not be used; the session goes on. */
interface ErrorEvent {
  readonly type: "error";
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

export type StreamEvent = UtteranceEvent | FacesEvent | FaceSegmentEvent | VoiceEvent | DroppedEvent | ErrorEvent;

/** Whether it may be left out where there is no time or room for it: what comes later says it again. */
export function isPassing({ type }: StreamEvent): boolean {
  return type === "partial" || type === "faces";
}
