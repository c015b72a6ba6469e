/**
 * One camera: faces of frames, tracked, smoothed, cut into stretches of one expression, and remembered for fusion.
 *
 * A still picture is looked at in every pass of the face model. Here the passes of a face are spread over its frames,
 * about ten a second, and go round: the mean over half a second of frames is that of the same passes, at a fraction of
 * the price. A face that is new, or that was last seen half a second ago, is looked at in all of them.
 */
import type { Frame, Picture } from "../../core/media.ts";
import type { FaceResult } from "../../core/prediction.ts";
import { type AnswerLabel, scoresOf } from "../answer.ts";
import { furtherColumns } from "../columns.ts";
import { type Evidence, mergeOpinions } from "../evidence.ts";
import type { FaceDetector, FaceExpert, PreparedFace } from "../face-expert.ts";
import type { Opinion } from "../opinion.ts";
import type { TrackedFace } from "./events.ts";
import { type ExpressionRun, expressionRuns } from "./expression-runs.ts";
import { faceTracks, type Sighting } from "./face-tracks.ts";
import { type SmoothedColumns, smoothColumns, smoothedColumns } from "./smoothed-columns.ts";
import { type Smoothed, smooth, smoothedScores } from "./smoothing.ts";

interface Watched {
  readonly faces: readonly TrackedFace[];
  /** Stretches that have ended. */
  readonly ended: readonly ExpressionRun[];
}

export interface Watching {
  /** @param frame later than the one before @throws AffektError of the networks */
  see(frame: Frame): Promise<Watched>;
  /** The leading face from when to when; undefined if no frame came in that time. */
  evidence(startMs: number, endMs: number): Evidence | undefined;
  /** Ends all stretches. */
  flush(): readonly ExpressionRun[];
}

interface Point {
  readonly timeMs: number;
  /** Of the largest face; undefined if there was none. */
  readonly leading: { readonly opinion: Opinion; readonly face: Omit<FaceResult, "scores" | "timeMs"> } | undefined;
}

const HALF_LIFE_MS = 700;
/** Frames that are remembered: those of the longest utterance and a bit more. */
const REMEMBERED_MS = 20_000;
const MOST_POINTS = 600;
/** An expression begins before the voice does, and outlasts it. */
const AROUND_MS = 250;
const FORGOTTEN_MS = 3_000;
/** Passes of the face model for each face and second of frames, while there are frames enough. */
const PASSES_PER_S = 10;

/** What a track has shown lately. */
interface Shown {
  readonly scores: Smoothed;
  readonly columns?: SmoothedColumns;
}

/** The next passes of one face. */
interface Round {
  readonly timeMs: number;
  readonly next: number;
}

/**
 * Which passes look at a face in a frame.
 *
 * @param before of the frame in which it was seen last; undefined: never
 * @param all how many there are
 */
function passesDue(before: Round | undefined, timeMs: number, all: number): readonly number[] {
  const since = before === undefined ? Number.POSITIVE_INFINITY : timeMs - before.timeMs;
  const count = Math.min(all, Math.max(1, Math.round((since / 1000) * PASSES_PER_S)));
  return Array.from({ length: count }, (_, index) => ((before?.next ?? 0) + index) % all);
}

export function watching(
  detector: FaceDetector,
  expert: FaceExpert,
  rename: AnswerLabel,
  nextTrack: () => number,
): Watching {
  const tracks = faceTracks(detector, nextTrack);
  const runs = expressionRuns();
  let smoothed = new Map<number, Shown>();
  let rounds = new Map<number, Round>();
  let points: Point[] = [];

  /** What the network is to see of a face in this frame. */
  function prepared(picture: Picture, { track, face }: Sighting, timeMs: number): PreparedFace {
    const passes = passesDue(rounds.get(track), timeMs, expert.passes);
    rounds.set(track, { timeMs, next: ((passes.at(-1) as number) + 1) % expert.passes });
    return expert.prepare(picture, face, passes);
  }

  return {
    async see(frame) {
      const { picture, timeMs } = frame;
      const sightings = await tracks.see(frame);
      const opinions = await expert.opinions(sightings.map((sighting) => prepared(picture, sighting, timeMs)));
      const said = opinions.map((opinion) => furtherColumns(opinion));
      const faces = sightings.map(({ track, face: { box, confidence } }, index): TrackedFace => {
        const opinion = opinions[index] as Opinion;
        const scores = scoresOf(opinion, rename);
        const { quality } = opinion;
        const before = smoothed.get(track);
        const state = smooth(before?.scores, scores, quality, timeMs, HALF_LIFE_MS);
        const own = said[index]?.columns;
        const columns = own && smoothColumns(before?.columns, own, quality, timeMs, HALF_LIFE_MS);
        smoothed.set(track, { scores: state, ...(columns === undefined ? {} : { columns }) });
        return {
          ...{ track, box, confidence, quality, scores, smoothed: smoothedScores(state) },
          ...(columns === undefined ? {} : { columns: smoothedColumns(columns) }),
        };
      });
      smoothed = new Map([...smoothed].filter(([, { scores }]) => timeMs - scores.timeMs <= FORGOTTEN_MS));
      rounds = new Map([...rounds].filter(([, round]) => timeMs - round.timeMs <= FORGOTTEN_MS));
      const [first] = faces;
      const [opinion] = opinions;
      const leading =
        first === undefined || opinion === undefined
          ? undefined
          : { opinion, face: { box: first.box, confidence: first.confidence } };
      points.push({ timeMs, leading });
      points = points.filter((point) => timeMs - point.timeMs <= REMEMBERED_MS).slice(-MOST_POINTS);
      const ofFrame = faces.map(({ track, quality, scores, smoothed: lately }, index) => ({
        ...{ track, quality, scores, smoothed: lately },
        ...said[index],
      }));
      return { faces, ended: runs.push(timeMs, ofFrame) };
    },
    evidence(startMs, endMs) {
      const during = points.filter(
        ({ timeMs }) => timeMs >= startMs - AROUND_MS && timeMs <= Math.max(endMs, startMs) + AROUND_MS,
      );
      if (during.length === 0) return undefined;
      const seen = during.flatMap(({ timeMs, leading }) => (leading === undefined ? [] : [{ timeMs, ...leading }]));
      if (seen.length === 0) {
        return {
          code: "no-face",
          reason: `No face was found in the ${during.length} frames looked at.`,
          hint: "Let the face be upright, lit and at least 32 pixels wide.",
        };
      }
      const clearest = seen.reduce((best, one) => (one.opinion.quality > best.opinion.quality ? one : best));
      const { face, opinion, timeMs } = clearest;
      return {
        opinion: mergeOpinions(
          seen.map((one) => one.opinion),
          seen.map((one) => one.opinion.quality),
        ),
        faces: [{ ...face, scores: scoresOf(opinion, rename), ...furtherColumns(opinion), timeMs: Math.round(timeMs) }],
      };
    },
    flush: () => runs.flush(),
  };
}
