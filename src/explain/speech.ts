/**
 * Which moments of speech a label rests on: the recording is heard again without each of them.
 *
 * A stretch is cut out and its ends are joined, as if it had not been said: silence in its place would be a pause, which
 * says something too. The speaker's statistics stay those of the whole recording.
 */
import { AffektError } from "../core/errors.ts";
import type { SpeechExplanation, SpeechSpan } from "../core/explanation.ts";
import type { Waveform } from "../core/media.ts";
import { type BandStatistics, bandStatistics, mergeStatistics } from "../preprocess/speech/running-normalization.ts";
import type { AnswerLabel } from "../recognize/answer.ts";
import { mergeOpinions } from "../recognize/evidence.ts";
import { throwIfAborted } from "../recognize/face-evidence.ts";
import type { Opinion } from "../recognize/opinion.ts";
import type { SpeechExpert } from "../recognize/speech-expert.ts";
import { type Utterance, utterances, type VoiceActivity } from "../recognize/utterances.ts";
import { priorOf, probabilityOf } from "./probability.ts";

export interface ExplainSpeechOptions {
  /** Length of a stretch in ms, at least 100; longer in a long recording. Default 250. */
  readonly spanMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Sound that is heard again in all, in seconds: what bounds the cost. */
const MOST_SECONDS = 600;
/** What would be left of an utterance is too short to be heard by itself. */
const LEAST_LEFT_MS = 300;
/** Over which the two ends are blended. */
const BLEND_MS = 10;

/** The utterance without the samples from `from` up to `to`. */
export function without({ samples, sampleRate }: Waveform, from: number, to: number): Waveform {
  const before = samples.subarray(0, from);
  const after = samples.subarray(to);
  const blend = Math.min(before.length, after.length, Math.round((BLEND_MS * sampleRate) / 1000));
  const joined = new Float32Array(before.length + after.length - blend);
  joined.set(before);
  joined.set(after, before.length - blend);
  for (let at = 0; at < blend; at++) {
    const share = (at + 1) / (blend + 1);
    joined[before.length - blend + at] =
      (1 - share) * (before[before.length - blend + at] as number) + share * (after[at] as number);
  }
  return { samples: joined, sampleRate };
}

/** Length of the stretches, so that hearing all variants costs no more than the budget. */
function affordableMs(parts: readonly Utterance[], spanMs: number): number {
  const squares = parts.reduce((sum, { startMs, endMs }) => sum + ((endMs - startMs) / 1000) ** 2, 0);
  return Math.max(spanMs, (1000 * squares) / MOST_SECONDS);
}

/**
 * @param sound pieces at the detector's sample rate, which must be the expert's; at most ten minutes or so, which are kept
 * @throws AffektError `no-speech` if nobody speaks, `aborted`; whatever the parts throw
 */
export async function explainSpeech(
  sound: AsyncIterable<Waveform>,
  label: string,
  voice: VoiceActivity,
  expert: SpeechExpert,
  rename: AnswerLabel,
  options: ExplainSpeechOptions = {},
): Promise<SpeechExplanation> {
  const { spanMs = 250, signal } = options;
  const parts: Utterance[] = [];
  for await (const part of utterances(sound, voice)) {
    throwIfAborted(signal);
    parts.push(part);
  }
  if (parts.length === 0) {
    throw new AffektError("no-speech", "No speech was heard.", "Use a recording in which somebody speaks audibly.");
  }
  const prepared = parts.map((part) => expert.prepare(part.sound));
  const statistics = prepared
    .map(({ features }) => bandStatistics(features))
    .reduce((all: BandStatistics | undefined, own) => (all === undefined ? own : mergeStatistics(all, own)), undefined);
  const known = statistics === undefined ? {} : { statistics };
  const opinions = await expert.opinions(prepared.map((one) => ({ ...one, ...known })));
  const lengths = parts.map(({ startMs, endMs }) => endMs - startMs);
  const base = priorOf(expert.contract, label, rename);
  /** Of the whole recording, in which one utterance may be another or gone. */
  const probability = (changed: number, opinion: Opinion | undefined, lengthMs: number): number => {
    const own = opinions.flatMap((one, index) =>
      index === changed ? (opinion === undefined ? [] : [opinion]) : [one],
    );
    const weights = lengths.flatMap((one, index) =>
      index === changed ? (opinion === undefined ? [] : [lengthMs]) : [one],
    );
    return own.length === 0 ? base : probabilityOf(mergeOpinions(own, weights), label, rename);
  };
  const score = probability(-1, undefined, 0);
  const stepMs = affordableMs(parts, spanMs);
  const spans: SpeechSpan[] = [];
  for (const [index, { startMs, endMs, sound: said }] of parts.entries()) {
    const lengthMs = endMs - startMs;
    const count = Math.max(1, Math.round(lengthMs / stepMs));
    for (let span = 0; span < count; span++) {
      throwIfAborted(signal);
      const [from, to] = [(span * lengthMs) / count, ((span + 1) * lengthMs) / count];
      const leftMs = lengthMs - (to - from);
      const place = (ms: number): number => Math.round((ms * said.sampleRate) / 1000);
      const [opinion] =
        leftMs < LEAST_LEFT_MS
          ? []
          : await expert.opinions([{ ...expert.prepare(without(said, place(from), place(to))), ...known }]);
      spans.push({
        startMs: Math.round(startMs + from),
        endMs: Math.round(startMs + to),
        points: score - probability(index, opinion, leftMs),
      });
    }
  }
  return { method: "occlusion", score, base, calls: spans.length + 1, spans };
}
