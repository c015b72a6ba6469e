import { describe, expect, test } from "vitest";
import type { Prediction } from "../../core/prediction.ts";
import type { StreamEvent, TrackedFace, UtteranceEvent } from "../../recognize/stream/events.ts";
import type { AlertEvent, LiveEvent } from "../engine/engine.ts";
import { afterEvent, afterMoment, afterSeen, afterTrouble, type LiveState, NOTHING_YET, nowOf } from "./live.ts";

const scores = (joy: number) => [
  { label: "joy", score: joy },
  { label: "neutral", score: 1 - joy },
];
const prediction: Prediction = { label: "joy", confidence: 0.8, scores: scores(0.8), modalities: {} };

function face(joy: number): TrackedFace {
  const box = { x: 0, y: 0, width: 9, height: 9 };
  return { track: 1, box, confidence: 1, quality: 0.5, scores: scores(joy), smoothed: scores(joy) };
}

function said(type: "partial" | "final", utterance: number, endMs: number, revision = 0): UtteranceEvent {
  return { type, utterance, revision, speaker: "1", startMs: 0, endMs, prediction, smoothed: prediction.scores };
}

function after(...events: LiveEvent[]): LiveState {
  return events.reduce(afterEvent, NOTHING_YET);
}

const faces = (joy: number, timeMs: number): StreamEvent => ({
  type: "faces",
  speaker: "1",
  timeMs,
  faces: [face(joy)],
});

describe("what is shown as now", () => {
  test("is nothing before anything was seen or said", () => {
    expect(nowOf(NOTHING_YET, 0)).toBeUndefined();
  });

  test("is the leading face while nobody has spoken, and goes when the face goes", () => {
    const state = after(faces(0.7, 1000));
    expect(nowOf(state, 1200)).toMatchObject({ label: "joy", confidence: 0.7 });
    expect(nowOf(state, 2501)).toBeUndefined();
  });

  test("names no emotion of a face that is not sure", () => {
    expect(
      nowOf(
        after({ ...faces(0, 0), faces: [{ ...face(0), smoothed: [{ label: "joy", score: 0.39 }] }] } as StreamEvent),
        0,
      ),
    ).toMatchObject({ label: null });
  });

  test("is what is being said, and holds for four seconds", () => {
    const state = after(said("partial", 1, 1000));
    expect(nowOf(state, 5000)).toBe(prediction);
    expect(nowOf(state, 5001)).toBeUndefined();
  });
});

test("what could not be used is told until something can", () => {
  const broken = after({ type: "error", code: "media", message: "The frame is no JPEG." } as StreamEvent);
  expect(broken.trouble).toEqual({ code: "media", message: "The frame is no JPEG." });
  expect(afterTrouble(broken, { code: "media", message: "The frame is no JPEG." })).toBe(broken);
  expect(afterEvent(broken, faces(0.7, 1000)).trouble).toBeUndefined();
});

describe("utterances", () => {
  test("a final takes the place of its partial", () => {
    const state = after(said("partial", 1, 500), said("final", 1, 900));
    expect(state.partial).toBeUndefined();
    expect(state.utterances).toHaveLength(1);
  });

  test("a revision stands where its utterance stood", () => {
    const state = after(said("final", 1, 900), said("final", 2, 1900), said("final", 1, 900, 1));
    expect(state.utterances.map(({ utterance, revision }) => [utterance, revision])).toEqual([
      [1, 1],
      [2, 0],
    ]);
  });

  test("are the last fifty", () => {
    const state = after(...Array.from({ length: 60 }, (_, index) => said("final", index + 1, index)));
    expect(state.utterances).toHaveLength(50);
    expect(state.utterances.at(-1)?.utterance).toBe(60);
  });
});

test("the timeline keeps one minute, with gaps where there was nothing", () => {
  let state = afterMoment(NOTHING_YET, 0);
  state = afterMoment(afterEvent(state, faces(0.7, 30_000)), 30_000);
  expect(state.moments.map((moment) => moment.scores?.length)).toEqual([undefined, 7]);
  // anger, disgust, fear, joy, neutral, sadness, surprise
  expect(state.moments[1]?.scores?.[3]).toBe(0.7);
  expect(afterMoment(state, 61_000).moments.map(({ timeMs }) => timeMs)).toEqual([30_000, 61_000]);
});

test("alerts wait until somebody has seen them, the newest first; one that is said again is one", () => {
  const alert = (seq: number): AlertEvent => {
    const wording = { en: "Anger appears to last", zh: "似乎持续愤怒" };
    const found = { startMs: 0, endMs: 1, value: 0.8, limit: 0.7 };
    return { type: "alert", seq, rule: "r", kind: "level", title: wording, advice: wording, ...found };
  };
  const state = after(alert(1), alert(2), alert(2), alert(3), alert(4));
  expect(state.alerts.map(({ seq }) => seq)).toEqual([4, 3, 2]);
  expect(afterSeen(state, 3).alerts.map(({ seq }) => seq)).toEqual([4, 2]);
});
