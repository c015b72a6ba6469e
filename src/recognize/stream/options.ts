/** What a stream session may be told when it opens, and what it remembers beyond its end. Plain data. */
import { AffektError } from "../../core/errors.ts";
import { canonicalLabel } from "../../core/labels.ts";
import { MODALITIES, type Modality } from "../../core/modality.ts";
import type { BandStatistics } from "../../preprocess/speech/running-normalization.ts";
import { type AnswerLabel } from "../answer.ts";
import { PAUSE_MS } from "../utterances.ts";
import type { Smoothed } from "./smoothing.ts";

export interface StreamOptions {
  /** What to look at. Default: all that there are models for. */
  readonly modalities?: readonly Modality[];
  /** Labels to answer with; all others are added up as `other`. Default: all. */
  readonly labels?: readonly string[];
  /** Of the texts, as ISO 639-1. Default: told from each text. */
  readonly language?: string;
  /** Frames looked at per second and speaker; those between are left out. Default 5. */
  readonly fps?: number;
  /** Silence that ends an utterance, in ms. Shorter answers sooner, and cuts sentences at their pauses. Default 400. */
  readonly pauseMs?: number;
  /** Longer utterances are cut. Default 15,000. */
  readonly mostMs?: number;
  /** From partial to partial of one utterance, in ms of sound; 0: none. Default 500. */
  readonly partialMs?: number;
  /** Half-life of a speaker's smoothed scores, in ms. Default 10,000. */
  readonly smoothMs?: number;
  /** What an earlier session remembered, to go on from. */
  readonly memory?: StreamMemory;
}

/** `BandStatistics` as JSON keeps them. */
interface PlainStatistics {
  readonly count: number;
  readonly mean: readonly number[];
  readonly squares: readonly number[];
  readonly functionals?: PlainStatistics;
}

/** What is known of a speaker: nothing that the speaker said. */
export interface SpeakerMemory {
  readonly name: string;
  /** Of the voice's features, to normalize by. */
  readonly voice?: PlainStatistics;
  readonly smoothed?: Smoothed;
}

/** All that a session needs to be gone on with elsewhere; JSON keeps it as it is. */
export interface StreamMemory {
  readonly utterances: number;
  readonly tracks: number;
  readonly speakers: readonly SpeakerMemory[];
}

export type FullOptions = Required<Omit<StreamOptions, "labels" | "language" | "memory" | "modalities">> &
  Pick<StreamOptions, "language" | "memory"> & { readonly modalities: readonly Modality[] };

const HALF_LIFE_MS = 10_000;
const RANGES = {
  fps: [0.1, 30],
  pauseMs: [100, 3_000],
  mostMs: [1_000, 60_000],
  partialMs: [0, 60_000],
  smoothMs: [100, 600_000],
} as const;
export const STREAM_RANGES: Readonly<Record<keyof typeof RANGES, readonly [number, number]>> = RANGES;

/** @param possible modalities that there are models for @throws AffektError `input`, `model` */
export function fullOptions(options: StreamOptions, possible: readonly Modality[]): FullOptions {
  const { modalities = possible, language, memory } = options;
  const full = { fps: 5, pauseMs: PAUSE_MS, mostMs: 15_000, partialMs: 500, smoothMs: HALF_LIFE_MS, ...options };
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value = full[name as keyof typeof RANGES];
    if (!(value >= least && value <= most)) {
      throw new AffektError(
        "input",
        `${name} must lie between ${least} and ${most}; received ${value}.`,
        "Leave it out for the default.",
      );
    }
  }
  const lacking = modalities.filter((modality) => !possible.includes(modality));
  if (lacking.length > 0 || modalities.length === 0) {
    throw new AffektError(
      "model",
      `There is no model to recognize ${lacking.join(" and ") || "anything"} with; there are some for ${possible.join(", ") || "nothing"}.`,
      "Open the stream for other modalities, or fetch a model (`affekt models` lists those that are here).",
    );
  }
  const { fps, pauseMs, mostMs, partialMs, smoothMs } = full;
  return {
    modalities: MODALITIES.filter((modality) => modalities.includes(modality)),
    fps,
    pauseMs,
    mostMs,
    partialMs,
    smoothMs,
    ...(language === undefined ? {} : { language }),
    ...(memory === undefined ? {} : { memory }),
  };
}

/** What a label is called that was not asked for. */
const OTHER = "other";

/** @throws AffektError `label` if a label is none that the answers could have */
export function wantedLabels(labels: readonly string[] | undefined, rename: AnswerLabel): AnswerLabel {
  if (labels === undefined) return rename;
  const wanted = new Set<string>();
  for (const label of labels) {
    const known = canonicalLabel(label);
    if (known === undefined || rename(known) !== known) {
      throw new AffektError(
        "label",
        `Streams do not answer with ${JSON.stringify(label)}${known === undefined ? "" : `, but with ${rename(known)}`}.`,
        "Name labels of the answers: anger, disgust, fear, joy, neutral, sadness, surprise.",
      );
    }
    wanted.add(known);
  }
  return (label) => {
    const own = rename(label);
    return wanted.has(own) ? own : OTHER;
  };
}

export function plainStatistics({ count, mean, squares, functionals }: BandStatistics): PlainStatistics {
  const further = functionals === undefined ? {} : { functionals: plainStatistics(functionals) };
  return { count, mean: [...mean], squares: [...squares], ...further };
}

export function statisticsOf({ count, mean, squares, functionals }: PlainStatistics): BandStatistics {
  const further = functionals === undefined ? {} : { functionals: statisticsOf(functionals) };
  return { count, mean: Float64Array.from(mean), squares: Float64Array.from(squares), ...further };
}
