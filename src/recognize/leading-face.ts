/**
 * The leading face of a film, frame by frame. It is looked for everywhere once a second; in between only where it was,
 * or, where there was none, at a glance. Neighbouring frames of a film show nearly the same.
 */
import type { Frame } from "../core/media.ts";
import type { DetectedFace, FaceDetector } from "./face-expert.ts";

const LOOK_EVERY_MS = 1000;
/** Times of frames are rounded. */
const ROUNDING_MS = 1;
/** The leading face of a film is large and upright, and there are many frames. */
const LOOK = { turns: false, finest: 512 } as const;
const GLANCE = { turns: false, finest: 256, room: false } as const;

/** Largest face first. */
export function largestFirst(faces: readonly DetectedFace[]): DetectedFace[] {
  const area = ({ tight, box }: DetectedFace): number => (tight ?? box).width * (tight ?? box).height;
  return [...faces].sort((a, b) => area(b) - area(a));
}

/** @returns what finds the leading face of each frame, which must come in order of time; undefined where there is none */
export function leadingFace(detector: FaceDetector): (frame: Frame) => Promise<DetectedFace | undefined> {
  let last: DetectedFace | undefined;
  let nextLookMs = Number.NEGATIVE_INFINITY;
  return async ({ picture, timeMs }) => {
    const isDue = timeMs + ROUNDING_MS >= nextLookMs;
    if (!isDue && last === undefined) {
      [last] = largestFirst(await detector.detect(picture, GLANCE));
      return last;
    }
    if (!isDue && last !== undefined) {
      last = await detector.follow?.(picture, last.tight ?? last.box);
      if (last !== undefined) return last;
    }
    nextLookMs = timeMs + LOOK_EVERY_MS;
    const [found] = largestFirst(await detector.detect(picture, LOOK));
    // The closer look again, or the box of this frame would differ from its neighbours' by how it was found.
    last = found && ((await detector.follow?.(picture, found.tight ?? found.box)) ?? found);
    return last;
  };
}
