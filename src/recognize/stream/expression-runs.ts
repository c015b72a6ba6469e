/** Stretches of time in which a face appears to express one thing, by its smoothed scores. */
import type { FurtherColumns, Scores } from "../../core/prediction.ts";
import { sortedScores } from "../opinion.ts";
import type { TrackedFace } from "./events.ts";
import { type SmoothedColumns, smoothColumns, smoothedColumns } from "./smoothed-columns.ts";

/** A face of one frame. */
export interface FrameFace extends Pick<TrackedFace, "track" | "quality" | "scores" | "smoothed"> {
  /** Of this frame alone, where the model has further columns. */
  readonly columns?: FurtherColumns;
}

export interface ExpressionRun {
  readonly track: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Mean over the frames, by quality. */
  readonly scores: Scores;
  /** Likewise, where the model has further columns. */
  readonly columns?: FurtherColumns;
}

export interface ExpressionRuns {
  /** @param faces of the frame at `timeMs` @returns runs that have ended */
  push(timeMs: number, faces: readonly FrameFace[]): ExpressionRun[];
  /** Ends all. */
  flush(): ExpressionRun[];
}

interface Open {
  readonly track: number;
  readonly label: string;
  readonly startMs: number;
  lastMs: number;
  weight: number;
  sums: Map<string, number>;
  columns: SmoothedColumns | undefined;
}

/** A face that is away for longer than this ends its run. */
const GAP_MS = 1_000;
/** A run is told about at least this often. */
const LONGEST_MS = 10_000;
/** Columns are smoothed with this half-life: no frame of a run counts less for being old. */
const NEVER_MS = Number.POSITIVE_INFINITY;

function ended({ track, startMs, lastMs, weight, sums, columns }: Open, endMs = lastMs): ExpressionRun {
  const labels = [...sums.keys()];
  const scores = sortedScores(
    labels,
    labels.map((label) => (sums.get(label) as number) / weight),
  );
  return {
    ...{ track, startMs: Math.round(startMs), endMs: Math.round(endMs), scores },
    ...(columns === undefined ? {} : { columns: smoothedColumns(columns) }),
  };
}

export function expressionRuns(): ExpressionRuns {
  let open: Open[] = [];
  return {
    push(timeMs, faces) {
      const done: ExpressionRun[] = [];
      open = open.filter((run) => {
        if (timeMs - run.lastMs <= GAP_MS) return true;
        done.push(ended(run));
        return false;
      });
      for (const { track, quality, scores, smoothed, columns } of faces) {
        const label = smoothed[0]?.label ?? "";
        let run = open.find((one) => one.track === track);
        if (run !== undefined && (run.label !== label || timeMs - run.startMs >= LONGEST_MS)) {
          done.push(ended(run, timeMs));
          open = open.filter((one) => one !== run);
          run = undefined;
        }
        if (run === undefined) {
          run = { track, label, startMs: timeMs, lastMs: timeMs, weight: 0, sums: new Map(), columns: undefined };
          open.push(run);
        }
        run.lastMs = timeMs;
        run.weight += quality;
        for (const { label: name, score } of scores) run.sums.set(name, (run.sums.get(name) ?? 0) + quality * score);
        if (columns !== undefined) run.columns = smoothColumns(run.columns, columns, quality, timeMs, NEVER_MS);
      }
      return done;
    },
    flush() {
      const done = open.map((run) => ended(run));
      open = [];
      return done;
    },
  };
}
