/** Training on short texts, kept as subword and n-gram ids. */
import type { Session } from "../../core/ports.ts";
import type { Random } from "../../core/random.ts";
import { float32, floats, type Tensor } from "../../core/tensor.ts";
import { encodeText, type TextEncoderConfig, type TextInputs, textReads } from "../../encode/table.ts";
import type { Graph, Node } from "../../graph/graph.ts";
import { binaryCrossEntropy, crossEntropy } from "../../graph/losses.ts";
import { add, scale } from "../../graph/ops/arithmetic.ts";
import { DYNAMIC } from "../../graph/shape.ts";
import type { SubwordModel } from "../../preprocess/text/subwords.ts";
import { drawShares, mixByShares } from "../mixup.ts";
import { drawRows, type Sampling } from "../sampling.ts";
import type { Feeds, TrainingTask } from "../task.ts";
import {
  type Judged,
  type JudgedMulti,
  judgeMulti,
  judgeSingle,
  multiCalibration,
  singleCalibration,
} from "../validation.ts";
import { mixEncoded, sharesInput } from "./encoded-mixup.ts";
import { type Answers, addAnswers, columnsInContract, type Further, furtherMetrics } from "./further-columns.ts";
import { columnOutputs, furtherOutputs, multiTaskLoss } from "./multi-task-net.ts";
import { type Headed, type NetworkChoice, withHead } from "./network-config.ts";
import { sequenceName, sequenceOutput } from "./sequence-output.ts";
import type { TextSet } from "./text-set.ts";

export interface TextTaskOptions {
  readonly labels: readonly string[];
  readonly languages: readonly string[];
  /** `multi` where a text may have several labels. */
  readonly task: "single" | "multi";
  readonly network: NetworkChoice<TextEncoderConfig>;
  readonly tokenizer: SubwordModel;
  readonly unknownId: number;
  readonly maxTokens: number;
  readonly ngrams: { readonly buckets: number; readonly limit: number };
  readonly batch: number;
  readonly labelSmoothing: number;
  /**
   * Share of the loss that the encoder's readings (wide and deep) bear each by itself (deep supervision, Lee et al.
   * 2015), so that the one which learns faster does not leave the other untrained. 0 for encoders of one reading.
   */
  readonly auxiliary: number;
  readonly classWeights?: Float32Array;
  /** Share of the subwords that are hidden in training, and of the n-grams left out. */
  readonly tokenDropout: number;
  readonly ngramDropout: number;
  /** Of the Beta distribution from which the share of the other text is drawn; 0 for no mixup. */
  readonly mixup: number;
  readonly sampling: Sampling;
  /** Columns that a multi-task head learns along. */
  readonly further?: Further;
}

/** The label that stands for a row when classes are balanced: of several, the one that the fewest rows have. */
async function drawLabels({ mass, rows, read }: TextSet): Promise<Int32Array> {
  const chosen = new Int32Array(rows).fill(-1);
  let row = 0;
  for await (const { targets } of read(chosen.keys())) {
    const top = Math.max(...targets);
    let best = -1;
    for (const [label, share] of targets.entries()) {
      if (share === top && (best < 0 || (mass[label] as number) < (mass[best] as number))) best = label;
    }
    chosen[row++] = best;
  }
  return chosen;
}

const JUDGE_BATCH = 256;

interface JudgedTexts {
  /** Of a task with one label a row. */
  readonly single: Judged;
  /** Of one with several. */
  readonly multi: JudgedMulti;
  /** Metrics of the further columns. */
  readonly along: Record<string, number>;
}

function int32(data: Int32Array, dims: readonly number[]): Tensor {
  return { type: "int32", data, dims };
}

/** Subwords become unknown ones, n-grams are left out. */
export function hideIds(
  ids: Int32Array,
  kind: keyof TextInputs,
  { tokenDropout, ngramDropout, unknownId }: Pick<TextTaskOptions, "tokenDropout" | "ngramDropout" | "unknownId">,
  random: Random,
): void {
  const [share, instead] = kind === "tokens" ? [tokenDropout, unknownId] : [ngramDropout, 0];
  for (let i = 0; i < ids.length; i++) if (ids[i] !== 0 && random.next() < share) ids[i] = instead;
}

export function textTask(train: TextSet, validation: TextSet, options: TextTaskOptions): TrainingTask {
  const { labels, batch, maxTokens, task, mixup } = options;
  const { encoder } = options.network;
  const { further } = options;
  const extra = further?.width ?? 0;
  const classes = labels.length;
  const reads: readonly (keyof TextInputs)[] = textReads(encoder);
  const width = { tokens: maxTokens, ngrams: options.ngrams.limit };
  const stepsPerEpoch = Math.floor(train.rows / batch);
  let represented: Int32Array | undefined;
  /** @param share of each text in a mixture, where texts are mixed */
  function network(graph: Graph, rows: number, share?: Node): Headed {
    const inputs = Object.fromEntries(reads.map((name) => [name, graph.input(name, [rows, width[name]], "int32")]));
    const kind = task === "multi" ? "flags" : "classes";
    const encoded = encodeText(inputs, classes, encoder);
    return withHead(share ? mixEncoded(encoded, share) : encoded, options.network, classes, further, kind);
  }

  async function* batches(_epoch: number, random: Random): AsyncGenerator<Feeds> {
    if (options.sampling === "class-balanced") represented ??= await drawLabels(train);
    const drawn = drawRows(options.sampling, { ...train, labels: represented ?? [] }, random);
    const order = drawn.subarray(0, stepsPerEpoch * batch);
    const ids = reads.map((name) => ({ name, data: new Int32Array(batch * width[name]) }));
    const targets = new Float32Array(batch * classes);
    const along = new Float32Array(batch * extra);
    const shares = new Float32Array(batch);
    const feeds = {
      ...Object.fromEntries(ids.map(({ name, data }) => [name, int32(data, [batch, width[name]])])),
      targets: float32(targets, [batch, classes]),
      ...(extra > 0 ? { further: float32(along, [batch, extra]) } : {}),
      ...(mixup > 0 ? { shares: float32(shares, [batch, 1]) } : {}),
    };
    let count = 0;
    for await (const row of train.read(order)) {
      const slot = count % batch;
      for (const { name, data } of ids) data.set(row[name], slot * width[name]);
      targets.set(row.targets, slot * classes);
      along.set(row.further, slot * extra);
      count++;
      if (count % batch > 0) continue;
      for (const { name, data } of ids) hideIds(data, name, options, random);
      if (mixup > 0) {
        drawShares(shares, mixup, random);
        for (const values of [targets, along]) mixByShares(values, shares);
      }
      if (options.labelSmoothing > 0 && task === "multi") {
        const { labelSmoothing } = options;
        for (let i = 0; i < targets.length; i++) {
          targets[i] = (targets[i] as number) * (1 - labelSmoothing) + labelSmoothing / classes;
        }
      }
      yield feeds;
    }
  }

  /** What a network says of the validation rows, beside what is true of them. */
  async function judge(session: Session): Promise<JudgedTexts> {
    const { rows } = validation;
    const answers: Answers = new Map();
    const logits = new Float32Array(rows * classes);
    const single = new Int32Array(task === "single" ? rows : 0);
    const multi = new Uint8Array(task === "multi" ? rows * classes : 0);
    const along = new Float32Array(rows * extra);
    let ids: { readonly name: keyof TextInputs; readonly data: Int32Array }[] = [];
    let row = 0;
    for await (const { targets, further: own, ...read } of validation.read(new Int32Array(rows).keys())) {
      const slot = row % JUDGE_BATCH;
      const from = row - slot;
      const count = Math.min(JUDGE_BATCH, rows - from);
      if (slot === 0) ids = reads.map((name) => ({ name, data: new Int32Array(count * width[name]) }));
      for (const { name, data } of ids) data.set(read[name], slot * width[name]);
      if (task === "single") single[row] = targets.indexOf(Math.max(...targets));
      else for (const [label, share] of targets.entries()) multi[row * classes + label] = share > 0 ? 1 : 0;
      along.set(own, row * extra);
      row++;
      if (slot + 1 < count) continue;
      const feeds = ids.map(({ name, data }) => [name, int32(data, [count, width[name]])] as const);
      const result = await session.run(Object.fromEntries(feeds), { logits: null, ...furtherOutputs(further) });
      logits.set(floats(result.logits), from * classes);
      const placed = Array.from({ length: count }, (_, at) => ({ row: from + at, share: 1 }));
      addAnswers(answers, result, further, rows, placed);
    }
    return {
      single: { logits, truth: single, classes },
      multi: { logits, truth: multi, classes },
      along: furtherMetrics(further, along, answers),
    };
  }

  return {
    stepsPerEpoch,
    trainingRows: train.rows,
    validationRows: validation.rows,
    define: () => (graph) => {
      const { logits, terms = [], multiTask } = network(graph, batch, sharesInput(graph, batch, mixup));
      const targets = graph.input("targets", [batch, classes]);
      const { labelSmoothing, classWeights, auxiliary } = options;
      if (multiTask && further) {
        // Where a text may have several labels, their targets are smoothed as they are fed.
        const how = task === "multi" ? {} : { labelSmoothing, classWeights };
        const loss = multiTaskLoss(multiTask, further, targets, how);
        return task === "single" ? { loss, outputs: { logits } } : { loss };
      }
      const weights = classWeights ? { classWeights } : {};
      const lossOf = (of: Node) =>
        task === "multi"
          ? binaryCrossEntropy(of, targets, weights)
          : crossEntropy(of, targets, { labelSmoothing, ...weights });
      let loss = lossOf(logits);
      if (auxiliary > 0) {
        // A term alone is as large as the sum when it counts for all of them.
        const alone = terms.map((term) => lossOf(scale(term, terms.length))).reduce(add);
        loss = add(scale(loss, 1 - auxiliary), scale(alone, auxiliary / terms.length));
      }
      return task === "single" ? { loss, outputs: { logits } } : { loss };
    },
    infer(graph) {
      const { embedding, logits, multiTask, ...steps } = network(graph, DYNAMIC);
      return { embedding, logits, ...sequenceOutput(steps), ...columnOutputs(multiTask, further) };
    },
    batches,
    async validate(session) {
      const { single, multi, along } = await judge(session);
      if (task === "single") {
        const judged = judgeSingle(single, "macroF1");
        return { ...judged, metrics: { ...judged.metrics, ...along } };
      }
      const { score, metrics } = judgeMulti(multi);
      return { score, metrics: { ...metrics, ...along } };
    },
    async contract(session) {
      const { single, multi, along } = await judge(session);
      const calibration = task === "multi" ? multiCalibration(multi) : singleCalibration(single);
      return {
        ...calibration,
        metrics: { ...calibration.metrics, ...along },
        ...columnsInContract(further),
        modality: "text",
        labels: [...labels],
        task,
        outputs: { logits: "logits", embedding: "embedding", ...sequenceName(session) },
        input: {
          inputs: Object.fromEntries(reads.map((name) => [name, name])),
          maxTokens,
          tokenizer: { model: JSON.parse(JSON.stringify(options.tokenizer)) },
          ...(reads.includes("ngrams") ? { ngrams: { ...options.ngrams } } : {}),
          languages: [...options.languages],
        },
      };
    },
  };
}
