/** Faces of pictures and of films: detect, prepare, ask the expert in batches, keep nothing of the picture. */
import { AffektError } from "../core/errors.ts";
import type { Frame, Picture } from "../core/media.ts";
import type { FaceResult } from "../core/prediction.ts";
import { type AnswerLabel, scoresOf } from "./answer.ts";
import { furtherColumns } from "./columns.ts";
import { type Evidence, mergeOpinions } from "./evidence.ts";
import type { DetectedFace, FaceDetector, FaceExpert, PreparedFace } from "./face-expert.ts";
import { largestFirst, leadingFace } from "./leading-face.ts";
import { type FacePoint, faceTimeline } from "./timeline.ts";

/** A picture's faces, largest first, ready for the network. */
export interface FoundFaces {
  readonly faces: readonly DetectedFace[];
  readonly prepared: readonly PreparedFace[];
}

/** Frames of a film that wait for one run of the network. */
const FRAMES_PER_RUN = 32;

export async function findFaces(picture: Picture, detector: FaceDetector, expert: FaceExpert): Promise<FoundFaces> {
  const faces = largestFirst(await detector.detect(picture));
  return { faces, prepared: faces.map((face) => expert.prepare(picture, face)) };
}

function noFace(where: string): Evidence {
  return {
    code: "no-face",
    reason: `No face was found in ${where}.`,
    hint: "Use a picture in which a face is upright, lit and at least 32 pixels wide.",
  };
}

/** Evidence of pictures, all faces of all of them asked in one batch. The largest face of each leads. */
export async function pictureEvidence(
  pictures: readonly FoundFaces[],
  expert: FaceExpert,
  rename: AnswerLabel,
): Promise<Evidence[]> {
  const opinions = await expert.opinions(pictures.flatMap(({ prepared }) => prepared));
  let at = 0;
  return pictures.map(({ faces }) => {
    const own = opinions.slice(at, at + faces.length);
    at += faces.length;
    const [leading] = own;
    if (leading === undefined) return noFace("the picture");
    const results = faces.map(
      ({ box, confidence }, face): FaceResult => ({
        box,
        confidence,
        scores: scoresOf(own[face] as (typeof own)[number], rename),
        ...furtherColumns(own[face] as (typeof own)[number]),
      }),
    );
    return { opinion: leading, faces: results };
  });
}

/**
 * Evidence of a film: the largest face of each frame, averaged over time by its quality, and a timeline.
 *
 * @param frames in order of time, at most `fps` a second
 * @throws AffektError `aborted`, and whatever the frames throw
 */
export async function filmEvidence(
  frames: AsyncIterable<Frame>,
  fps: number,
  detector: FaceDetector,
  expert: FaceExpert,
  rename: AnswerLabel,
  signal?: AbortSignal,
): Promise<Evidence> {
  const points: FacePoint[] = [];
  let waiting: { timeMs: number; face: DetectedFace; prepared: PreparedFace }[] = [];
  let seen = 0;
  const leading = leadingFace(detector);
  async function run(): Promise<void> {
    const opinions = await expert.opinions(waiting.map(({ prepared }) => prepared));
    for (const [index, { timeMs, face }] of waiting.entries()) {
      const { box, confidence } = face;
      points.push({ timeMs, opinion: opinions[index] as (typeof opinions)[number], face: { box, confidence } });
    }
    waiting = [];
  }
  for await (const frame of frames) {
    throwIfAborted(signal);
    const { picture, timeMs } = frame;
    seen++;
    const face = await leading(frame);
    if (face !== undefined) waiting.push({ timeMs, face, prepared: expert.prepare(picture, face) });
    if (waiting.length === FRAMES_PER_RUN) await run();
  }
  if (waiting.length > 0) await run();
  if (points.length === 0) return noFace(`the ${seen} frames looked at`);
  const opinion = mergeOpinions(
    points.map((point) => point.opinion),
    points.map((point) => point.opinion.quality),
  );
  const { segments, faces } = faceTimeline(points, 1000 / fps, rename);
  return { opinion, segments, faces: byArea(faces) };
}

function byArea(faces: readonly FaceResult[]): FaceResult[] {
  return [...faces].sort((a, b) => b.box.width * b.box.height - a.box.width * a.box.height);
}

/** @throws AffektError `aborted` */
export function throwIfAborted(signal?: AbortSignal): void {
  if (signal?.aborted) throw new AffektError("aborted", "Recognition was stopped by its caller.", "Nothing to do.");
}
