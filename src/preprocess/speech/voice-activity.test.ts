import { describe, expect, test } from "vitest";
import { VOICE_STEP_MS, type VoiceActivityOptions, type VoiceEvent, voiceGate } from "./voice-activity.ts";

/** Feeds probabilities and gives all events. */
function events(probabilities: readonly number[], options: VoiceActivityOptions = {}): VoiceEvent[] {
  const gate = voiceGate({ padMs: 0, minSpeechMs: 96, minSilenceMs: 64, ...options });
  const out = probabilities.flatMap((probability) => gate.push(probability));
  return [...out, ...gate.end(probabilities.length * VOICE_STEP_MS)];
}
const times = (count: number, probability: number) => Array<number>(count).fill(probability);

describe("voiceGate", () => {
  test("speech from the third to the seventh step is one segment", () => {
    expect(events([...times(2, 0), ...times(5, 0.9), ...times(5, 0)])).toEqual([
      { type: "start", startMs: 64 },
      { type: "end", startMs: 64, endMs: 224 },
    ]);
  });

  test("hysteresis: between release and threshold speech goes on but does not start", () => {
    expect(events(times(20, 0.4))).toEqual([]);
    const held = events([...times(4, 0.9), ...times(10, 0.4), ...times(4, 0)]);
    expect(held.at(-1)).toEqual({ type: "end", startMs: 0, endMs: 14 * 32 });
  });

  test("a short noise is dropped, a short pause is bridged", () => {
    expect(events([...times(2, 0.9), ...times(5, 0)])).toEqual([]);
    expect(
      events([...times(4, 0.9), 0, ...times(4, 0.9), ...times(5, 0)]).filter(({ type }) => type === "end"),
    ).toEqual([{ type: "end", startMs: 0, endMs: 288 }]);
  });

  test("a pause of the minimum length splits", () => {
    const ends = events([...times(4, 0.9), ...times(2, 0), ...times(4, 0.9)]).filter(({ type }) => type === "end");
    expect(ends).toEqual([
      { type: "end", startMs: 0, endMs: 128 },
      { type: "end", startMs: 192, endMs: 320 },
    ]);
  });

  test("padding stays inside the sound and segments do not overlap", () => {
    const probabilities = [...times(4, 0.9), ...times(2, 0), ...times(4, 0.9)];
    const ends = events(probabilities, { padMs: 60 }).flatMap((event) => (event.type === "end" ? [event] : []));
    expect(ends[0]).toMatchObject({ startMs: 0, endMs: 188 });
    expect(ends[1]!.startMs).toBeGreaterThanOrEqual(ends[0]!.endMs);
    expect(ends[1]!.endMs).toBe(320);
  });

  test("every start has its end, with the same start", () => {
    const wild = Array.from({ length: 300 }, (_, i) => (Math.sin(i / 7) + Math.sin(i / 3)) / 2);
    const all = events(wild, { padMs: 60 });
    for (let i = 0; i < all.length; i += 2) {
      expect(all[i]).toMatchObject({ type: "start", startMs: all[i + 1]!.startMs });
      expect(all[i + 1]!.type).toBe("end");
    }
  });
});
