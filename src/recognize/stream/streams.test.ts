/** Whole sessions on networks of a few numbers, whose answers are known by hand. */
import { describe, expect, test } from "vitest";
import { tinyColumns, tinyFace } from "../../../test/support/tiny-models.ts";
import {
  faceExpert,
  loudnessDetector,
  picture,
  speechExpert,
  squareDetector,
  textExpert,
  tones,
} from "../../../test/support/tiny-recognizer.ts";
import type { Waveform } from "../../core/media.ts";
import type { Scores } from "../../core/prediction.ts";
import type { StreamEvent, UtteranceEvent } from "./events.ts";
import type { StreamOptions } from "./options.ts";
import { createStreams, type StreamParts } from "./streams.ts";

const parts: StreamParts = {
  text: textExpert,
  face: faceExpert,
  detector: squareDetector,
  speech: speechExpert,
  voice: loudnessDetector,
};

function session(options: StreamOptions = {}, own: Partial<StreamParts> = {}) {
  const events: StreamEvent[] = [];
  const streams = createStreams({ ...parts, ...own });
  const opened = streams.open(options, (event) => void events.push(event));
  const of = <T extends StreamEvent["type"]>(type: T) =>
    events.filter((event): event is Extract<StreamEvent, { type: T }> => event.type === type);
  const finals = () => of("final") as UtteranceEvent[];
  return { ...opened, events, of, finals };
}

/** Sends in pieces of 100 ms, as a microphone does. */
async function speak(to: ReturnType<typeof session>, sound: Waveform, fromMs = 0, speaker = "1"): Promise<void> {
  for (let at = 0; at < sound.samples.length; at += 1_600) {
    to.sound(
      { samples: sound.samples.slice(at, at + 1_600), sampleRate: 16_000 },
      { timeMs: fromMs + at / 16, speaker },
    );
    await to.settled();
  }
}

const bright = (x = 10) => picture({ x, y: 10, width: 20, height: 20, grey: 255 });
const dark = (x = 10) => picture({ x, y: 10, width: 20, height: 20, grey: 0 });

describe("an utterance", () => {
  test("is announced, guessed at while it lasts, and closed by silence, with the face of that time", async () => {
    const own = session({ partialMs: 300 });
    const sound = tones(2_500, { fromMs: 500, toMs: 1_500, hz: 4_000 });
    own.frame(bright(), { timeMs: 600 });
    own.frame(bright(), { timeMs: 900 });
    await speak(own, sound);
    await own.finish();
    const [final, ...more] = own.finals();
    expect(more).toEqual([]);
    // Speech from 500 to 1,500 ms, in steps of 32 ms with 60 ms at both ends
    expect(final?.startMs).toBeCloseTo(420, -2);
    expect(final?.endMs).toBeCloseTo(1_560, -2);
    expect(final).toMatchObject({ utterance: 1, revision: 0, speaker: "1" });
    expect(Object.keys(final?.prediction.modalities ?? {})).toEqual(["face", "speech"]);
    expect(final?.prediction.faces).toHaveLength(1);
    expect(own.of("voice").map(({ speaking }) => speaking)).toEqual([true, false]);
    const partials = own.of("partial");
    expect(partials.length).toBeGreaterThanOrEqual(2);
    expect(partials.every(({ utterance, startMs }) => utterance === 1 && startMs === final?.startMs)).toBe(true);
    expect(own.events.findIndex(({ type }) => type === "partial")).toBeLessThan(
      own.events.findIndex(({ type }) => type === "final"),
    );
  });

  test("is normalized by all that was heard of its speaker, and by nobody else's voice", async () => {
    const own = session({ partialMs: 0 });
    await speak(own, tones(1_500, { fromMs: 0, toMs: 1_000, hz: 200 }));
    await speak(own, tones(1_500, { fromMs: 0, toMs: 1_000, hz: 6_000 }), 1_500);
    await speak(own, tones(1_500, { fromMs: 0, toMs: 1_000, hz: 6_000 }), 0, "other");
    await own.finish();
    const [low, high, other] = own
      .finals()
      .map(({ prediction: { scores } }) => new Map(scores.map((s) => [s.label, s.score])));
    // By itself a clip has mean 0 in every band, so that (but for steps that a window repeats) nothing tells. Beside the low voice, the high one has high bands.
    expect(low?.get("joy")).toBeCloseTo(0.5, 1);
    expect(high?.get("joy")).toBeGreaterThan(0.6);
    expect(other?.get("joy")).toBeCloseTo(0.5, 1);
  });

  test("is smoothed over the speaker's utterances, by their length", async () => {
    const own = session();
    own.text("😀", { startMs: 0, endMs: 0 });
    own.text("😡", { startMs: 10_000, endMs: 10_000 });
    await own.finish();
    const [first, second] = own.finals();
    expect(first?.smoothed).toEqual(first?.prediction.scores);
    // One half-life later the smile counts half: joy (0.5·σ(1) + σ(−1)) / 1.5
    const [joy, anger] = [1 / (1 + Math.exp(-1)), 1 / (1 + Math.exp(1))];
    const smoothed = new Map(second?.smoothed.map(({ label, score }) => [label, score]));
    expect(smoothed.get("joy")).toBeCloseTo((0.5 * joy + anger) / 1.5, 5);
  });

  test("longer than mostMs is cut, and each part has its own number", async () => {
    const own = session({ mostMs: 1_000, partialMs: 0 });
    await speak(own, tones(3_200, { fromMs: 0, toMs: 2_500, hz: 500 }));
    await own.finish();
    expect(own.finals().map(({ utterance }) => utterance)).toEqual([1, 2, 3]);
    const spans = own.finals().map(({ startMs, endMs }) => [startMs, endMs]);
    expect(spans[0]?.[1]).toBe(spans[1]?.[0]);
    expect(own.of("voice").map(({ speaking }) => speaking)).toEqual([true, false]);
  });
});

describe("a text", () => {
  test("with times inside an utterance that is being said joins it", async () => {
    const own = session({ partialMs: 0 });
    const sound = tones(2_500, { fromMs: 500, toMs: 1_500, hz: 500 });
    await speak(own, { ...sound, samples: sound.samples.slice(0, 16_000) });
    own.text("😀", { startMs: 600, endMs: 900 });
    await own.settled();
    expect(own.finals()).toEqual([]);
    await speak(own, { ...sound, samples: sound.samples.slice(16_000) }, 1_000);
    await own.finish();
    expect(own.finals().map(({ prediction }) => Object.keys(prediction.modalities))).toEqual([["text", "speech"]]);
  });

  test("that comes after the final of its utterance makes a revision of it", async () => {
    const own = session({ partialMs: 0 });
    await speak(own, tones(2_500, { fromMs: 500, toMs: 1_500, hz: 500 }));
    expect(own.finals()).toHaveLength(1);
    own.text("😡", { startMs: 600, endMs: 1_400 });
    await own.finish();
    const [first, second] = own.finals();
    expect(second).toMatchObject({ utterance: first?.utterance, revision: 1, startMs: first?.startMs });
    expect(Object.keys(second?.prediction.modalities ?? {})).toEqual(["text", "speech"]);
    // Smoothed as if the first had never been: with nothing before, smoothing changes nothing.
    expect(second?.smoothed).toEqual(second?.prediction.scores);
  });

  test("without a single word is an error event, and the session goes on", async () => {
    const own = session();
    own.text("");
    own.text("😀");
    await own.finish();
    expect(own.of("error")).toMatchObject([{ code: "input" }]);
    expect(own.finals()).toMatchObject([{ prediction: { label: "joy" } }]);
  });

  test("is answered with the labels that were asked for; the rest is added up", async () => {
    const own = session({ labels: ["happy"] });
    own.text("😀");
    await own.finish();
    const labels = own.finals()[0]?.prediction.scores.map(({ label }) => label);
    expect(labels).toEqual(["joy", "other"]);
  });
});

describe("faces", () => {
  test("keep their numbers while they move, and each is smoothed by itself", async () => {
    const own = session({ modalities: ["face"], fps: 10 });
    for (let frame = 0; frame < 12; frame++) {
      own.frame(
        picture(
          { x: 5 + frame, y: 5, width: 20, height: 20, grey: 255 },
          { x: 60 - frame, y: 40, width: 16 + (frame % 2) * 8, height: 16 + (frame % 2) * 8, grey: 0 },
        ),
        { timeMs: frame * 100 },
      );
      await own.settled();
    }
    await own.finish();
    const seen = own.of("faces");
    expect(seen).toHaveLength(12);
    for (const { faces } of seen) {
      const byTrack = new Map(faces.map((face) => [face.track, face.smoothed[0]?.label]));
      expect(new Set(byTrack.keys())).toEqual(new Set([1, 2]));
      expect(byTrack.get(1)).toBe("joy");
      expect(byTrack.get(2)).toBe("anger");
    }
    expect(own.of("segment").map(({ track, label, startMs, endMs }) => [track, label, startMs, endMs])).toEqual([
      [1, "joy", 0, 1_100],
      [2, "anger", 0, 1_100],
    ]);
  });

  test("an odd frame does not turn a track over; a lasting change ends the segment", async () => {
    const own = session({ modalities: ["face"], fps: 10 });
    for (let frame = 0; frame < 40; frame++) {
      own.frame(frame === 10 || frame >= 20 ? dark() : bright(), { timeMs: frame * 100 });
      await own.settled();
    }
    await own.finish();
    expect(own.of("segment").map(({ label }) => label)).toEqual(["joy", "anger"]);
    expect(own.of("segment")[0]?.endMs).toBeGreaterThan(2_000);
    expect(own.of("segment")[0]).not.toHaveProperty("columns");
  });

  test("a segment has the further columns of its face: the mean of its frames, as its scores are", async () => {
    const own = session({ modalities: ["face"], fps: 10 }, { face: () => faceExpert(tinyColumns(tinyFace())) });
    for (let frame = 0; frame < 20; frame++) {
      own.frame(frame === 10 ? dark() : bright(), { timeMs: frame * 100 });
      await own.settled();
    }
    await own.finish();
    const [{ scores, columns } = {}, ...more] = own.of("segment");
    expect(more).toEqual([]);
    const joy = (of: Scores = []) => of.find(({ label }) => label === "joy")?.score ?? 0;
    const ofFrame = (at: number) => joy(own.of("faces")[at]?.faces[0]?.scores);
    // Which share of the segment the bright frames have, by its scores; their sentiment is 4.5, of the dark one -3.5.
    const share = (joy(scores) - ofFrame(10)) / (ofFrame(0) - ofFrame(10));
    expect(share).toBeGreaterThan(0.9);
    expect(share).toBeLessThan(0.99);
    expect(columns?.numbers?.["sentiment"]).toBeCloseTo(share * 4.5 - (1 - share) * 3.5, 5);
    const [high, low] = columns?.categories?.["intensity"] ?? [];
    expect((high?.score ?? 0) + (low?.score ?? 0)).toBeCloseTo(1, 6);
  });

  test("of frames that come out of order, the older is left out and said to be late", async () => {
    const own = session({ modalities: ["face"] });
    own.frame(bright(), { timeMs: 1_000 });
    await own.settled();
    own.frame(bright(), { timeMs: 500 });
    await own.finish();
    expect(own.of("faces")).toHaveLength(1);
    expect(own.of("dropped")).toEqual([{ type: "dropped", what: "frame", why: "late", amount: 1 }]);
  });
});

describe("more than can be worked on", () => {
  test("sound is dropped beyond ten seconds, frames but the newest: nothing grows", async () => {
    const own = session({ partialMs: 0 });
    const minute = tones(60_000, { fromMs: 0, toMs: 60_000, hz: 500 });
    for (let at = 0; at < minute.samples.length; at += 160) {
      own.sound({ samples: minute.samples.subarray(at, at + 160), sampleRate: 16_000 });
    }
    for (let frame = 0; frame < 1_000; frame++) own.frame(bright(), { timeMs: frame * 200 });
    expect(own.waiting()).toMatchObject({ frames: 1 });
    expect(own.waiting().soundMs).toBeLessThanOrEqual(10_000);
    await own.finish();
    expect(own.of("dropped")).toContainEqual({ type: "dropped", what: "audio", why: "busy", amount: 50_000 });
    expect(own.of("dropped")).toContainEqual({ type: "dropped", what: "frame", why: "busy", amount: 999 });
    expect(own.waiting()).toEqual({ soundMs: 0, frames: 0, texts: 0 });
  });

  test("a camera that waits to be welcome loses no frame", async () => {
    const own = session({ fps: 30 });
    for (let at = 0; at < 5; at++) {
      own.frame(bright(), { timeMs: 50 * at });
      await own.welcome();
    }
    await own.settled();
    expect(own.of("faces").map(({ timeMs }) => timeMs)).toEqual([0, 50, 100, 150, 200]);
    expect(own.of("dropped")).toEqual([]);
    own.close();
    await own.welcome();
  });

  test("partials give way to all other work", async () => {
    const own = session({ partialMs: 100 });
    own.sound(tones(5_000, { fromMs: 0, toMs: 5_000, hz: 500 }));
    own.sound(tones(3_000, { fromMs: 0, toMs: 3_000, hz: 500 }));
    await own.finish();
    expect(own.of("partial")).toEqual([]);
    expect(own.finals()).toHaveLength(1);
  });
});

describe("a session", () => {
  test("goes on in another one with its numbers and its speakers' voices", async () => {
    const first = session({ partialMs: 0 });
    await speak(first, tones(1_500, { fromMs: 0, toMs: 1_000, hz: 200 }));
    await first.finish();
    const memory = JSON.parse(JSON.stringify(first.memory()));
    const second = session({ partialMs: 0, memory });
    await speak(second, tones(1_500, { fromMs: 0, toMs: 1_000, hz: 6_000 }));
    await second.finish();
    const [final] = second.finals();
    expect(final?.utterance).toBe(2);
    expect(final?.prediction.scores[0]).toMatchObject({ label: "joy" });
    expect(final?.prediction.scores[0]?.score).toBeGreaterThan(0.6);
  });

  test("says nothing after it was closed, and takes nothing after it was finished", async () => {
    const own = session();
    own.text("😀");
    own.close();
    await own.settled();
    expect(own.events).toEqual([]);
    expect(() => own.text("😀")).toThrow(expect.objectContaining({ code: "aborted" }));
  });

  test("refuses what it was not opened for, wrong times, rates, and a ninth speaker", () => {
    const own = session({ modalities: ["text", "speech"] });
    expect(() => own.frame(bright(), { timeMs: 0 })).toThrow(/opened for text, speech, not for face/);
    expect(() => own.text("a", { startMs: -1 })).toThrow(/0 or more; received -1/);
    expect(() => own.sound({ samples: new Float32Array(1), sampleRate: 0 })).toThrow(/received 0/);
    for (let speaker = 0; speaker < 8; speaker++) own.text("a", { speaker: `${speaker}` });
    expect(() => own.text("a", { speaker: "9" })).toThrow(/at most 8 speakers/);
    own.close();
  });

  test("cannot be opened for what there is no model for, or for labels that no answer has", () => {
    const streams = createStreams({ text: textExpert });
    expect(() => streams.open({ modalities: ["text", "face"] }, () => {})).toThrow(/no model to recognize face/);
    expect(() => streams.open({ labels: ["annoyance"] }, () => {})).toThrow(/but with anger/);
    expect(() => streams.open({ fps: 0 }, () => {})).toThrow(/fps must lie between/);
  });

  test("a network that fails is an error event, and the next input is still worked on", async () => {
    let times = 0;
    const own = session(
      {},
      {
        text: async () => {
          const expert = await textExpert();
          return {
            ...expert,
            opinions: (texts) => (times++ === 0 ? Promise.reject(new Error("broken")) : expert.opinions(texts)),
          };
        },
      },
    );
    own.text("😀");
    await own.settled();
    own.text("😀");
    await own.finish();
    expect(own.of("error")).toMatchObject([{ code: "internal", message: "broken" }]);
    expect(own.finals()).toHaveLength(1);
  });
});
