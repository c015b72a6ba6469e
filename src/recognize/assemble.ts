/** Evidence per modality → one prediction. */
import { affectOf } from "../core/affect.ts";
import { AffektError } from "../core/errors.ts";
import { MODALITIES, type Modality, type PerModality } from "../core/modality.ts";
import type { ModalityResult, Prediction } from "../core/prediction.ts";
import { logLinearPool, type PoolMember, type PoolOptions } from "../fuse/log-linear-pool.ts";
import { abstention, saidAbstention } from "./abstain.ts";
import { type AnswerLabel, answerOf } from "./answer.ts";
import { furtherColumns } from "./columns.ts";
import { type Absent, type Evidence, isPresent, type Present } from "./evidence.ts";
import { sortedScores } from "./opinion.ts";
import { inOrder } from "./timeline.ts";

export type EvidenceByModality = PerModality<Evidence>;

export interface AssembleOptions {
  readonly pool?: PoolOptions;
  readonly abstainBelow?: number;
}

function nothingOfUse(absent: readonly Absent[]): AffektError {
  const [only] = absent;
  if (absent.length === 1 && only !== undefined) return new AffektError(only.code, only.reason, only.hint);
  return new AffektError(
    "no-modality",
    `None of the inputs could be used. ${absent.map(({ reason }) => reason).join(" ")}`,
    absent.map(({ hint }) => hint).join(" "),
  );
}

/** What is doubted keeps this much of its quality beside what is not. */
const DOUBTED = 0.1;

/** What a modality's quality counts for. */
export const trusted = ({ opinion: { quality, doubt } }: Present): number =>
  doubt === undefined ? quality : DOUBTED * quality;

/** @throws AffektError of the only modality's reason, or `no-modality` if several are all absent */
export function assemble(evidence: EvidenceByModality, rename: AnswerLabel, options: AssembleOptions = {}): Prediction {
  const given = MODALITIES.flatMap((modality) => {
    const own = evidence[modality];
    return own === undefined ? [] : [{ modality, own }];
  });
  const present = given.filter((one): one is { modality: Modality; own: Present } => isPresent(one.own));
  if (present.length === 0) throw nothingOfUse(given.map(({ own }) => own as Absent));

  const answers = present.map(({ own }) => answerOf(own.opinion, rename));
  const members: { [M in Modality]?: PoolMember } = {};
  for (const [index, { modality, own }] of present.entries()) {
    const { labels, probabilities, prior } = answers[index] as (typeof answers)[number];
    members[modality] = {
      labels,
      logProbabilities: probabilities.map(Math.log),
      weight: own.opinion.contract.poolWeight,
      quality: trusted(own),
      ...(prior === undefined ? {} : { prior }),
    };
  }
  const pooled = logLinearPool(members, options.pool);
  const scores = sortedScores(pooled.labels, pooled.probabilities);
  const [top] = scores;
  const confidence = top?.score ?? 0;

  const modalities: { [M in Modality]?: ModalityResult } = {};
  for (const { modality, own } of given) {
    if (!isPresent(own)) modalities[modality] = { present: false, code: own.code, reason: own.reason };
  }
  let threshold = 0;
  for (const [index, { modality, own }] of present.entries()) {
    const { contract } = own.opinion;
    const quality = trusted(own);
    const { labels, probabilities } = answers[index] as (typeof answers)[number];
    const weight = pooled.weights[modality] ?? 0;
    threshold += weight * contract.abstainBelow;
    modalities[modality] = {
      present: true,
      quality,
      weight,
      scores: sortedScores(labels, probabilities),
      model: `${contract.id} ${contract.version}`,
      ...furtherColumns(own.opinion),
    };
  }
  const [doubt] = present.every(({ own }) => own.opinion.doubt !== undefined)
    ? present.map(({ own }) => own.opinion.doubt)
    : [];
  const why = doubt ?? abstention(confidence, options.abstainBelow ?? threshold);
  const faces = present.flatMap(({ own }) => own.faces ?? []);
  const segments = present.flatMap(({ own }) =>
    (own.segments ?? []).map((segment) => ({ ...segment, ...affectOf(segment.scores) })),
  );
  return {
    label: why === undefined ? (top?.label ?? null) : null,
    ...(why === undefined ? {} : saidAbstention(why)),
    confidence,
    scores,
    ...affectOf(scores),
    modalities,
    ...(faces.length > 0 ? { faces } : {}),
    ...(segments.length > 0 ? { segments: inOrder(segments) } : {}),
  };
}
