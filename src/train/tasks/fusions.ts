/** Training of a fusion network and its head on ready-made features. */
import type { Modality } from "../../core/modality.ts";
import type { Session } from "../../core/ports.ts";
import type { Random } from "../../core/random.ts";
import { float32, floats, type Tensor } from "../../core/tensor.ts";
import { dropModalities } from "../../fuse/modality-dropout.ts";
import { weighs } from "../../fuse/table.ts";
import type { Node } from "../../graph/graph.ts";
import { logSoftmax } from "../../graph/ops/activation.ts";
import { add, div, mul, scale, sum } from "../../graph/ops/arithmetic.ts";
import { DYNAMIC } from "../../graph/shape.ts";
import type { FusionContract } from "../../recognize/contract.ts";
import { drawRows, numbered, type Sampling } from "../sampling.ts";
import type { Feeds, TrainingTask } from "../task.ts";
import { judgeSingle, type SingleScore, singleCalibration } from "../validation.ts";
import { packed } from "./feature-layout.ts";
import { type Answers, columnsInContract, type Further, furtherMetrics, sizeOf } from "./further-columns.ts";
import { type Mixable, mixSamples } from "./fusion-mixup.ts";
import { type FusionNetOptions, fusionNet, inputNames } from "./fusion-net.ts";
import type { FusionSet } from "./fusion-set.ts";
import { columnOutputs, multiTaskLoss } from "./multi-task-net.ts";

export interface FusionTaskOptions {
  readonly labels: readonly string[];
  readonly network: FusionNetOptions;
  /** Samples of one batch. */
  readonly batch: number;
  /** Times that an epoch goes through the samples. */
  readonly passes: number;
  readonly sampling: Sampling;
  readonly labelSmoothing: number;
  /** Per label. */
  readonly classWeights?: Float32Array;
  /** Share of the modalities that are hidden from a sample in training. */
  readonly modalityDropout: number;
  /** Share of the utterances of a conversation that are hidden whole in training. */
  readonly utteranceDropout: number;
  /** Weight of the fusion's own loss. */
  readonly auxiliary: number;
  /** Of the Beta distribution from which the share of the other sample is drawn; 0 for no mixup. */
  readonly mixup: number;
  /** Columns that are learnt along. */
  readonly further?: Further;
  readonly score: SingleScore;
  readonly normalization: FusionContract["input"]["normalization"];
  /** Field by which the rows of a conversation stand in order. */
  readonly order: string;
}

/** What of a network the filling of its inputs depends on. */
interface Filling {
  readonly network: Pick<FusionNetOptions, "layout" | "utterances">;
}

const JUDGE_BATCH = 64;

interface Buffers {
  readonly feeds: Feeds;
  readonly presence: Float32Array;
  /** Of each modality, in order of the columns of `presence`. */
  readonly mixable: readonly Mixable[];
  /** Puts row `row` of the set, whose features are these, at place `at`. */
  readonly place: (row: number, values: Float32Array, at: number) => void;
  readonly clear: () => void;
}

/** Inputs for `samples` samples, zero where nothing was placed. */
function buffers(set: FusionSet, samples: number, { network: { layout, utterances } }: Filling): Buffers {
  const rows = samples * utterances;
  const columns = layout.length;
  const presence = new Float32Array(rows * columns);
  const mask = new Float32Array(rows);
  const feeds: Record<string, Tensor> = { presence: float32(presence, [rows, columns]) };
  const copies: { into: Float32Array; start: number; size: number }[] = [];
  const mixable: Mixable[] = [];
  for (const { modality, dim, steps, start, size, open: begin } of packed(layout).places) {
    const names = inputNames(modality);
    const into = new Float32Array(rows * size);
    feeds[names.features] = float32(into, steps === undefined ? [rows, dim] : [rows, steps, dim]);
    copies.push({ into, start, size });
    if (steps === undefined || begin === undefined) {
      mixable.push({ values: into, dim, steps: 1 });
      continue;
    }
    const open = new Float32Array(rows * steps);
    feeds[names.steps] = float32(open, [rows, steps]);
    mixable.push({ values: into, dim, steps, open });
    copies.push({ into: open, start: begin, size: steps });
  }
  if (utterances > 1) feeds.utterances = float32(mask, [rows, 1]);
  return {
    feeds,
    presence,
    mixable,
    place(row, values, at) {
      presence.set(set.presence.subarray(row * columns, (row + 1) * columns), at * columns);
      for (const { into, start, size } of copies) into.set(values.subarray(start, start + size), at * size);
      mask[at] = 1;
    },
    clear() {
      for (const { into } of copies) into.fill(0);
      presence.fill(0);
      mask.fill(0);
    },
  };
}

/** The features of the rows of samples, one after the other; whoever takes them closes. */
function taking(set: FusionSet, samples: readonly Int32Array[]) {
  function* rows(): Iterable<number> {
    for (const sample of samples) yield* sample;
  }
  const features = set.read(rows())[Symbol.asyncIterator]();
  return {
    next: async (): Promise<Float32Array> => (await features.next()).value as Float32Array,
    close: async (): Promise<void> => void (await features.return?.()),
  };
}

/** Hides what `keep`, per modality, has a 0 for; a row that would be left with nothing keeps what it has. */
function hide(presence: Float32Array, row: number, keep: ArrayLike<number>): void {
  const own = presence.subarray(row * keep.length, (row + 1) * keep.length);
  if (own.some((value, column) => value * (keep[column] as number) !== 0)) {
    for (let column = 0; column < own.length; column++)
      own[column] = (own[column] as number) * (keep[column] as number);
  }
}

/**
 * What a network says of every row.
 *
 * @param set of the same layout as the network's
 * @param sizes numbers of a row in each output that is wanted, by its name
 * @param given the modalities that it is shown; all by default. A row that has none of them is answered blindly.
 * @returns each output, `[rows, size]`
 */
export async function fusionAnswers<Name extends string>(
  session: Session,
  set: FusionSet,
  { network }: Filling,
  sizes: Readonly<Record<Name, number>>,
  given?: readonly Modality[],
): Promise<Record<Name, Float32Array>> {
  const { layout, utterances } = network;
  const outputs = Object.entries<number>(sizes).map(([name, size]) => ({
    name,
    size,
    data: new Float32Array(set.rows * size),
  }));
  const wanted = Object.fromEntries(outputs.map(({ name }) => [name, null]));
  const features = taking(set, set.samples);
  try {
    for (let from = 0; from < set.samples.length; from += JUDGE_BATCH) {
      const samples = set.samples.slice(from, from + JUDGE_BATCH);
      const { feeds, presence, place } = buffers(set, samples.length, { network });
      for (const [index, rows] of samples.entries()) {
        for (const [at, row] of rows.entries()) place(row, await features.next(), index * utterances + at);
      }
      if (given) {
        for (let at = 0; at < presence.length; at++) {
          if (!given.includes((layout[at % layout.length] as (typeof layout)[number]).modality)) presence[at] = 0;
        }
      }
      const answers = await session.run(feeds, wanted);
      for (const { name, size, data } of outputs) {
        const answer = floats(answers[name], name);
        for (const [index, rows] of samples.entries()) {
          for (const [at, row] of rows.entries()) {
            const start = (index * utterances + at) * size;
            data.set(answer.subarray(start, start + size), row * size);
          }
        }
      }
    }
  } finally {
    await features.close();
  }
  return Object.fromEntries(outputs.map(({ name, data }) => [name, data])) as Record<Name, Float32Array>;
}

/** As `fusionAnswers`: logits alone, `[rows, labels]`. */
export async function fusionLogits(
  session: Session,
  set: FusionSet,
  filling: Filling & Pick<FusionTaskOptions, "labels">,
  given?: readonly Modality[],
): Promise<Float32Array> {
  return (await fusionAnswers(session, set, filling, { logits: filling.labels.length }, given)).logits;
}

/** Cross-entropy over the rows that are known, whose targets may be weighted. */
function knownCrossEntropy(logits: Node, targets: Node, known: Node): Node {
  const total = sum(mul(logSoftmax(logits), targets), [0, 1]);
  return scale(div(total, known.graph.one("Max", [sum(known, [0, 1]), known.graph.scalar(1)], [])), -1);
}

export function fusionTask(train: FusionSet, validation: FusionSet, options: FusionTaskOptions): TrainingTask {
  const { labels, network, batch, sampling, labelSmoothing, classWeights, further, mixup } = options;
  const { modalityDropout, utteranceDropout } = options;
  const classes = labels.length;
  const { layout, utterances } = network;
  const width = further?.width ?? 0;
  const rows = batch * utterances;
  const stepsPerPass = Math.floor(train.samples.length / batch);
  const first = train.samples.map((sample) => sample[0] as number);
  const subjects = numbered(first.map((row) => train.subjects?.[row]));
  const drawable = {
    rows: train.samples.length,
    labels: first.map((row) => train.truth[row] as number),
    ...(subjects ? { subjects } : {}),
  };

  async function* batches(_epoch: number, random: Random): AsyncGenerator<Feeds> {
    const { feeds, presence, mixable, place, clear } = buffers(train, batch, options);
    const targets = new Float32Array(rows * classes);
    const known = new Float32Array(rows);
    const along = new Float32Array(rows * width);
    const all = new Float32Array(batch * layout.length).fill(1);
    const answers: Record<string, Tensor> = {
      targets: float32(targets, [rows, classes]),
      known: float32(known, [rows, 1]),
      ...(width === 0 ? {} : { further: float32(along, [rows, width]) }),
    };
    /** A batch of these samples. */
    async function fill(samples: readonly Int32Array[], next: () => Promise<Float32Array>): Promise<void> {
      clear();
      for (const array of [targets, known, along]) array.fill(0);
      const kept = dropModalities(all, layout.length, modalityDropout, random);
      for (const [slot, sample] of samples.entries()) {
        for (const [turn, row] of sample.entries()) {
          const at = slot * utterances + turn;
          place(row, await next(), at);
          known[at] = 1;
          for (let label = 0; label < classes; label++) {
            const share = train.targets[row * classes + label] as number;
            const smooth = share * (1 - labelSmoothing) + labelSmoothing / classes;
            targets[at * classes + label] = smooth * (classWeights?.[label] ?? 1);
          }
          if (train.further) along.set(train.further.subarray(row * width, (row + 1) * width), at * width);
        }
      }
      if (mixup > 0) {
        const labelled = [
          { values: targets, size: classes },
          { values: along, size: width },
        ];
        mixSamples({ batch, utterances, known, presence, mixable, labelled }, mixup, random);
      }
      for (const [slot, { length }] of samples.entries()) {
        for (let at = slot * utterances; at < slot * utterances + length; at++) {
          hide(presence, at, kept.subarray(slot * layout.length, (slot + 1) * layout.length));
          if (utteranceDropout > 0 && random.next() < utteranceDropout) {
            presence.fill(0, at * layout.length, (at + 1) * layout.length);
          }
        }
      }
    }

    for (let pass = 0; pass < options.passes; pass++) {
      const order = [...drawRows(sampling, drawable, random)].slice(0, stepsPerPass * batch);
      const samples = order.map((sample) => train.samples[sample] as Int32Array);
      const { next, close } = taking(train, samples);
      try {
        for (let step = 0; step < stepsPerPass; step++) {
          await fill(samples.slice(step * batch, (step + 1) * batch), next);
          yield { ...feeds, ...answers };
        }
      } finally {
        await close();
      }
    }
  }

  /** Of each output of a row. */
  const sizes: Record<string, number> = {
    logits: classes,
    ...Object.fromEntries((further?.columns ?? []).map((column) => [column.task, sizeOf(column)])),
  };
  async function judged(session: Session) {
    const answers = await fusionAnswers(session, validation, options, sizes);
    const said: Answers = new Map(Object.entries(answers));
    const metrics = furtherMetrics(further, validation.further, said);
    return { logits: answers["logits"] as Float32Array, truth: validation.truth, classes, metrics };
  }

  return {
    stepsPerEpoch: stepsPerPass * options.passes,
    trainingRows: train.rows,
    validationRows: validation.rows,
    define: () => (graph) => {
      const { logits, auxiliary, multiTask } = fusionNet(graph, rows, network);
      const targets = graph.input("targets", [rows, classes]);
      const known = graph.input("known", [rows, 1]);
      let loss: Node;
      // Smoothing and weights are in the targets already.
      if (multiTask) loss = multiTaskLoss(multiTask, further ?? { columns: [], width: 0 }, targets, { known });
      else loss = knownCrossEntropy(logits, targets, known);
      if (auxiliary && options.auxiliary > 0) loss = add(loss, scale(auxiliary, options.auxiliary));
      return { loss, outputs: { logits } };
    },
    infer(graph) {
      const { logits, embedding, weights, multiTask } = fusionNet(graph, DYNAMIC, network);
      return { logits, embedding, ...(weights ? { weights } : {}), ...columnOutputs(multiTask, further) };
    },
    batches,
    async validate(session) {
      const { metrics, ...said } = await judged(session);
      const own = judgeSingle(said, options.score);
      return { ...own, metrics: { ...own.metrics, ...metrics } };
    },
    async contract(session) {
      const inputs: FusionContract["input"]["inputs"] = {
        presence: "presence",
        ...(utterances > 1 ? { utterances: "utterances" } : {}),
        ...Object.fromEntries(
          layout.flatMap(({ modality, steps }) => {
            const names = inputNames(modality);
            return steps === undefined
              ? [[modality, names.features]]
              : [
                  [modality, names.features],
                  [names.steps, names.steps],
                ];
          }),
        ),
      };
      const { metrics, ...said } = await judged(session);
      const calibrated = singleCalibration(said);
      return {
        ...calibrated,
        metrics: { ...calibrated.metrics, ...metrics },
        ...columnsInContract(further),
        modality: "fusion",
        labels: [...labels],
        task: "single",
        outputs: {
          logits: "logits",
          embedding: "embedding",
          ...(weighs(network.fusion) ? { weights: "weights" } : {}),
        },
        input: {
          inputs,
          features: layout.map((own) => ({ ...own })),
          normalization: options.normalization,
          utterances,
          order: options.order,
        },
      };
    },
  };
}
