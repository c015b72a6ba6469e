/** Training on short texts, kept as subword and n-gram ids in memory. */
import type { Session } from "../../core/ports.ts";
import type { Random } from "../../core/random.ts";
import { float32, floats, type Tensor } from "../../core/tensor.ts";
import { type WideDeepOptions, wideDeepNet } from "../../encode/text/wide-deep-net.ts";
import type { Graph, Node } from "../../graph/graph.ts";
import { binaryCrossEntropy, crossEntropy } from "../../graph/losses.ts";
import { add, scale } from "../../graph/ops/arithmetic.ts";
import { DYNAMIC } from "../../graph/shape.ts";
import type { SubwordModel } from "../../preprocess/text/subwords.ts";
import { drawRows, type Sampling } from "../sampling.ts";
import type { Feeds, TrainingTask } from "../task.ts";
import { judgeMulti, judgeSingle, multiCalibration, singleCalibration } from "../validation.ts";

/** Texts of one split as ids, padded with 0. */
export interface TextSet {
  readonly rows: number;
  /** `[rows, maxTokens]`. */
  readonly tokens: Int32Array;
  /** `[rows, limit]`. */
  readonly ngrams: Int32Array;
  /** `[rows, labels]`: a distribution per row, or 0 and 1 per label. */
  readonly targets: Float32Array;
  /** Number of the author of each row, where the rows say so. */
  readonly subjects?: Int32Array;
}

export interface TextTaskOptions {
  readonly labels: readonly string[];
  readonly languages: readonly string[];
  /** `multi` where a text may have several labels. */
  readonly task: "single" | "multi";
  readonly network: WideDeepOptions;
  readonly tokenizer: SubwordModel;
  readonly unknownId: number;
  readonly maxTokens: number;
  readonly ngrams: { readonly buckets: number; readonly limit: number };
  readonly batch: number;
  readonly labelSmoothing: number;
  /**
   * Share of the loss that the wide and the deep reading bear each by itself (deep supervision, Lee et al. 2015), so
   * that the one which learns faster does not leave the other untrained.
   */
  readonly auxiliary: number;
  readonly classWeights?: Float32Array;
  /** Share of the subwords that are hidden in training, and of the n-grams left out. */
  readonly tokenDropout: number;
  readonly ngramDropout: number;
  readonly sampling: Sampling;
}

/** The label that stands for a row when classes are balanced: of several, the one that the fewest rows have. */
function drawLabels({ targets, rows }: TextSet, classes: number): Int32Array {
  const mass = new Float64Array(classes);
  for (let at = 0; at < targets.length; at++) mass[at % classes]! += targets[at] as number;
  return Int32Array.from({ length: rows }, (_, row) => {
    const own = targets.subarray(row * classes, (row + 1) * classes);
    const top = Math.max(...own);
    let chosen = -1;
    for (const [label, share] of own.entries()) {
      if (share === top && (chosen < 0 || (mass[label] as number) < (mass[chosen] as number))) chosen = label;
    }
    return chosen;
  });
}

const JUDGE_BATCH = 256;

function int32(data: Int32Array, dims: readonly number[]): Tensor {
  return { type: "int32", data, dims };
}

export function textTask(train: TextSet, validation: TextSet, options: TextTaskOptions): TrainingTask {
  const { labels, batch, maxTokens, task } = options;
  const { limit } = options.ngrams;
  const classes = labels.length;
  const stepsPerEpoch = Math.floor(train.rows / batch);
  const represented = drawLabels(train, classes);
  const network = (graph: Graph, rows: number) =>
    wideDeepNet(
      graph.input("tokens", [rows, maxTokens], "int32"),
      graph.input("ngrams", [rows, limit], "int32"),
      classes,
      options.network,
    );

  function* batches(_epoch: number, random: Random): Iterable<Feeds> {
    const order = drawRows(options.sampling, { ...train, labels: represented }, random);
    const tokens = new Int32Array(batch * maxTokens);
    const ngrams = new Int32Array(batch * limit);
    const targets = new Float32Array(batch * classes);
    const feeds = {
      tokens: int32(tokens, [batch, maxTokens]),
      ngrams: int32(ngrams, [batch, limit]),
      targets: float32(targets, [batch, classes]),
    };
    for (let step = 0; step < stepsPerEpoch; step++) {
      for (let slot = 0; slot < batch; slot++) {
        const row = order[step * batch + slot] as number;
        tokens.set(train.tokens.subarray(row * maxTokens, (row + 1) * maxTokens), slot * maxTokens);
        ngrams.set(train.ngrams.subarray(row * limit, (row + 1) * limit), slot * limit);
        targets.set(train.targets.subarray(row * classes, (row + 1) * classes), slot * classes);
      }
      for (let i = 0; i < tokens.length; i++) {
        if (tokens[i] !== 0 && random.next() < options.tokenDropout) tokens[i] = options.unknownId;
      }
      for (let i = 0; i < ngrams.length; i++) {
        if (ngrams[i] !== 0 && random.next() < options.ngramDropout) ngrams[i] = 0;
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

  async function judge(session: Session): Promise<Float32Array> {
    const logits = new Float32Array(validation.rows * classes);
    for (let from = 0; from < validation.rows; from += JUDGE_BATCH) {
      const count = Math.min(JUDGE_BATCH, validation.rows - from);
      const result = await session.run(
        {
          tokens: int32(validation.tokens.slice(from * maxTokens, (from + count) * maxTokens), [count, maxTokens]),
          ngrams: int32(validation.ngrams.slice(from * limit, (from + count) * limit), [count, limit]),
        },
        { logits: null },
      );
      logits.set(floats(result.logits), from * classes);
    }
    return logits;
  }

  const single = (logits: Float32Array) => {
    const truth = Int32Array.from({ length: validation.rows }, (_, row) => {
      const own = validation.targets.subarray(row * classes, (row + 1) * classes);
      return own.indexOf(Math.max(...own));
    });
    return { logits, truth, classes };
  };
  const multi = (logits: Float32Array) => ({
    logits,
    truth: Uint8Array.from(validation.targets, (share) => (share > 0 ? 1 : 0)),
    classes,
  });

  return {
    stepsPerEpoch,
    trainingRows: train.rows,
    validationRows: validation.rows,
    define: () => (graph) => {
      const { logits, terms } = network(graph, batch);
      const targets = graph.input("targets", [batch, classes]);
      const { labelSmoothing, classWeights, auxiliary } = options;
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
      const { embedding, logits } = network(graph, DYNAMIC);
      return { embedding, logits };
    },
    batches,
    async validate(session) {
      const logits = await judge(session);
      if (task === "single") return judgeSingle(single(logits), "macroF1");
      const { score, metrics } = judgeMulti(multi(logits));
      return { score, metrics };
    },
    async contract(session) {
      const logits = await judge(session);
      const calibration = task === "multi" ? multiCalibration(multi(logits)) : singleCalibration(single(logits));
      return {
        ...calibration,
        modality: "text",
        labels: [...labels],
        task,
        outputs: { logits: "logits", embedding: "embedding" },
        input: {
          inputs: { tokens: "tokens", ngrams: "ngrams" },
          maxTokens,
          tokenizer: { model: JSON.parse(JSON.stringify(options.tokenizer)) },
          ngrams: { ...options.ngrams },
          languages: [...options.languages],
        },
      };
    },
  };
}
