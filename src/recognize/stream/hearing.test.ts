/** Pieces of sound that come as networks bring them: jittered, doubled, with holes, at changing rates. */
import { describe, expect, test } from "vitest";
import { loudnessDetector, tones } from "../../../test/support/tiny-recognizer.ts";
import type { Waveform } from "../../core/media.ts";
import { type Heard, hearing } from "./hearing.ts";

const options = { pauseMs: 300, mostMs: 15_000 };
/** A tone from 0.5 to 1.5 s: steps of 32 ms from 480 to 1,504 ms are loud, and 60 ms are added at both ends. */
const SOUND = tones(3_000, { fromMs: 500, toMs: 1_500, hz: 500 });

function piece({ samples, sampleRate }: Waveform, fromMs: number, toMs: number): Waveform {
  const at = (ms: number): number => Math.round((ms * sampleRate) / 1000);
  return { samples: samples.slice(at(fromMs), at(toMs)), sampleRate };
}

async function spans(pieces: readonly (readonly [Waveform, number?])[]) {
  const ears = hearing(loudnessDetector, options);
  const heard: Heard[] = [];
  for (const [sound, timeMs] of pieces) heard.push(await ears.push(sound, timeMs));
  const ended = [...heard.flatMap((one) => one.ended), ...(await ears.flush())];
  return {
    spans: ended.map(({ startMs, endMs }) => [startMs, endMs]),
    lateMs: heard.reduce((sum, one) => sum + one.lateMs, 0),
    nowMs: ears.nowMs(),
  };
}

/** In pieces of 100 ms, with their times changed. */
function pieces(time: (ms: number) => number | undefined): [Waveform, number?][] {
  return Array.from({ length: 30 }, (_, at) => {
    const timeMs = time(at * 100);
    return timeMs === undefined
      ? [piece(SOUND, at * 100, at * 100 + 100)]
      : [piece(SOUND, at * 100, at * 100 + 100), timeMs];
  });
}

describe("hearing", () => {
  test("without times, pieces follow each other; with times that jitter, too", async () => {
    const whole = await spans([[SOUND]]);
    expect(whole.spans).toEqual([[420, 1564]]);
    expect((await spans(pieces(() => undefined))).spans).toEqual(whole.spans);
    expect((await spans(pieces((ms) => Math.max(0, ms + 40 * Math.sin(ms))))).spans).toEqual(whole.spans);
  });

  test("begins at the first piece's time", async () => {
    expect((await spans(pieces((ms) => ms + 10_000))).spans).toEqual([[10_420, 11_564]]);
  });

  test("what comes twice is heard once, and counted as late", async () => {
    const twice = pieces((ms) => ms).flatMap((one) => [one, one]);
    const { spans: found, lateMs } = await spans(twice);
    expect(found).toEqual([[420, 1564]]);
    expect(lateMs).toBeCloseTo(3_000, 5);
  });

  test("a small hole is silence; after a large one everything begins afresh, at the right time", async () => {
    const small = pieces((ms) => ms).filter(([, timeMs = 0]) => timeMs < 800 || timeMs >= 1_000);
    expect((await spans(small)).spans).toEqual([[420, 1564]]);
    const large = pieces((ms) => (ms < 1_000 ? ms : ms + 5_000));
    const { spans: found, nowMs } = await spans(large);
    expect(found).toHaveLength(2);
    expect(found[0]?.[1]).toBeLessThanOrEqual(1_060);
    expect(found[1]?.[0]).toBeGreaterThanOrEqual(5_900);
    expect(nowMs).toBeCloseTo(8_000, -1);
  });

  test("a change of the rate in the middle is heard through", async () => {
    const high: Waveform = {
      samples: Float32Array.from({ length: 48_000 * 2 }, (_, at) => SOUND.samples[16_000 + Math.floor(at / 3)] ?? 0),
      sampleRate: 48_000,
    };
    const { spans: found } = await spans([[piece(SOUND, 0, 1_000)], [high]]);
    expect(found).toHaveLength(1);
    expect(found[0]?.[0]).toBe(420);
    expect(Math.abs((found[0]?.[1] ?? 0) - 1_564)).toBeLessThanOrEqual(32);
  });
});
