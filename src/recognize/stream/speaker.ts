/**
 * One speaker of a session: a microphone, a camera and texts, and what is known of the voice. Each method is one turn
 * at the networks; nothing here waits or queues.
 */
import type { Picture, Waveform } from "../../core/media.ts";
import { type BandStatistics, bandStatistics, mergeStatistics } from "../../preprocess/speech/running-normalization.ts";
import type { AnswerLabel } from "../answer.ts";
import { type AssembleOptions, assemble, type EvidenceByModality } from "../assemble.ts";
import { mergeOpinions } from "../evidence.ts";
import type { FaceDetector, FaceExpert } from "../face-expert.ts";
import type { Opinion } from "../opinion.ts";
import type { SpeechExpert } from "../speech-expert.ts";
import type { Utterance, VoiceActivity } from "../utterances.ts";
import type { FaceSegmentEvent, StreamEvent, UtteranceEvent } from "./events.ts";
import type { ExpressionRun } from "./expression-runs.ts";
import { type Hearing, hearing } from "./hearing.ts";
import { type FullOptions, plainStatistics, type SpeakerMemory, statisticsOf } from "./options.ts";
import { type Smoothed, smooth, smoothedScores } from "./smoothing.ts";
import { type Watching, watching } from "./watching.ts";

/** What a speaker shares with the others of the session. */
export interface SpeakerParts {
  readonly options: FullOptions;
  readonly assembling: AssembleOptions;
  readonly rename: AnswerLabel;
  /** Opened when first needed. */
  readonly voice: () => Promise<VoiceActivity>;
  readonly speech: () => Promise<SpeechExpert>;
  readonly detector: () => Promise<FaceDetector>;
  readonly face: () => Promise<FaceExpert>;
  readonly nextUtterance: () => number;
  readonly nextTrack: () => number;
  readonly say: (event: StreamEvent) => void;
}

/** An utterance that has ended and waits for its result. */
export interface Ended {
  readonly utterance: number;
  readonly heard: Utterance;
  readonly texts: readonly SaidText[];
}

interface SaidText {
  readonly opinion: Opinion;
  /** Its share of the utterance's words: characters. */
  readonly length: number;
  readonly startMs: number;
  readonly endMs: number;
}

export interface Speaker {
  /** @returns utterances that have ended, each to be given to `conclude` */
  hear(sound: Waveform, timeMs: number | undefined): Promise<{ ended: readonly Ended[]; lateMs: number }>;
  conclude(ended: Ended): Promise<void>;
  see(picture: Picture, timeMs: number): Promise<void>;
  read(text: Pick<SaidText, "opinion" | "length">, startMs: number | undefined, endMs: number | undefined): void;
  /** Whether enough has been said since the last partial for another. */
  isPartialDue(): boolean;
  partial(): Promise<void>;
  /** Ends what is being said and shown. */
  flush(): Promise<readonly Ended[]>;
  memory(): SpeakerMemory;
}

/** An utterance whose final has been said, as long as a text for it may still come. */
interface Said {
  readonly utterance: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly evidence: EvidenceByModality;
  readonly texts: readonly SaidText[];
  readonly revision: number;
  /** The speaker's state before it. */
  readonly before: Smoothed | undefined;
}

/** Longest part of an utterance that a partial looks at. */
const PARTIAL_MS = 4_000;
/** What was heard longer ago wears off: people change seats, microphones and moods. */
const VOICE_MEMORY_MS = 120_000;
/** Finals that a late text may still join. */
const JOINABLE = 8;
/** A text's times are guesses of whoever wrote it down. */
const TEXT_SLACK_MS = 250;

function limited(statistics: BandStatistics, most: number): BandStatistics {
  const { count, squares } = statistics;
  if (count <= most) return statistics;
  return { ...statistics, count: most, squares: squares.map((value) => (value * most) / count) };
}

export function createSpeaker(name: string, parts: SpeakerParts, remembered?: SpeakerMemory): Speaker {
  const { options, assembling, rename, say } = parts;
  let ears: Hearing | undefined;
  let eyes: Watching | undefined;
  let statistics = remembered?.voice === undefined ? undefined : statisticsOf(remembered.voice);
  let smoothed = remembered?.smoothed;
  let open: { readonly utterance: number; partialAtMs: number; texts: SaidText[] } | undefined;
  let recent: Said[] = [];

  /** @throws AffektError of the networks; `input` if the sound is of no use */
  async function opinionOf(heard: Utterance, learn: boolean): Promise<Opinion> {
    const expert = await parts.speech();
    const prepared = expert.prepare(heard.sound);
    const own = bandStatistics(prepared.features);
    const known = statistics === undefined ? own : mergeStatistics(statistics, own);
    const { hopMs, averageFrames } = expert.contract.input;
    if (learn) statistics = limited(known, VOICE_MEMORY_MS / (hopMs * averageFrames));
    const [opinion] = await expert.opinions([{ ...prepared, statistics: known }]);
    return opinion as Opinion;
  }

  function evidenceOf(
    { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
    speech: Opinion | undefined,
    texts: readonly SaidText[],
  ): EvidenceByModality {
    const face = eyes?.evidence(startMs, endMs);
    return {
      ...(texts.length === 0
        ? {}
        : {
            text: {
              opinion: mergeOpinions(
                texts.map(({ opinion }) => opinion),
                texts.map(({ length }) => length),
              ),
            },
          }),
      ...(face === undefined ? {} : { face }),
      ...(speech === undefined ? {} : { speech: { opinion: speech } }),
    };
  }

  function event(type: UtteranceEvent["type"], said: Said): { event: UtteranceEvent; after: Smoothed } {
    const { utterance, startMs, endMs, evidence, revision, before } = said;
    const prediction = assemble(evidence, rename, assembling);
    const seconds = Math.max(1, (endMs - startMs) / 1000);
    const after = smooth(before, prediction.scores, seconds, endMs, options.smoothMs);
    return {
      event: {
        type,
        utterance,
        revision,
        speaker: name,
        startMs,
        endMs,
        prediction,
        smoothed: smoothedScores(after),
      },
      after,
    };
  }

  function sayFinal(said: Said): void {
    const { event: final, after } = event("final", said);
    // A revision of an utterance that others have followed leaves what they were smoothed with.
    if (said.revision === 0 || recent.at(-1)?.utterance === said.utterance) smoothed = after;
    const place = recent.findIndex(({ utterance }) => utterance === said.utterance);
    if (place === -1) recent = [...recent, said].slice(-JOINABLE);
    else recent[place] = said;
    say(final);
  }

  function alone(text: SaidText): void {
    const { startMs, endMs } = text;
    const evidence = evidenceOf(text, undefined, [text]);
    sayFinal({
      utterance: parts.nextUtterance(),
      startMs,
      endMs,
      evidence,
      texts: [text],
      revision: 0,
      before: smoothed,
    });
  }

  function sayRuns(runs: readonly ExpressionRun[]): void {
    for (const { track, startMs, endMs, scores, columns } of runs) {
      const [top] = scores;
      if (top === undefined) continue;
      const segment: FaceSegmentEvent = {
        type: "segment",
        modality: "face",
        speaker: name,
        track,
        startMs,
        endMs,
        label: top.label,
        confidence: top.score,
        scores,
        ...(columns === undefined ? {} : { columns }),
      };
      say(segment);
    }
  }

  /** @param openSinceMs of what is still being said */
  function settle(found: readonly Utterance[], openSinceMs: number | undefined): Ended[] {
    const wasOpen = open !== undefined;
    const ended = found.map((heard): Ended => {
      const { utterance, texts } = open ?? { utterance: parts.nextUtterance(), texts: [] };
      open = undefined;
      return { utterance, heard, texts };
    });
    const dropped = openSinceMs === undefined ? open : undefined;
    if (openSinceMs === undefined) open = undefined;
    else open ??= { utterance: parts.nextUtterance(), partialAtMs: openSinceMs, texts: [] };
    const isOpen = open !== undefined;
    if (isOpen !== wasOpen) {
      const timeMs = openSinceMs ?? found.at(-1)?.endMs ?? ears?.nowMs() ?? 0;
      say({ type: "voice", speaker: name, speaking: isOpen, timeMs: Math.round(timeMs) });
    }
    // What seemed to be speech was none: its texts stand for themselves.
    for (const text of dropped?.texts ?? []) alone(text);
    return ended;
  }

  return {
    async hear(sound, timeMs) {
      ears ??= hearing(await parts.voice(), options);
      const { ended, lateMs } = await ears.push(sound, timeMs);
      return { ended: settle(ended, ears.openSinceMs()), lateMs };
    },
    async conclude({ utterance, heard, texts }) {
      const { startMs, endMs } = heard;
      const evidence = evidenceOf(heard, await opinionOf(heard, true), texts);
      sayFinal({ utterance, startMs, endMs, evidence, texts, revision: 0, before: smoothed });
    },
    async see(picture, timeMs) {
      eyes ??= watching(await parts.detector(), await parts.face(), rename, parts.nextTrack);
      const { faces, ended } = await eyes.see({ picture, timeMs });
      say({ type: "faces", speaker: name, timeMs, faces });
      sayRuns(ended);
    },
    read({ opinion, length }, startMs = ears?.nowMs() ?? 0, endMs = startMs) {
      const text: SaidText = { opinion, length, startMs, endMs };
      const sinceMs = ears?.openSinceMs();
      if (open !== undefined && sinceMs !== undefined && endMs >= sinceMs - TEXT_SLACK_MS) {
        open.texts.push(text);
        return;
      }
      const joined = recent.findLast(
        (said) =>
          "speech" in said.evidence && startMs <= said.endMs + TEXT_SLACK_MS && endMs >= said.startMs - TEXT_SLACK_MS,
      );
      if (joined === undefined) return alone(text);
      const texts = [...joined.texts, text];
      const { text: own } = evidenceOf(text, undefined, texts);
      sayFinal({
        ...joined,
        texts,
        evidence: { ...joined.evidence, ...(own === undefined ? {} : { text: own }) },
        revision: joined.revision + 1,
      });
    },
    isPartialDue: () =>
      open !== undefined &&
      ears !== undefined &&
      options.partialMs > 0 &&
      ears.nowMs() - open.partialAtMs >= options.partialMs,
    async partial() {
      const heard = ears?.open(PARTIAL_MS);
      const sinceMs = ears?.openSinceMs();
      if (open === undefined || heard === undefined || sinceMs === undefined) return;
      const { utterance, texts } = open;
      open.partialAtMs = heard.endMs;
      const evidence = evidenceOf(heard, await opinionOf(heard, false), texts);
      const said = { utterance, startMs: sinceMs, endMs: heard.endMs, evidence, texts, revision: 0, before: smoothed };
      say(event("partial", said).event);
    },
    async flush() {
      sayRuns(eyes?.flush() ?? []);
      return ears === undefined ? [] : settle(await ears.flush(), undefined);
    },
    memory: () => ({
      name,
      ...(statistics === undefined ? {} : { voice: plainStatistics(statistics) }),
      ...(smoothed === undefined ? {} : { smoothed }),
    }),
  };
}
