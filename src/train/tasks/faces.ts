/** Training on square face crops, kept as bytes in memory and augmented anew for every batch. */

import type { Session } from "../../core/ports.ts";
import type { Random } from "../../core/random.ts";
import { float32, floats } from "../../core/tensor.ts";
import { encodeFace, type FaceEncoderConfig } from "../../encode/table.ts";
import type { Graph } from "../../graph/graph.ts";
import { crossEntropy } from "../../graph/losses.ts";
import { DYNAMIC } from "../../graph/shape.ts";
import { type AugmentOptions, augment } from "../../preprocess/face/augment.ts";
import { standardize } from "../../preprocess/face/normalize.ts";
import { IDENTITY, warp } from "../../preprocess/face/warp.ts";
import type { FaceView } from "../../recognize/contract.ts";
import { mixup } from "../mixup.ts";
import { drawRows, type Sampling } from "../sampling.ts";
import type { Feeds, TrainingTask } from "../task.ts";
import { type Judged, judgeSingle, singleCalibration } from "../validation.ts";
import type { CropStream, DrawnCrop } from "./face-crops.ts";
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

/** Crops of one split. */
export interface FaceSet {
  /** `[rows, side, side]` grey levels; empty if the crops are streamed. */
  readonly pixels: Uint8Array;
  /** Where the crops to train on come from, if they are not held in `pixels`. */
  readonly stream?: CropStream;
  readonly rows: number;
  readonly side: number;
  /** `[rows, labels]`, each summing to 1. */
  readonly targets: Float32Array;
  /** Index of the label that counts when judging, per row. */
  readonly truth: Int32Array;
  /** `[rows, width]` of the further columns. */
  readonly further?: Float32Array;
  /** Number of the person on each row, where the rows say so. */
  readonly subjects?: Int32Array;
}

export interface FaceTaskOptions {
  readonly labels: readonly string[];
  readonly network: NetworkChoice<FaceEncoderConfig>;
  readonly augment: AugmentOptions;
  readonly batch: number;
  /** Side of the pictures that the network is trained on, in pixels, in the epoch (counted from 1). */
  readonly trainSize: (epoch: number) => number;
  /** Side of the random part of a crop that fills such a picture, in pixels of the crop. */
  readonly cut: number;
  /** Side of the centre crop that it is judged and served on. */
  readonly size: number;
  readonly labelSmoothing: number;
  /** Cuts of the crop whose logits are averaged when the model is served. */
  readonly views?: readonly FaceView[];
  /** Of the pixels, in [0, 1]. */
  readonly mean: number;
  readonly std: number;
  /** Each picture to mean 0 and deviation 1 in place of these two. */
  readonly standardize?: boolean;
  readonly classWeights?: Float32Array;
  /** Of the Beta distribution; 0 for none. */
  readonly mixup: number;
  readonly sampling: Sampling;
  /** Columns that a multi-task head learns along. */
  readonly further?: Further;
}

const JUDGE_BATCH = 128;
const WHOLE: FaceView = { scale: 1, shiftX: 0, shiftY: 0 };

/** What is averaged when a face is served. */
interface Variant {
  readonly flip: boolean;
  readonly view: FaceView;
}

type Normalization = Pick<FaceTaskOptions, "mean" | "std" | "standardize">;

/** In place. @param pixels `[count, 1, side, side]` in [0, 1] */
function normalizePictures(pixels: Float32Array, side: number, options: Normalization): void {
  const { mean, std } = options;
  const area = side * side;
  if (options.standardize) for (let at = 0; at < pixels.length; at += area) standardize(pixels, at, area);
  else for (let i = 0; i < pixels.length; i++) pixels[i] = ((pixels[i] as number) - mean) / std;
}

/** Centre crops, normalized: `[count, 1, size, size]`. */
export function centreCrops(
  set: Pick<FaceSet, "pixels" | "side">,
  from: number,
  count: number,
  size: number,
  normalization: Normalization,
  { flip = false, view = WHOLE }: { readonly flip?: boolean; readonly view?: FaceView } = {},
): Float32Array {
  const out = new Float32Array(count * size * size);
  const area = set.side * set.side;
  const { scale, ...shifts } = view;
  const transform = { ...IDENTITY, ...shifts, flip, scale: (scale * set.side) / size };
  for (let row = 0; row < count; row++) {
    const source = set.pixels.subarray((from + row) * area, (from + row + 1) * area);
    warp(source, set.side, out, row * size * size, size, transform);
  }
  normalizePictures(out, size, normalization);
  return out;
}

export function faceTask(train: FaceSet, validation: FaceSet, options: FaceTaskOptions): TrainingTask {
  const { labels, batch, trainSize, cut, size, mean, std, further } = options;
  const classes = labels.length;
  const extra = further?.width ?? 0;
  const stepsPerEpoch = Math.floor(train.rows / batch);
  function network(graph: Graph, rows: number, side: number): Headed {
    const { encoder } = options.network;
    const encoded = encodeFace(graph.input("pixels", [rows, 1, side, side]), classes, encoder);
    return withHead(encoded, options.network, classes, further);
  }

  function* heldCrops(rows: Int32Array): Generator<DrawnCrop> {
    const area = train.side * train.side;
    for (const row of rows) yield { row, crop: train.pixels.subarray(row * area, (row + 1) * area) };
  }

  async function* batches(epoch: number, random: Random): AsyncGenerator<Feeds> {
    const side = trainSize(epoch);
    const drawn = drawRows(options.sampling, { ...train, labels: train.truth }, random);
    const order = drawn.subarray(0, stepsPerEpoch * batch);
    const pixels = new Float32Array(batch * side * side);
    const targets = targetBuffers(batch, classes, extra);
    const feeds = { pixels: float32(pixels, [batch, 1, side, side]), ...targets.feeds };
    const zoom = train.side / cut;
    let count = 0;
    for await (const { row, crop } of train.stream?.(order) ?? heldCrops(order)) {
      const slot = count % batch;
      augment(crop, train.side, pixels, slot * side * side, side, random, { zoom, ...options.augment });
      const own = train.further?.subarray(row * extra, (row + 1) * extra);
      targets.place(slot, train.targets.subarray(row * classes, (row + 1) * classes), own);
      count++;
      if (count % batch > 0) continue;
      normalizePictures(pixels, side, options);
      mixup(pixels, targets.packed, batch, options.mixup, random);
      targets.flush();
      yield feeds;
    }
  }

  async function judge(
    session: Session,
    variants: readonly Variant[],
  ): Promise<Judged & { along: Record<string, number> }> {
    const answers: Answers = new Map();
    const logits = new Float32Array(validation.rows * classes);
    for (let from = 0; from < validation.rows; from += JUDGE_BATCH) {
      const count = Math.min(JUDGE_BATCH, validation.rows - from);
      for (const variant of variants) {
        const crops = centreCrops(validation, from, count, size, options, variant);
        const wanted = { logits: null, ...furtherOutputs(further) };
        const result = await session.run({ pixels: float32(crops, [count, 1, size, size]) }, wanted);
        const part = floats(result.logits);
        const share = 1 / variants.length;
        const placed = Array.from({ length: count }, (_, slot) => ({ row: from + slot, share }));
        addAnswers(answers, result, further, validation.rows, placed);
        for (let i = 0; i < part.length; i++) logits[from * classes + i]! += (part[i] as number) / variants.length;
      }
    }
    const along = furtherMetrics(further, validation.further, answers);
    return { logits, truth: validation.truth, classes, along };
  }

  return {
    stepsPerEpoch,
    trainingRows: train.rows,
    validationRows: validation.rows,
    define: (epoch) => (graph) => {
      const { logits, multiTask } = network(graph, batch, trainSize(epoch));
      const targets = graph.input("targets", [batch, classes]);
      const { labelSmoothing, classWeights } = options;
      if (multiTask && further) {
        const loss = multiTaskLoss(multiTask, further, targets, { labelSmoothing, classWeights });
        return { loss, outputs: { logits } };
      }
      const loss = crossEntropy(logits, targets, { labelSmoothing, ...(classWeights ? { classWeights } : {}) });
      return { loss, outputs: { logits } };
    },
    infer(graph) {
      const { embedding, logits, multiTask } = network(graph, DYNAMIC, size);
      return { embedding, logits, ...columnOutputs(multiTask, further) };
    },
    batches,
    async validate(session) {
      const judged = await judge(session, [{ flip: false, view: WHOLE }]);
      const validation = judgeSingle(judged, "accuracy");
      return { ...validation, metrics: { ...validation.metrics, ...judged.along } };
    },
    async contract(session) {
      const views = options.views ?? [WHOLE];
      const served = views.flatMap((view) => [false, true].map((flip) => ({ flip, view })));
      const judged = await judge(session, served);
      const calibration = singleCalibration(judged);
      return {
        ...calibration,
        metrics: { ...calibration.metrics, ...judged.along },
        ...columnsInContract(further),
        modality: "face",
        labels: [...labels],
        task: "single",
        outputs: { logits: "logits", embedding: "embedding" },
        input: {
          inputs: { pixels: "pixels" },
          size,
          cropSize: validation.side,
          channels: 1,
          normalization: options.standardize ? "standardize" : { mean: [mean], std: [std] },
          cropMargin: 0.1,
          aligned: false,
          flipAverage: true,
          ...(options.views ? { views: options.views.map((view) => ({ ...view })) } : {}),
        },
      };
    },
  };
}
