/**
 * Alerts: rules over what one speaker or one face appears to express along time. An alert says what was seen, where,
 * and how far it was over the rule's limit; a person looks, and decides. Nothing else follows from it.
 */
import { affectOf } from "../core/affect.ts";
import type { Scores } from "../core/prediction.ts";
import type { Rule, Wording } from "./scenario.ts";

/** An utterance of a speaker, or one look at a face. */
export interface Observation {
  readonly of: "utterance" | "face";
  readonly startMs: number;
  readonly endMs: number;
  /** Smoothed. */
  readonly scores: Scores;
}

export interface Alert {
  readonly rule: string;
  readonly kind: Rule["kind"];
  readonly title: Wording;
  readonly advice: Wording;
  /** The time that it is about. */
  readonly startMs: number;
  readonly endMs: number;
  /** What was observed: a probability (over the time of `sustained`: its mean), or how far the valence fell. */
  readonly value: number;
  /** What the rule asks for at least. */
  readonly limit: number;
}

/** What a rule remembers between observations: plain data, so that a step can be taken again. */
interface Memory {
  /** A run at or above the limit. */
  readonly run?: { readonly startMs: number; readonly endMs: number; readonly sum: number; readonly many: number };
  /** Valences that may still be the highest of their time: each lower than the one before. */
  readonly high?: readonly { readonly timeMs: number; readonly valence: number }[];
}

interface Step {
  readonly memory: Memory;
  readonly found?: Pick<Alert, "startMs" | "endMs" | "value" | "limit">;
}

function sumOf(scores: Scores, labels: readonly string[]): number {
  return scores.reduce((sum, { label, score }) => (labels.includes(label) ? sum + score : sum), 0);
}

/** Where sums of shares that should reach a limit miss it by their rounding. */
const ROUNDING = 1e-9;

function step(rule: Rule, memory: Memory, { startMs, endMs, scores }: Observation): Step {
  if (rule.kind === "drop") {
    const valence = affectOf(scores)?.valence;
    if (valence === undefined) return { memory };
    const since = endMs - rule.withinSeconds * 1000;
    const before = (memory.high ?? []).filter(({ timeMs }) => timeMs >= since);
    const [highest] = before;
    const high = [...before.filter((one) => one.valence > valence), { timeMs: endMs, valence }];
    const fall = highest === undefined ? 0 : highest.valence - valence;
    if (highest === undefined || fall < rule.by - ROUNDING) return { memory: { high } };
    return { memory: { high }, found: { startMs: highest.timeMs, endMs, value: fall, limit: rule.by } };
  }
  const value = sumOf(scores, rule.labels);
  const limit = rule.atLeast;
  if (value < limit - ROUNDING) return { memory: {} };
  if (rule.kind === "level") return { memory: {}, found: { startMs, endMs, value, limit } };
  const { run } = memory;
  const goesOn = run !== undefined && startMs - run.endMs <= rule.gapSeconds * 1000;
  const next = goesOn
    ? { startMs: run.startMs, endMs: Math.max(run.endMs, endMs), sum: run.sum + value, many: run.many + 1 }
    : { startMs, endMs, sum: value, many: 1 };
  if (next.endMs - next.startMs < rule.forSeconds * 1000) return { memory: { run: next } };
  return {
    memory: { run: next },
    found: { startMs: next.startMs, endMs: next.endMs, value: next.sum / next.many, limit },
  };
}

/** One speaker or face. */
interface Track {
  before: readonly Memory[];
  after: readonly Memory[];
  /** End of each rule's last alert. */
  readonly last: Map<string, number>;
}

/** Faces come and go, and get new numbers: the ones that were seen longest ago are forgotten. */
const MOST_TRACKS = 256;

export interface AlertWatch {
  /**
   * @param who speaker or face
   * @param again whether it takes the place of the last observation of them, better known
   */
  observe(who: string, observation: Observation, again?: boolean): readonly Alert[];
}

export function watchAlerts(rules: readonly Rule[]): AlertWatch {
  const tracks = new Map<string, Track>();
  return {
    observe(who, observation, again = false) {
      const fresh = rules.map((): Memory => ({}));
      const track = tracks.get(who) ?? { before: fresh, after: fresh, last: new Map() };
      tracks.delete(who);
      tracks.set(who, track);
      if (tracks.size > MOST_TRACKS) tracks.delete([...tracks.keys()][0] as string);
      if (!again) track.before = track.after;
      const alerts: Alert[] = [];
      track.after = rules.map((rule, index) => {
        const memory = track.before[index] as Memory;
        if (rule.of !== undefined && rule.of !== observation.of) return memory;
        const next = step(rule, memory, observation);
        const lastMs = track.last.get(rule.id);
        const { id, kind, title, advice, coolDownSeconds } = rule;
        const rests =
          lastMs !== undefined &&
          (observation.endMs - lastMs < coolDownSeconds * 1000 || (again && observation.endMs === lastMs));
        if (next.found === undefined || rests) return next.memory;
        track.last.set(id, observation.endMs);
        alerts.push({ rule: id, kind, title, advice, ...next.found });
        return next.memory;
      });
      return alerts;
    },
  };
}
