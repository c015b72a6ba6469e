/** Speech of any length: utterance by utterance, in constant memory, with running statistics of the speaker. */
import type { Waveform } from "../core/media.ts";
import type { Segment } from "../core/prediction.ts";
import { resample } from "../preprocess/speech/resample.ts";
import { type BandStatistics, bandStatistics, mergeStatistics } from "../preprocess/speech/running-normalization.ts";
import { type AnswerLabel, scoresOf } from "./answer.ts";
import { furtherColumns } from "./columns.ts";
import { type Evidence, mergeOpinions } from "./evidence.ts";
import { throwIfAborted } from "./face-evidence.ts";
import type { Opinion } from "./opinion.ts";
import type { PreparedSpeech, SpeechExpert } from "./speech-expert.ts";
import { type Utterance, utterances, type VoiceActivity } from "./utterances.ts";

/**
 * Utterances wait until this much speech is there, so that their speaker is known a little before they are normalized:
 * a short recording is normalized by all of itself, a long one by what has been heard so far.
 */
const WAIT_MS = 40_000;

interface Waiting {
  readonly utterance: Pick<Utterance, "startMs" | "endMs">;
  readonly prepared: PreparedSpeech;
}

/** Counts what passes through, to say how much was listened to. */
async function* counted(sound: AsyncIterable<Waveform>, count: { ms: number }, signal?: AbortSignal) {
  for await (const piece of sound) {
    throwIfAborted(signal);
    count.ms += (piece.samples.length * 1000) / piece.sampleRate;
    yield piece;
  }
}

/**
 * @param sound pieces at the detector's sample rate, which must be the expert's
 * @throws AffektError `aborted`, `sample-rate`, and whatever the pieces throw
 */
export async function speechEvidence(
  sound: AsyncIterable<Waveform>,
  voice: VoiceActivity,
  expert: SpeechExpert,
  rename: AnswerLabel,
  signal?: AbortSignal,
): Promise<Evidence> {
  const opinions: Opinion[] = [];
  const durations: number[] = [];
  const segments: Segment[] = [];
  let speaker: BandStatistics | undefined;
  let waiting: Waiting[] = [];
  let waitingMs = 0;

  async function run(): Promise<void> {
    for (const { prepared } of waiting) {
      const own = bandStatistics(prepared.features);
      speaker = speaker === undefined ? own : mergeStatistics(speaker, own);
    }
    const known = speaker as BandStatistics;
    const said = await expert.opinions(waiting.map(({ prepared }) => ({ ...prepared, statistics: known })));
    for (const [index, { utterance }] of waiting.entries()) {
      const opinion = said[index] as Opinion;
      const scores = scoresOf(opinion, rename);
      const [top] = scores;
      opinions.push(opinion);
      durations.push(utterance.endMs - utterance.startMs);
      segments.push({
        modality: "speech",
        ...utterance,
        label: top?.label ?? "",
        confidence: top?.score ?? 0,
        scores,
        ...furtherColumns(opinion),
      });
    }
    waiting = [];
    waitingMs = 0;
  }

  const listened = { ms: 0 };
  for await (const { startMs, endMs, sound: part } of utterances(counted(sound, listened, signal), voice)) {
    waiting.push({ utterance: { startMs, endMs }, prepared: expert.prepare(part) });
    waitingMs += endMs - startMs;
    if (waitingMs >= WAIT_MS) await run();
  }
  if (waiting.length > 0) await run();
  if (opinions.length === 0) {
    return {
      code: "no-speech",
      reason: `No speech was heard in ${(listened.ms / 1000).toFixed(2)} s of sound.`,
      hint: "Use a recording with at least a quarter of a second of audible speech.",
    };
  }
  return { opinion: mergeOpinions(opinions, durations), segments };
}

/** A whole sound as a stream of pieces of one second, at another rate if need be. */
export async function* inPieces(sound: Waveform, sampleRate: number): AsyncGenerator<Waveform> {
  const { samples } = resample(sound, sampleRate);
  for (let start = 0; start < samples.length; start += sampleRate) {
    yield { samples: samples.subarray(start, start + sampleRate), sampleRate };
  }
}
