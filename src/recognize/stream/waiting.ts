/** What a speaker has sent and nobody has looked at yet. Bounded: beyond the bounds it is dropped and counted. */
import type { Picture, Waveform } from "../../core/media.ts";

interface WaitingSound {
  readonly sound: Waveform;
  readonly timeMs: number | undefined;
}

interface WaitingFrame {
  readonly picture: Picture | Uint8Array;
  readonly timeMs: number;
}

interface WaitingText {
  readonly text: string;
  readonly startMs: number | undefined;
  readonly endMs: number | undefined;
}

/** Sound that may wait. */
const MOST_SOUND_MS = 10_000;
const MOST_PIECES = 4_096;
const MOST_TEXTS = 16;
/** Sound that is worked on in one turn. */
const TURN_MS = 500;

/** What became of something sent. */
export type Fate = "kept" | "busy" | "late" | "thinned";

export interface Waiting {
  sound(piece: WaitingSound): Fate;
  frame(frame: WaitingFrame): Fate;
  text(text: WaitingText): Fate;
  soundMs(): number;
  frames(): number;
  texts(): number;
  /** The next pieces, at most as much as one turn should take. */
  takeSound(): readonly WaitingSound[];
  takeFrame(): WaitingFrame | undefined;
  takeTexts(): readonly WaitingText[];
}

/** @param fps frames wanted per second */
export function waitingInput(fps: number): Waiting {
  const periodMs = 1_000 / fps;
  /** Times of frames jitter: one that is nearly due is due. */
  const slackMs = periodMs / 5;
  let pieces: WaitingSound[] = [];
  let soundMs = 0;
  let frame: WaitingFrame | undefined;
  let takenMs = Number.NEGATIVE_INFINITY;
  let texts: WaitingText[] = [];
  const length = ({ sound }: WaitingSound): number => (1000 * sound.samples.length) / sound.sampleRate;
  return {
    sound(piece) {
      if (soundMs + length(piece) > MOST_SOUND_MS || pieces.length >= MOST_PIECES) return "busy";
      pieces.push(piece);
      soundMs += length(piece);
      return "kept";
    },
    frame(next) {
      if (next.timeMs <= (frame?.timeMs ?? takenMs)) return "late";
      if (next.timeMs < (frame?.timeMs ?? takenMs) + periodMs - slackMs) return "thinned";
      const replaces = frame !== undefined;
      frame = next;
      return replaces ? "busy" : "kept";
    },
    text(next) {
      if (texts.length >= MOST_TEXTS) return "busy";
      texts.push(next);
      return "kept";
    },
    soundMs: () => soundMs,
    frames: () => (frame === undefined ? 0 : 1),
    texts: () => texts.length,
    takeSound() {
      let takenSoundMs = 0;
      let count = 0;
      while (count < pieces.length && (count === 0 || takenSoundMs < TURN_MS)) {
        takenSoundMs += length(pieces[count++] as WaitingSound);
      }
      const taken = pieces.slice(0, count);
      pieces = pieces.slice(count);
      soundMs = pieces.length === 0 ? 0 : soundMs - takenSoundMs;
      return taken;
    },
    takeFrame() {
      const taken = frame;
      frame = undefined;
      if (taken !== undefined) takenMs = taken.timeMs;
      return taken;
    },
    takeTexts() {
      const taken = texts;
      texts = [];
      return taken;
    },
  };
}
