/** What a live session has said so far, as the page shows it. A pure reducer over the stream's events. */
import { EMOTIONS } from "../../core/emotion.ts";
import type { PerModality } from "../../core/modality.ts";
import type { Prediction, Scores } from "../../core/prediction.ts";
import type { TrackedFace, UtteranceEvent } from "../../recognize/stream/events.ts";
import type { AlertEvent, LiveEvent } from "../engine/engine.ts";

export interface Moment {
  readonly timeMs: number;
  /** Of `EMOTIONS`, in its order; undefined where there was nothing to recognize. */
  readonly scores: readonly number[] | undefined;
  /** Share of each modality in the answer; undefined where there was none. */
  readonly weights: PerModality<number> | undefined;
}

export interface LiveState {
  /** Of the last frame that was looked at. */
  readonly faces: readonly TrackedFace[];
  readonly facesAtMs: number;
  /** Frames looked at. */
  readonly frames: number;
  readonly speaking: boolean;
  /** The newest last; an utterance that was said again stands where it stood. */
  readonly utterances: readonly UtteranceEvent[];
  /** What is being said. */
  readonly partial: UtteranceEvent | undefined;
  readonly moments: readonly Moment[];
  /** That nobody has seen yet, the newest first. */
  readonly alerts: readonly AlertEvent[];
  /** What could not be used, until something can again. */
  readonly trouble: { readonly code: string; readonly message: string } | undefined;
}

export const NOTHING_YET: LiveState = {
  faces: [],
  facesAtMs: Number.NEGATIVE_INFINITY,
  frames: 0,
  speaking: false,
  utterances: [],
  partial: undefined,
  moments: [],
  alerts: [],
  trouble: undefined,
};

const MOST_UTTERANCES = 50;
/** More at once nobody looks at. */
const MOST_ALERTS = 3;
/** What was said holds as "now" for so long after its end. */
const UTTERANCE_HOLDS_MS = 4_000;
/** A face that was not seen for so long is gone. */
const FACE_HOLDS_MS = 1_500;
/** Length of the timeline. */
export const TIMELINE_MS = 60_000;
/** Below this share no emotion of a face alone is named. */
const NAMED_FROM = 0.4;

export function afterEvent(state: LiveState, event: LiveEvent): LiveState {
  switch (event.type) {
    case "alert": {
      // After a lost connection it is said again.
      const others = state.alerts.filter(({ seq }) => seq !== event.seq);
      return { ...state, alerts: [event, ...others].slice(0, MOST_ALERTS) };
    }
    case "faces":
      return { ...state, faces: event.faces, facesAtMs: event.timeMs, frames: state.frames + 1, trouble: undefined };
    case "voice":
      return { ...state, speaking: event.speaking };
    case "partial":
      return { ...state, partial: event };
    case "final": {
      const at = state.utterances.findIndex(({ utterance }) => utterance === event.utterance);
      const utterances = at === -1 ? [...state.utterances, event] : state.utterances.with(at, event);
      const partial = state.partial?.utterance === event.utterance ? undefined : state.partial;
      return { ...state, partial, utterances: utterances.slice(-MOST_UTTERANCES), trouble: undefined };
    }
    case "error":
      return afterTrouble(state, event);
    case "segment":
    case "dropped":
      return state;
  }
}

/** Something could not be used; it may be said anew with every frame. */
export function afterTrouble(state: LiveState, { code, message }: NonNullable<LiveState["trouble"]>): LiveState {
  if (state.trouble?.code === code && state.trouble.message === message) return state;
  return { ...state, trouble: { code, message } };
}

/** What is shown as "now". */
export type Now = Pick<Prediction, "label" | "abstainCode" | "confidence" | "scores" | "modalities">;

function ofFace({ smoothed, quality, scores }: TrackedFace): Now {
  const [top] = smoothed;
  const confidence = top?.score ?? 0;
  return {
    label: confidence >= NAMED_FROM ? (top?.label ?? null) : null,
    confidence,
    scores: smoothed,
    modalities: { face: { present: true, quality, weight: 1, scores, model: "" } },
  };
}

/** What is being said, or was said just now; else the leading face; else nothing. */
export function nowOf(state: LiveState, nowMs: number): Now | undefined {
  const said = state.partial ?? state.utterances.at(-1);
  if (said !== undefined && nowMs - said.endMs <= UTTERANCE_HOLDS_MS) return said.prediction;
  const [leading] = state.faces;
  return leading !== undefined && nowMs - state.facesAtMs <= FACE_HOLDS_MS ? ofFace(leading) : undefined;
}

function weightsOf({ modalities }: Now): PerModality<number> {
  const present = Object.entries(modalities).flatMap(([modality, result]) =>
    result.present ? [[modality, result.weight] as const] : [],
  );
  return Object.fromEntries(present);
}

function inOrder(scores: Scores): number[] {
  return EMOTIONS.map((emotion) => scores.find(({ label }) => label === emotion)?.score ?? 0);
}

/** Somebody has seen an alert. */
export function afterSeen(state: LiveState, seq: number): LiveState {
  return { ...state, alerts: state.alerts.filter((alert) => alert.seq !== seq) };
}

/** Adds what is shown now to the timeline, and forgets what has scrolled out of it. */
export function afterMoment(state: LiveState, timeMs: number): LiveState {
  const now = nowOf(state, timeMs);
  const moment: Moment =
    now === undefined
      ? { timeMs, scores: undefined, weights: undefined }
      : { timeMs, scores: inOrder(now.scores), weights: weightsOf(now) };
  const kept = state.moments.filter((one) => timeMs - one.timeMs <= TIMELINE_MS);
  return { ...state, moments: [...kept, moment] };
}
