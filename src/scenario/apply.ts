/** What a scenario makes of a prediction: its labels, its threshold, and the alerts that a recording raises by itself. */
import type { Prediction, Scores } from "../core/prediction.ts";
import { abstention, saidAbstention } from "../recognize/abstain.ts";
import { type Smoothed, smooth, smoothedScores } from "../recognize/stream/smoothing.ts";
import { type Alert, type Observation, watchAlerts } from "./alerts.ts";
import type { Scenario } from "./scenario.ts";

/** What labels are called that were not asked for. */
const OTHER = "other";

function narrowed(scores: Scores, labels: readonly string[]): Scores {
  const kept = scores.filter(({ label }) => labels.includes(label));
  if (kept.length === scores.length) return scores;
  const rest = scores.reduce((sum, { label, score }) => (labels.includes(label) ? sum : sum + score), 0);
  return [...kept, { label: OTHER, score: rest }].sort((a, b) => b.score - a.score);
}

function narrowedResult<T extends { readonly scores: Scores }>(result: T, labels: readonly string[]): T {
  const scores = narrowed(result.scores, labels);
  if (scores === result.scores) return result;
  const [top] = scores;
  const named = "label" in result ? { label: top?.label } : {};
  // A face's confidence is its detector's.
  const sure = "confidence" in result && "label" in result ? { confidence: top?.score } : {};
  return { ...result, scores, ...named, ...sure };
}

/** Labels and threshold. */
export function applyScenario({ labels, abstainBelow }: Scenario, prediction: Prediction): Prediction {
  const own =
    labels === "ekman7"
      ? prediction
      : {
          ...narrowedResult(prediction, labels),
          modalities: Object.fromEntries(
            Object.entries(prediction.modalities).map(([modality, result]) => [
              modality,
              result.present ? narrowedResult(result, labels) : result,
            ]),
          ),
          ...(prediction.faces && { faces: prediction.faces.map((face) => narrowedResult(face, labels)) }),
          ...(prediction.segments && { segments: prediction.segments.map((one) => narrowedResult(one, labels)) }),
          // What abstained goes on to.
          ...(prediction.label === null && { label: null }),
        };
  const why = own.label === null ? undefined : abstention(own.confidence, abstainBelow);
  return why === undefined ? own : { ...own, label: null, ...saidAbstention(why) };
}

/** Of what was recognized on its own: along the segments of a recording, or at once where there are none. */
export function alertsOf({ alerts, smoothing }: Scenario, prediction: Prediction): readonly Alert[] {
  const watch = watchAlerts(alerts);
  const segments = prediction.segments ?? [];
  if (segments.length === 0) {
    return watch.observe("all", { of: "utterance", startMs: 0, endMs: 0, scores: prediction.scores });
  }
  const states = new Map<string, Smoothed>();
  return segments.flatMap(({ modality, startMs, endMs, scores }) => {
    const seconds = Math.max(0.001, (endMs - startMs) / 1000);
    const state = smooth(states.get(modality), scores, seconds, endMs, smoothing.halfLifeSeconds * 1000);
    states.set(modality, state);
    const of: Observation["of"] = modality === "face" ? "face" : "utterance";
    return watch.observe(modality, { of, startMs, endMs, scores: smoothedScores(state) });
  });
}
