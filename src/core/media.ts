/** Decoded media, as portable code sees it. */

/** Mono sound. */
export interface Waveform {
  /** Samples in [-1, 1]. */
  readonly samples: Float32Array;
  /** Samples per second, in Hz. */
  readonly sampleRate: number;
}

/** An upright picture: 8 bits a channel, rows from the top, interleaved channels. */
export interface Picture {
  /** `[height, width, channels]`, row-major. */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 RGB, 4 RGBA. */
  readonly channels: 1 | 3 | 4;
}

/** A matrix of features, one row per step. */
export interface Features {
  /** `[steps, bands]`, row-major. */
  readonly data: Float32Array;
  readonly steps: number;
  readonly bands: number;
  /** Numbers of the whole utterance, where a network reads such, not normalized. */
  readonly functionals?: Float32Array;
}

/** A frame of a video. */
export interface Frame {
  readonly picture: Picture;
  readonly timeMs: number;
}
