/**
 * The faces before one camera, each with a number that it keeps while it is seen. Everybody is looked for once a
 * second; in between each known face is only followed, which costs a tenth.
 */
import type { Frame } from "../../core/media.ts";
import type { Box } from "../../core/prediction.ts";
import { overlap } from "../../preprocess/face/blazeface.ts";
import type { DetectedFace, FaceDetector } from "../face-expert.ts";
import { largestFirst } from "../leading-face.ts";

/** A face of a frame. */
export interface Sighting {
  readonly track: number;
  readonly face: DetectedFace;
}

export interface FaceTracks {
  /** @param frame in order of time @returns largest face first */
  see(frame: Frame): Promise<readonly Sighting[]>;
}

interface Track {
  readonly id: number;
  box: Box;
  seenMs: number;
}

const LOOK_EVERY_MS = 1_000;
/** Faces of a stream are large and mostly upright, and there are many frames. */
const LOOK = { turns: false, finest: 512, even: true } as const;
const GLANCE = { turns: false, finest: 256, room: false, even: true } as const;
/** More faces than this are looked for together, which then is cheaper than to follow each. */
const MOST_FOLLOWED = 3;
/** More are not tracked, the smallest left out. */
const MOST_FACES = 8;
/** A face that is away for longer comes back as another. */
const LOST_MS = 1_500;
/** Least overlap with where the face was. */
const SAME = 0.2;

const tightBox = ({ tight, box }: DetectedFace): Box => tight ?? box;

/** @param nextTrack gives a number that no other track of the session has */
export function faceTracks(detector: FaceDetector, nextTrack: () => number): FaceTracks {
  let tracks: Track[] = [];
  let nextLookMs = Number.NEGATIVE_INFINITY;

  /** Gives each face to the track that it overlaps most, best pairs first; the rest become new tracks. */
  function match(faces: readonly DetectedFace[], timeMs: number): Sighting[] {
    const pairs = faces
      .flatMap((face) => tracks.map((track) => ({ face, track, shared: overlap(tightBox(face), track.box) })))
      .filter(({ shared }) => shared >= SAME)
      .sort((a, b) => b.shared - a.shared);
    const found = new Map<DetectedFace, Track>();
    for (const { face, track } of pairs) {
      if (!found.has(face) && ![...found.values()].includes(track)) found.set(face, track);
    }
    return faces.map((face) => {
      const track = found.get(face) ?? { id: nextTrack(), box: tightBox(face), seenMs: timeMs };
      if (!found.has(face)) tracks.push(track);
      track.box = tightBox(face);
      track.seenMs = timeMs;
      return { track: track.id, face };
    });
  }

  async function look({ picture, timeMs }: Frame, options: typeof LOOK | typeof GLANCE): Promise<Sighting[]> {
    return match(largestFirst(await detector.detect(picture, options)).slice(0, MOST_FACES), timeMs);
  }

  /** The known faces, or undefined if one of them is gone. */
  async function follow({ picture, timeMs }: Frame, known: readonly Track[]): Promise<Sighting[] | undefined> {
    const seen: Sighting[] = [];
    for (const track of known) {
      const face = await detector.follow?.(picture, track.box);
      if (face === undefined) return undefined;
      // Two tracks that have run into one face: a look tells who is there.
      if (seen.some((other) => overlap(tightBox(other.face), tightBox(face)) > 0.5)) return undefined;
      track.box = tightBox(face);
      track.seenMs = timeMs;
      seen.push({ track: track.id, face });
    }
    const order = largestFirst(seen.map(({ face }) => face));
    return seen.sort((a, b) => order.indexOf(a.face) - order.indexOf(b.face));
  }

  return {
    async see(frame) {
      const { timeMs } = frame;
      tracks = tracks.filter(({ seenMs }) => timeMs - seenMs <= LOST_MS);
      const current = tracks.filter(({ seenMs }) => timeMs - seenMs < LOOK_EVERY_MS);
      const isDue = timeMs >= nextLookMs;
      if (!isDue && current.length === 0) return look(frame, GLANCE);
      if (!isDue && current.length <= MOST_FOLLOWED && detector.follow !== undefined) {
        const followed = await follow(frame, current);
        if (followed !== undefined) return followed;
      }
      nextLookMs = timeMs + LOOK_EVERY_MS;
      return look(frame, LOOK);
    },
  };
}
