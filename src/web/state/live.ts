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

/** Words that were typed or written along, and when, in ms of the session. */
export interface SaidWords {
  readonly text: string;
  readonly timeMs: number;
}

/** The stream hears of words and does not repeat them. */
export interface ListedUtterance extends UtteranceEvent {
  readonly words: readonly string[];
}

export interface LiveState {
  /** Of the last frame that was looked at. */
  readonly faces: readonly TrackedFace[];
  readonly facesAtMs: number;
  /** When the page was told of them. */
  readonly facesToldMs: number;
  /** Frames looked at. */
  readonly frames: number;
  readonly speaking: boolean;
  /** The newest last; an utterance that was said again stands where it stood. */
  readonly utterances: readonly ListedUtterance[];
  /** Words that no utterance has been told for yet, the oldest first. */
  readonly unheard: readonly SaidWords[];
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
  facesToldMs: Number.NEGATIVE_INFINITY,
  frames: 0,
  speaking: false,
  utterances: [],
  unheard: [],
  partial: undefined,
  moments: [],
  alerts: [],
  trouble: undefined,
};

const MOST_UTTERANCES = 50;
/** Words of a server that was stopped are never told of. */
const MOST_UNHEARD = 20;
/** What the stream allows between words and the voice that they belong to. */
const WORDS_SLACK_MS = 250;
/** What was said holds as "now" for so long after its end. */
const UTTERANCE_HOLDS_MS = 4_000;
/** A face that was not seen for so long is gone. */
const FACE_HOLDS_MS = 1_500;
/** Length of the timeline. */
export const TIMELINE_MS = 60_000;
/** Below this share no emotion of a face alone is named. */
const NAMED_FROM = 0.4;

/** Somebody typed words, or the browser wrote them along. */
export function afterSay(state: LiveState, said: SaidWords): LiveState {
  return { ...state, unheard: [...state.unheard, said].slice(-MOST_UNHEARD) };
}

/** Which of the waiting words an utterance brings: words alone have its time, a revision adds one, a voice has all of its. */
function wordsOf(
  event: UtteranceEvent,
  known: ListedUtterance | undefined,
  unheard: readonly SaidWords[],
): SaidWords[] {
  const { startMs, endMs, revision, prediction } = event;
  if (prediction.modalities.text === undefined) return [];
  const since = unheard.filter(({ timeMs }) => timeMs >= startMs - WORDS_SLACK_MS);
  const more = revision - (known?.revision ?? 0);
  if (more > 0) return since.filter(({ timeMs }) => timeMs <= endMs + WORDS_SLACK_MS).slice(0, more);
  if (known !== undefined) return [];
  if (prediction.modalities.speech !== undefined) return since;
  return unheard.filter(({ timeMs }) => timeMs === startMs).slice(0, 1);
}

function afterFinal(state: LiveState, event: UtteranceEvent): LiveState {
  const at = state.utterances.findIndex(({ utterance }) => utterance === event.utterance);
  const known = state.utterances[at];
  const taken = wordsOf(event, known, state.unheard);
  const listed = { ...event, words: [...(known?.words ?? []), ...taken.map(({ text }) => text)] };
  const utterances = known === undefined ? [...state.utterances, listed] : state.utterances.with(at, listed);
  return {
    ...state,
    partial: state.partial?.utterance === event.utterance ? undefined : state.partial,
    utterances: utterances.slice(-MOST_UTTERANCES),
    unheard: state.unheard.filter((one) => !taken.includes(one)),
    trouble: undefined,
  };
}

/** @param nowMs when the page was told of it */
export function afterEvent(state: LiveState, event: LiveEvent, nowMs: number): LiveState {
  switch (event.type) {
    case "alert": {
      // After a lost connection it is said again.
      return { ...state, alerts: [event, ...afterSeen(state, event.seq).alerts] };
    }
    case "faces":
      return {
        ...state,
        faces: event.faces,
        facesAtMs: event.timeMs,
        facesToldMs: nowMs,
        frames: state.frames + 1,
        trouble: undefined,
      };
    case "voice":
      return { ...state, speaking: event.speaking };
    case "partial":
      return { ...state, partial: event };
    case "final":
      return afterFinal(state, event);
    case "error":
      return afterTrouble(state, event);
    case "dropped":
      // Too many words at once: the newest were not taken.
      return event.what === "text" ? { ...state, unheard: state.unheard.slice(0, -event.amount) } : state;
    case "segment":
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

function ofFace({ smoothed, quality, scores, columns }: TrackedFace): Now {
  const [top] = smoothed;
  const confidence = top?.score ?? 0;
  return {
    label: confidence >= NAMED_FROM ? (top?.label ?? null) : null,
    confidence,
    scores: smoothed,
    modalities: {
      face: { present: true, quality, weight: 1, scores, model: "", ...(columns === undefined ? {} : { columns }) },
    },
  };
}

/** What is being said, or was said just now; else the leading face; else nothing. */
export function nowOf(state: LiveState, nowMs: number): Now | undefined {
  const said = state.partial ?? state.utterances.at(-1);
  if (said !== undefined && nowMs - said.endMs <= UTTERANCE_HOLDS_MS) return said.prediction;
  const [leading] = state.faces;
  return leading !== undefined && nowMs - state.facesAtMs <= FACE_HOLDS_MS ? ofFace(leading) : undefined;
}

/** Faces to draw on the camera's picture: what was told long ago is no longer where it was. */
export function facesNow({ faces, facesToldMs }: LiveState, nowMs: number): readonly TrackedFace[] {
  return nowMs - facesToldMs <= FACE_HOLDS_MS ? faces : [];
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
