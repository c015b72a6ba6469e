import { expect, test } from "vitest";
import { join, silence, tone } from "../../../test/support/sounds.ts";
import { voice } from "../../../test/support/voice.ts";
import type { Waveform } from "../../core/media.ts";
import { random } from "../../core/random.ts";
import { addNoise } from "./augment.ts";
import { type PitchOptions, pitch } from "./pitch.ts";

/** Steps 1 to 5 of YIN as the article writes them: every difference of every frame, one after the other. */
function plainPitch({ samples, sampleRate }: Waveform, { low = 65, high = 600, threshold = 0.15 }: PitchOptions = {}) {
  const [shortest, longest] = [Math.max(2, Math.floor(sampleRate / high)), Math.ceil(sampleRate / low)];
  const frames = 1 + Math.floor((samples.length - 2 * longest) / (sampleRate / 100));
  return Array.from({ length: frames }, (_, frame) => {
    const start = Math.round((frame * sampleRate) / 100);
    const part = samples.subarray(start, start + longest);
    if (part.reduce((sum, value) => sum + value ** 2, 0) < longest * 1e-8) return { hertz: 0, voicing: 0 };
    const differences = Array.from({ length: longest }, (_, lag) =>
      part.reduce((sum, value, at) => sum + (value - (samples[start + at + lag] as number)) ** 2, 0),
    );
    let sum = 0;
    const normal = differences.map((value, lag) => {
      sum += value;
      return lag === 0 || sum === 0 ? 1 : (value * lag) / sum;
    });
    const at = (lag: number): number => normal[lag] as number;
    let best = normal.findIndex((value, lag) => lag >= shortest && lag < longest - 1 && value < threshold);
    if (best < 0) return { hertz: 0, voicing: 0 };
    while (best + 1 < longest - 1 && at(best + 1) < at(best)) best++;
    const curve = at(best - 1) - 2 * at(best) + at(best + 1);
    const offset = curve <= 0 ? 0 : (at(best - 1) - at(best + 1)) / (2 * curve);
    const voicing = Math.max(0, 1 - at(best));
    return { hertz: sampleRate / (best + Math.max(-0.5, Math.min(0.5, offset))), voicing };
  });
}

/** Middle of each value and its neighbours, the ends as they are. */
function medians(values: readonly number[]): number[] {
  return values.map((value, at) => {
    const near = values.slice(Math.max(0, at - 1), at + 2);
    return near.length < 3 ? value : (near.sort((a, b) => a - b)[1] as number);
  });
}

const RATE = 8_000;
const spoken = { samples: voice(1.5, 170).samples.filter((_, at) => at % 2 === 0), sampleRate: RATE };

test.each([
  ["a voice", spoken, {}],
  ["a voice in noise", addNoise(spoken, null, 10, random(1)), {}],
  ["a tone between silences", join(silence(0.2, RATE), tone(440, 0.3, 0.5, RATE), silence(0.2, RATE)), {}],
  ["a low and narrow range", spoken, { low: 50, high: 120, threshold: 0.3 }],
] as const)("of %s it is what every difference, worked out by itself, says", (_, sound, options) => {
  const { hertz, voicing } = pitch(sound, options);
  const plain = plainPitch(sound, options);
  expect(plain.some((frame) => frame.hertz > 0) && plain.some((frame) => frame.hertz === 0)).toBe(true);
  // The last bit of single precision is all that may differ.
  const expected = medians(plain.map((frame) => Math.fround(frame.hertz)));
  expect(hertz).toHaveLength(expected.length);
  for (const [step, value] of expected.entries()) expect(Math.abs((hertz[step] as number) - value)).toBeLessThan(1e-4);
  for (const [step, frame] of plain.entries()) expect(voicing[step]).toBeCloseTo(frame.voicing, 6);
});
