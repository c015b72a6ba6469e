import { describe, expect, test } from "vitest";
import type { Modality } from "../../core/modality.ts";
import type { Prediction } from "../../core/prediction.ts";
import type { StreamEvent, TrackedFace, UtteranceEvent } from "../../recognize/stream/events.ts";
import type { AlertEvent, LiveEvent } from "../engine/engine.ts";
import {
  afterEvent,
  afterMoment,
  afterSay,
  afterSeen,
  afterTrouble,
  facesNow,
  type LiveState,
  NOTHING_YET,
  nowOf,
} from "./live.ts";

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
  return events.reduce((state, event) => afterEvent(state, event, 0), NOTHING_YET);
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

  test("has the further columns of the leading face", () => {
    const columns = { numbers: { valence: -0.5 } };
    const state = after({ ...faces(0.7, 0), faces: [{ ...face(0.7), columns }, face(0.2)] } as StreamEvent);
    expect(nowOf(state, 0)?.modalities).toMatchObject({ face: { columns } });
    expect(nowOf(after(faces(0.7, 0)), 0)?.modalities.face).not.toHaveProperty("columns");
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
  expect(afterEvent(broken, faces(0.7, 1000), 0).trouble).toBeUndefined();
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

describe("words", () => {
  const present = { present: true, quality: 1, weight: 0.5, scores: scores(0.8), model: "m" } as const;
  /** A final that rests on these. */
  function final(
    utterance: number,
    [startMs, endMs]: readonly [number, number],
    by: readonly Modality[],
    revision = 0,
  ) {
    const modalities = Object.fromEntries(by.map((one) => [one, present]));
    return { ...said("final", utterance, endMs, revision), startMs, prediction: { ...prediction, modalities } };
  }
  const say = (...words: readonly (readonly [string, number])[]): LiveState =>
    words.reduce((state, [text, timeMs]) => afterSay(state, { text, timeMs }), NOTHING_YET);
  const listed = (state: LiveState, ...events: readonly LiveEvent[]) =>
    events
      .reduce((own, event) => afterEvent(own, event, 0), state)
      .utterances.map(({ utterance, words }) => [utterance, words]);

  test("alone stand with the utterance of their time", () => {
    // What was said at 500 went to a server that has been stopped since.
    const state = say(["lost", 500], ["hello", 1000], ["again", 2000]);
    expect(listed(state, final(1, [1000, 1000], ["text"]), final(2, [2000, 2000], ["text", "face"]))).toEqual([
      [1, ["hello"]],
      [2, ["again"]],
    ]);
  });

  test("that were said along with a voice stand with it", () => {
    const state = say(["before", 100], ["so happy", 1200], ["to see you", 1900]);
    expect(listed(state, final(1, [1000, 2000], ["speech"]), final(2, [1000, 2000], ["text", "speech"]))).toEqual([
      [1, []],
      [2, ["so happy", "to see you"]],
    ]);
  });

  test("that came after the answer are added by its revision; an answer that is said again keeps them", () => {
    const state = say(["late", 2100]);
    const revised = final(1, [1000, 2000], ["text", "speech"], 1);
    expect(listed(state, final(1, [1000, 2000], ["speech"]), revised, revised)).toEqual([[1, ["late"]]]);
  });

  test("that were too many are not told of later ones", () => {
    const dropped: StreamEvent = { type: "dropped", what: "text", why: "busy", amount: 1 };
    const state = say(["kept", 1100], ["dropped", 1200]);
    expect(listed(state, dropped, final(1, [1000, 2000], ["text", "speech"]))).toEqual([[1, ["kept"]]]);
  });
});

test("faces are drawn until nothing has been told of them for a while, however late they were told", () => {
  const state = afterEvent(NOTHING_YET, faces(0.7, 1000), 4000);
  expect(facesNow(state, 5500)).toHaveLength(1);
  expect(facesNow(state, 5501)).toEqual([]);
});

test("the timeline keeps one minute, with gaps where there was nothing", () => {
  let state = afterMoment(NOTHING_YET, 0);
  state = afterMoment(afterEvent(state, faces(0.7, 30_000), 30_000), 30_000);
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
  const state = after(alert(1), alert(2), alert(2), alert(3), alert(4), alert(5));
  expect(state.alerts.map(({ seq }) => seq)).toEqual([5, 4, 3, 2, 1]);
  expect(afterSeen(state, 4).alerts.map(({ seq }) => seq)).toEqual([5, 3, 2, 1]);
});
