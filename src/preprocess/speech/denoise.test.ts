import { describe, expect, test } from "vitest";
import { join, rms, silence, tone } from "../../../test/support/sounds.ts";
import { random } from "../../core/random.ts";
import { addNoise } from "./augment.ts";
import { denoiser, denoiseWith } from "./denoise.ts";
import { speechQuality } from "./quality.ts";
import { spectralGate } from "./spectral-gate.ts";

/** Half a second of a tone, half a second of nothing, twice. */
const speech = join(tone(440, 0.5), silence(0.5), tone(440, 0.5), silence(0.5));
const noisy = addNoise(speech, null, 10, random(1));

describe("spectralGate", () => {
  test("turns noise in pauses down by 12 dB or more and leaves the tone", () => {
    const { samples } = spectralGate(noisy);
    const pause = [9_600, 15_200] as const;
    const drop = rms(noisy.samples.subarray(...pause)) / rms(samples.subarray(...pause));
    expect(20 * Math.log10(drop)).toBeGreaterThan(12);
    expect(
      20 * Math.log10(rms(samples.subarray(1_600, 7_200)) / rms(speech.samples.subarray(1_600, 7_200))),
    ).toBeCloseTo(0, 0);
  });

  test("with nothing subtracted it gives back what came in", () => {
    const { samples } = spectralGate(noisy, { overSubtraction: 0 });
    let worst = 0;
    samples.forEach((value, i) => void (worst = Math.max(worst, Math.abs(value - noisy.samples[i]!))));
    expect(worst).toBeLessThan(1e-6);
  });

  test("silence stays silence, 20 ms stay as they are", () => {
    expect(rms(spectralGate(silence(1)).samples)).toBe(0);
    const short = tone(440, 0.02);
    expect(spectralGate(short)).toBe(short);
  });
});

describe("denoiseWith", () => {
  /** A network that only delays, by its own frame. */
  function delaying(released: string[]) {
    let held = new Float32Array(480);
    return () => ({
      sampleRate: 48_000,
      frameSize: 480,
      delay: 480,
      process(frame: Float32Array) {
        const now = frame.slice();
        frame.set(held);
        held = now;
        return 1;
      },
      release: () => void released.push("released"),
    });
  }

  test.each([1_000, 1_601, 16_000])("takes the delay out and keeps the length of %i samples", (length) => {
    const sound = { samples: tone(440, 1).samples.slice(0, length), sampleRate: 16_000 };
    const released: string[] = [];
    const { samples } = denoiseWith(delaying(released), sound);
    expect(samples).toHaveLength(length);
    for (let i = 200; i < length - 200; i++) expect(Math.abs(samples[i]! - sound.samples[i]!)).toBeLessThan(2e-3);
    expect(released).toEqual(["released"]);
  });

  test("without a network the spectral gate does the work", () => {
    expect(denoiser(null)(noisy)).toEqual(spectralGate(noisy));
  });
});

describe("speechQuality", () => {
  test("good speech is near 1, and each defect lowers it", () => {
    const clean = speechQuality(speech).quality;
    expect(clean).toBe(1);
    const quiet = { samples: speech.samples.map((value) => value * 0.003), sampleRate: 16_000 };
    const clipped = {
      samples: speech.samples.map((value) => Math.max(-1, Math.min(1, value * 20))),
      sampleRate: 16_000,
    };
    for (const worse of [quiet, clipped, addNoise(speech, null, 0, random(1))]) {
      expect(speechQuality(worse).quality).toBeLessThan(0.75 * clean);
    }
    expect(speechQuality(clipped).clipping).toBeGreaterThan(0.3);
  });

  test("silence is worth nothing, 20 ms next to nothing, no speech nothing", () => {
    expect(speechQuality(silence(1)).quality).toBe(0);
    expect(speechQuality(tone(440, 0.02)).quality).toBeLessThan(0.1);
    expect(speechQuality(speech, []).quality).toBe(0);
    expect(speechQuality(speech, [{ startMs: 0, endMs: 500 }]).speechShare).toBe(0.25);
  });

  test("the SNR is about that of the noise added", () => {
    expect(Math.abs(speechQuality(noisy).snrDb - 13)).toBeLessThan(3);
  });
});
