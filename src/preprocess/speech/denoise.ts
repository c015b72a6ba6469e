/**
 * Noise reduction by a network that works on frames at its own rate (RNNoise, Valin 2018, at 48 kHz); the platform brings
 * it. Without one, `spectralGate` does the work.
 */
import type { Waveform } from "../../core/media.ts";
import { resample } from "./resample.ts";
import { spectralGate } from "./spectral-gate.ts";

/** One stream through a denoising network. It has state: one per sound. */
export interface FrameDenoiser {
  /** In Hz. */
  readonly sampleRate: number;
  /** Samples a frame. */
  readonly frameSize: number;
  /** How many samples the output comes later than the input. */
  readonly delay: number;
  /** Cleans a frame of samples in [-1, 1] in place. @returns probability of voice, in [0, 1] */
  process(frame: Float32Array): number;
  release(): void;
}

/** Removes noise; the result is as long as the sound, at the same rate and without delay. */
export type Denoise = (sound: Waveform) => Waveform;

/** Runs a sound through a fresh network. */
export function denoiseWith(open: () => FrameDenoiser, sound: Waveform): Waveform {
  const network = open();
  try {
    const { sampleRate, frameSize, delay } = network;
    const input = resample(sound, sampleRate).samples;
    const output = new Float32Array(input.length);
    const frame = new Float32Array(frameSize);
    for (let start = 0; start < input.length + delay; start += frameSize) {
      frame.fill(0);
      frame.set(input.subarray(start, start + frameSize));
      network.process(frame);
      const from = Math.max(0, delay - start);
      if (from < frameSize)
        output.set(frame.subarray(from, from + output.length - (start + from - delay)), start + from - delay);
    }
    const { samples } = resample({ samples: output, sampleRate }, sound.sampleRate);
    // There and back rounds up twice.
    return { samples: samples.slice(0, sound.samples.length), sampleRate: sound.sampleRate };
  } finally {
    network.release();
  }
}

/** The best denoiser at hand. @param open the platform's network, if it has one */
export function denoiser(open: (() => FrameDenoiser) | null): Denoise {
  return open === null ? (sound) => spectralGate(sound) : (sound) => denoiseWith(open, sound);
}
