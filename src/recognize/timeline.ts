/** Segments in time: what face or voice appears to express from when to when. */
import type { FaceResult, Scores, Segment } from "../core/prediction.ts";
import { type AnswerLabel, scoresOf } from "./answer.ts";
import { furtherColumns } from "./columns.ts";
import { mergeOpinions } from "./evidence.ts";
import type { Opinion } from "./opinion.ts";

/** The leading face of one frame. */
export interface FacePoint {
  readonly timeMs: number;
  readonly opinion: Opinion;
  readonly face: Pick<FaceResult, "box" | "confidence">;
}

/** Frames on each side that a frame's opinion is averaged with, so that one odd frame makes no segment. */
const SMOOTHING = 1;
/** A face away for longer than this many frame periods ends its segment. */
const GAP_PERIODS = 2.5;

function topLabel(scores: Scores): string {
  return scores[0]?.label ?? "";
}

/**
 * Joins neighbouring frames that agree.
 *
 * @param points in order of time
 * @param periodMs time from frame to frame
 * @returns segments, and of each the clearest face
 */
export function faceTimeline(
  points: readonly FacePoint[],
  periodMs: number,
  rename: AnswerLabel,
): { segments: Segment[]; faces: FaceResult[] } {
  const isNear = (a: FacePoint | undefined, b: FacePoint | undefined): boolean =>
    a !== undefined && b !== undefined && Math.abs(a.timeMs - b.timeMs) <= GAP_PERIODS * periodMs;
  const labels = points.map((point, index) => {
    const near = points
      .slice(Math.max(0, index - SMOOTHING), index + SMOOTHING + 1)
      .filter((other) => isNear(point, other))
      .map(({ opinion }) => opinion);
    return topLabel(
      scoresOf(
        mergeOpinions(
          near,
          near.map((opinion) => opinion.quality),
        ),
        rename,
      ),
    );
  });
  const segments: Segment[] = [];
  const faces: FaceResult[] = [];
  for (let start = 0; start < points.length; ) {
    let end = start + 1;
    while (end < points.length && labels[end] === labels[start] && isNear(points[end - 1], points[end])) end++;
    const part = points.slice(start, end);
    const weights = part.map(({ opinion }) => opinion.quality);
    const whole = mergeOpinions(
      part.map(({ opinion }) => opinion),
      weights,
    );
    const scores = scoresOf(whole, rename);
    const next = points[end];
    const last = part.at(-1) as FacePoint;
    const endMs = isNear(last, next) ? (next as FacePoint).timeMs : last.timeMs + periodMs;
    segments.push({
      modality: "face",
      startMs: Math.round((part[0] as FacePoint).timeMs),
      endMs: Math.round(endMs),
      label: topLabel(scores),
      confidence: scores[0]?.score ?? 0,
      scores,
      ...furtherColumns(whole),
    });
    const clearest = part.reduce((best, point) => (point.opinion.quality > best.opinion.quality ? point : best));
    faces.push({
      ...clearest.face,
      scores: scoresOf(clearest.opinion, rename),
      ...furtherColumns(clearest.opinion),
      timeMs: Math.round(clearest.timeMs),
    });
    start = end;
  }
  return { segments, faces };
}

/** In order of time; at the same time in order of modality name. */
export function inOrder(segments: readonly Segment[]): Segment[] {
  return [...segments].sort((a, b) => a.startMs - b.startMs || (a.modality < b.modality ? -1 : 1));
}
