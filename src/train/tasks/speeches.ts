/** Training on utterances, read as averaged log-mel features and augmented anew for every batch. */
import type { Features } from "../../core/media.ts";
import type { Session } from "../../core/ports.ts";
import { type Random, shuffle } from "../../core/random.ts";
import { float32, floats } from "../../core/tensor.ts";
import { encodeSpeech, type SpeechEncoderConfig, speechReads } from "../../encode/table.ts";
import type { Graph } from "../../graph/graph.ts";
import { crossEntropy } from "../../graph/losses.ts";
import { add, scale } from "../../graph/ops/arithmetic.ts";
import { DYNAMIC } from "../../graph/shape.ts";
import {
  addFeatureNoise,
  augmentFeatures,
  type FeatureAugmentation,
} from "../../preprocess/speech/augment-features.ts";
import {
  type BandStatistics,
  bandStatistics,
  normalize,
  normalizeFunctionals,
} from "../../preprocess/speech/running-normalization.ts";
import type { SpeechContract } from "../../recognize/contract.ts";
import { windowStarts, writeWindow } from "../../recognize/speech-expert.ts";
import { featureWidth } from "../../recognize/speech-features.ts";
import { mixup } from "../mixup.ts";
import { drawRows, numbered, type Sampling } from "../sampling.ts";
import type { Feeds, TrainingTask } from "../task.ts";
import { type Judged, judgeSingle, type SingleScore, singleCalibration } from "../validation.ts";
import {
  type Answers,
  addAnswers,
  columnsInContract,
  type Further,
  furtherMetrics,
  targetBuffers,
} from "./further-columns.ts";
import { columnOutputs, furtherOutputs, multiTaskLoss } from "./multi-task-net.ts";
import { type Headed, type NetworkChoice, withHead } from "./network-config.ts";
import { sequenceName, sequenceOutput } from "./sequence-output.ts";

/** One utterance. */
export interface Utterance {
  /** Number of its features. */
  readonly clip: number;
  /** Over all clips of its speaker, where the row says who speaks; else nobody knows more than the clip itself. */
  readonly speaker?: BandStatistics;
  /** Who speaks, where the row says so. */
  readonly subject?: string;
  readonly label: number;
  /** Probability of being drawn in an epoch. */
  readonly share: number;
  /** `[width]` of the further columns. */
  readonly further?: Float32Array;
}

/** The utterances of one split. */
export interface UtteranceSet {
  readonly utterances: readonly Utterance[];
  /** Averaged log-mel, or its cepstra, of clips in order, not normalized. */
  readonly read: (clips: Iterable<number>) => AsyncIterable<Features>;
}

export interface SpeechTaskOptions {
  readonly labels: readonly string[];
  readonly network: NetworkChoice<SpeechEncoderConfig>;
  /** Preprocessing, as the contract states it. */
  readonly input: SpeechContract["input"];
  readonly augment: FeatureAugmentation;
  /** Of the Beta distribution; 0 for none. */
  readonly mixup: number;
  /** Share of the training draws that are normalized by the clip alone, so that an unknown speaker works too. */
  readonly clipShare: number;
  readonly batch: number;
  readonly labelSmoothing: number;
  readonly score: SingleScore;
  readonly classWeights?: Float32Array;
  readonly sampling: Sampling;
  /** Columns that a multi-task head learns along. */
  readonly further?: Further;
}

const JUDGE_BATCH = 64;

export function speechTask(
  { utterances: train, read }: UtteranceSet,
  { utterances: validation, read: readValidation }: UtteranceSet,
  options: SpeechTaskOptions,
): TrainingTask {
  const { labels, batch, input, further } = options;
  const { steps, functionals } = input;
  const bands = featureWidth(input);
  const classes = labels.length;
  const extra = further?.width ?? 0;
  const expected = train.reduce((sum, { share }) => sum + share, 0);
  const stepsPerEpoch = Math.floor(expected / batch);
  const reads = speechReads(options.network.encoder);
  const shape = reads === "functionals" ? [functionals?.mean.length ?? 0] : [1, bands, steps];
  const size = shape.reduce((product, dim) => product * dim);
  function network(graph: Graph, rows: number): Headed {
    const { encoder } = options.network;
    const encoded = encodeSpeech(graph.input(reads, [rows, ...shape]), classes, encoder);
    return withHead(encoded, options.network, classes, further);
  }
  const subjects = numbered(train.map(({ subject }) => subject));
  const drawable = {
    rows: train.length,
    labels: Int32Array.from(train, ({ label }) => label),
    ...(subjects ? { subjects } : {}),
  };
  const oneHot = labels.map((_, label) => Float32Array.from(labels, (_other, at) => Number(at === label)));

  /** Of clips that stay in memory; the statistics go with them, and are small beside them. */
  const remembered = new WeakMap<Features, BandStatistics>();
  function statisticsOf(clip: Features): BandStatistics {
    const known = remembered.get(clip) ?? bandStatistics(clip);
    remembered.set(clip, known);
    return known;
  }

  /** Rows of an epoch: a source with a share of 0.2 gives each of its rows with that probability. */
  function draw(random: Random): number[] {
    const drawn: number[] = [];
    const order = shuffle(
      Int32Array.from({ length: train.length }, (_, row) => row),
      random,
    );
    for (const row of order) if (random.next() < (train[row] as Utterance).share) drawn.push(row);
    // The number drawn varies; an epoch has a fixed length.
    for (let at = 0; drawn.length < stepsPerEpoch * batch; at++) drawn.push(order[at % order.length] as number);
    if (options.sampling === "shuffled") return drawn;
    return [...drawRows(options.sampling, drawable, random, Int32Array.from(drawn))];
  }

  /** What the network reads of an utterance, in a window of it; `vary` augments it. */
  function write(
    features: Features,
    statistics: BandStatistics,
    out: Float32Array,
    at: number,
    window: { readonly vary: Random } | { readonly start: number },
  ): void {
    if (functionals === undefined) {
      const normalized = normalize(features, statistics);
      const varied = "vary" in window ? augmentFeatures(normalized, steps, window.vary, options.augment) : normalized;
      writeWindow(varied, "vary" in window ? 0 : window.start, steps, "bands-steps", out, at);
      return;
    }
    const data = normalizeFunctionals(features.functionals ?? new Float32Array(), functionals, statistics.functionals);
    const noise = options.augment.noise ?? 0;
    if ("vary" in window && noise > 0) {
      addFeatureNoise({ data, steps: 1, bands: data.length }, window.vary.uniform(0, noise), window.vary);
    }
    out.set(data, at);
  }

  async function* batches(_epoch: number, random: Random): AsyncGenerator<Feeds> {
    const rows = draw(random).slice(0, stepsPerEpoch * batch);
    const features = new Float32Array(batch * size);
    const targets = targetBuffers(batch, classes, extra);
    const feeds = { [reads]: float32(features, [batch, ...shape]), ...targets.feeds };
    let count = 0;
    for await (const clip of read(rows.map((row) => (train[row] as Utterance).clip))) {
      const slot = count % batch;
      const { speaker, label, further: own } = train[rows[count] as number] as Utterance;
      const alone = random.next() < options.clipShare;
      write(clip, (alone ? undefined : speaker) ?? statisticsOf(clip), features, slot * size, { vary: random });
      targets.place(slot, oneHot[label] as Float32Array, own);
      count++;
      if (count % batch > 0) continue;
      mixup(features, targets.packed, batch, options.mixup, random);
      targets.flush();
      yield feeds;
    }
  }

  const told = new Float32Array(validation.length * extra);
  for (const [row, { further: own }] of validation.entries()) if (own) told.set(own, row * extra);

  async function judge(session: Session): Promise<Judged & { along: Record<string, number> }> {
    const answers: Answers = new Map();
    const logits = new Float32Array(validation.length * classes);
    const data = new Float32Array(JUDGE_BATCH * size);
    let placed: { readonly row: number; readonly share: number }[] = [];

    async function ask(session: Session): Promise<void> {
      const count = placed.length;
      const wanted = { logits: null, ...furtherOutputs(further) };
      const feeds = { [reads]: float32(data.subarray(0, count * size), [count, ...shape]) };
      const result = await session.run(feeds, wanted);
      addAnswers(answers, result, further, validation.length, placed);
      const values = floats(result.logits);
      for (const [slot, { row, share }] of placed.entries()) {
        for (let label = 0; label < classes; label++) {
          logits[row * classes + label]! += share * (values[slot * classes + label] as number);
        }
      }
      placed = [];
    }

    let row = 0;
    for await (const clip of readValidation(validation.map(({ clip }) => clip))) {
      const { speaker } = validation[row] as Utterance;
      const statistics = (input.normalization === "speaker" ? speaker : undefined) ?? statisticsOf(clip);
      const starts = reads === "functionals" ? [0] : windowStarts(clip.steps, steps);
      for (const start of starts) {
        write(clip, statistics, data, placed.length * size, { start });
        placed.push({ row, share: 1 / starts.length });
        if (placed.length === JUDGE_BATCH) await ask(session);
      }
      row++;
    }
    if (placed.length > 0) await ask(session);
    const along = furtherMetrics(further, told, answers);
    return { logits, truth: Int32Array.from(validation, ({ label }) => label), classes, along };
  }

  return {
    stepsPerEpoch,
    trainingRows: train.length,
    validationRows: validation.length,
    define: () => (graph) => {
      const { logits, multiTask, terms = [logits] } = network(graph, batch);
      const targets = graph.input("targets", [batch, classes]);
      const { labelSmoothing, classWeights } = options;
      if (multiTask && further) {
        const loss = multiTaskLoss(multiTask, further, targets, { labelSmoothing, classWeights });
        return { loss, outputs: { logits } };
      }
      // Each member of an ensemble learns by itself: what one gets right is no excuse for another.
      const losses = terms.map((term) =>
        crossEntropy(term, targets, { labelSmoothing, ...(classWeights ? { classWeights } : {}) }),
      );
      const loss = scale(
        losses.reduce((sum, one) => add(sum, one)),
        1 / losses.length,
      );
      return { loss, outputs: { logits } };
    },
    infer(graph) {
      const { embedding, logits, multiTask, ...steps } = network(graph, DYNAMIC);
      return { embedding, logits, ...sequenceOutput(steps), ...columnOutputs(multiTask, further) };
    },
    batches,
    async validate(session) {
      const judged = await judge(session);
      const validated = judgeSingle(judged, options.score);
      return { ...validated, metrics: { ...validated.metrics, ...judged.along } };
    },
    async contract(session) {
      const judged = await judge(session);
      const calibration = singleCalibration(judged);
      return {
        ...calibration,
        metrics: { ...calibration.metrics, ...judged.along },
        ...columnsInContract(further),
        modality: "speech",
        labels: [...labels],
        task: "single",
        outputs: { logits: "logits", embedding: "embedding", ...sequenceName(session) },
        input,
      };
    },
  };
}
