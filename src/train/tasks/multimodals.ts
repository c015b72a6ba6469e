/** Training of one network on rows of a text, a face and a voice. */
import { MODALITIES, type Modality } from "../../core/modality.ts";
import { pairs } from "../../core/pairs.ts";
import type { Session } from "../../core/ports.ts";
import type { Random } from "../../core/random.ts";
import { float32, floats, type Tensor } from "../../core/tensor.ts";
import { textReads } from "../../encode/table.ts";
import { dropModalities } from "../../fuse/modality-dropout.ts";
import { weighs } from "../../fuse/table.ts";
import { crossEntropy } from "../../graph/losses.ts";
import { add, scale } from "../../graph/ops/arithmetic.ts";
import { DYNAMIC } from "../../graph/shape.ts";
import { type AugmentOptions, augment } from "../../preprocess/face/augment.ts";
import { augmentFeatures, type FeatureAugmentation } from "../../preprocess/speech/augment-features.ts";
import type { MultimodalContract } from "../../recognize/contract.ts";
import { writeWindow } from "../../recognize/speech-expert.ts";
import { drawShares, mixByShares } from "../mixup.ts";
import { drawRows, numbered, type Sampling } from "../sampling.ts";
import type { Feeds, TrainingTask } from "../task.ts";
import { judgeSingle, type SingleScore, singleCalibration } from "../validation.ts";
import { sharesInput } from "./encoded-mixup.ts";
import { centreCrops } from "./faces.ts";
import { type Answers, columnsInContract, type Further, furtherMetrics, sizeOf } from "./further-columns.ts";
import { columnOutputs, multiTaskLoss } from "./multi-task-net.ts";
import { type MultimodalNetOptions, multimodalNet } from "./multimodal-net.ts";
import { type MultimodalSet, truthOf } from "./multimodal-set.ts";
import type { TextRow } from "./text-record.ts";
import { hideIds } from "./texts.ts";

export interface MultimodalTaskOptions {
  readonly labels: readonly string[];
  readonly network: MultimodalNetOptions;
  readonly batch: number;
  readonly labelSmoothing: number;
  readonly classWeights?: Float32Array;
  readonly sampling: Sampling;
  readonly score: SingleScore;
  readonly text: { readonly tokenDropout: number; readonly ngramDropout: number; readonly unknownId: number };
  readonly face: {
    readonly augment: AugmentOptions;
    readonly cut: number;
    readonly mean: number;
    readonly std: number;
  };
  readonly speech: { readonly augment: FeatureAugmentation };
  /** Share of the modalities that are hidden from a row in training. */
  readonly modalityDropout: number;
  /** Weight of the mean loss of the encoders' own answers, so that each learns to speak for itself. */
  readonly auxiliary: number;
  /** Of the Beta distribution from which the share of the other row is drawn; 0 for no mixup. */
  readonly mixup: number;
  /** Columns that a multi-task head learns along. */
  readonly further?: Further;
  /** What the contract says of the three inputs. */
  readonly input: MultimodalContract["input"];
}

const JUDGE_BATCH = 64;
/** Weight of the loss that a fusion has of its own. */
const FUSION_LOSS = 0.1;
const COLUMNS = MODALITIES.length;

interface Buffers {
  readonly feeds: Feeds;
  readonly ids: readonly { readonly name: "tokens" | "ngrams"; readonly data: Int32Array; readonly width: number }[];
  readonly pixels: Float32Array;
  readonly features: Float32Array;
  readonly presence: Float32Array;
}

function buffers(rows: number, { encoders, sizes }: MultimodalNetOptions): Buffers {
  const { maxTokens, ngramLimit, side, bands, steps } = sizes;
  const ids = textReads(encoders.text).map((name) => {
    const width = name === "tokens" ? maxTokens : ngramLimit;
    return { name, width, data: new Int32Array(rows * width) };
  });
  const pixels = new Float32Array(rows * side * side);
  const features = new Float32Array(rows * bands * steps);
  const presence = new Float32Array(rows * COLUMNS).fill(1);
  const feeds: Record<string, Tensor> = {
    pixels: float32(pixels, [rows, 1, side, side]),
    features: float32(features, [rows, 1, bands, steps]),
    presence: float32(presence, [rows, COLUMNS]),
  };
  for (const { name, data, width } of ids) feeds[name] = { type: "int32", data, dims: [rows, width] };
  return { feeds, ids, pixels, features, presence };
}

function placeText({ ids }: Buffers, text: TextRow, at: number): void {
  for (const { name, data, width } of ids) data.set(text[name], at * width);
}

/**
 * What a network says of every row: the middle of the face, and the middle window of a voice longer than one.
 *
 * @param sizes numbers of a row in each output that is wanted, by its name
 * @param given the modalities that it is shown; all by default
 * @returns each output, `[rows, size]`
 */
export async function multimodalAnswers<Name extends string>(
  session: Session,
  set: MultimodalSet,
  { network, face }: Pick<MultimodalTaskOptions, "network" | "face">,
  sizes: Readonly<Record<Name, number>>,
  given: readonly Modality[] = MODALITIES,
): Promise<Record<Name, Float32Array>> {
  const { side, bands, steps } = network.sizes;
  const outputs = Object.entries<number>(sizes).map(([name, size]) => ({
    name,
    size,
    data: new Float32Array(set.rows * size),
  }));
  const wanted = Object.fromEntries(outputs.map(({ name }) => [name, null]));
  const area = set.face.side ** 2;
  const pixels = new Uint8Array(Math.min(JUDGE_BATCH, set.rows) * area);
  let into = buffers(0, network);
  let row = 0;
  const { text, face: seen, speech } = set;
  const media = pairs(seen.read(seen.crops), speech.read(speech.clips));
  for await (const [said, [crop, voice]] of pairs(text.read(new Int32Array(set.rows).keys()), media)) {
    const at = row % JUDGE_BATCH;
    const from = row - at;
    const count = Math.min(JUDGE_BATCH, set.rows - from);
    if (at === 0) into = buffers(count, network);
    pixels.set(crop, at * area);
    placeText(into, said, at);
    const start = Math.max(0, Math.floor((voice.steps - steps) / 2));
    writeWindow(voice, start, steps, "bands-steps", into.features, at * bands * steps);
    for (const [column, modality] of MODALITIES.entries()) {
      into.presence[at * COLUMNS + column] = given.includes(modality) ? 1 : 0;
    }
    row++;
    if (at + 1 < count) continue;
    into.pixels.set(centreCrops({ pixels, side: set.face.side }, 0, count, side, face));
    const answer = await session.run(into.feeds, wanted);
    for (const { name, size, data } of outputs) data.set(floats(answer[name], name), from * size);
  }
  return Object.fromEntries(outputs.map(({ name, data }) => [name, data])) as Record<Name, Float32Array>;
}

/** As `multimodalAnswers`: logits alone, `[rows, labels]`. */
export async function multimodalLogits(
  session: Session,
  set: MultimodalSet,
  options: Pick<MultimodalTaskOptions, "network" | "labels" | "face">,
  given?: readonly Modality[],
): Promise<Float32Array> {
  return (await multimodalAnswers(session, set, options, { logits: options.labels.length }, given)).logits;
}

export function multimodalTask(
  train: MultimodalSet,
  validation: MultimodalSet,
  options: MultimodalTaskOptions,
): TrainingTask {
  const { labels, network, batch, auxiliary, labelSmoothing, classWeights, modalityDropout, mixup, further } = options;
  const { side, bands, steps } = network.sizes;
  const classes = labels.length;
  const width = further?.width ?? 0;
  const stepsPerEpoch = Math.floor(train.rows / batch);
  const subjects = train.subjects && numbered(train.subjects);
  const drawable = { rows: train.rows, labels: truthOf(train), ...(subjects ? { subjects } : {}) };
  const { cut, mean, std } = options.face;
  const zoom = train.face.side / cut;

  async function* batches(_epoch: number, random: Random): AsyncGenerator<Feeds> {
    const order = drawRows(options.sampling, drawable, random).subarray(0, stepsPerEpoch * batch);
    const into = buffers(batch, network);
    const targets = new Float32Array(batch * classes);
    const whole = new Float32Array(batch * COLUMNS).fill(1);
    const along = new Float32Array(batch * width);
    const shares = new Float32Array(batch);
    const feeds = {
      ...into.feeds,
      targets: float32(targets, [batch, classes]),
      ...(width > 0 ? { further: float32(along, [batch, width]) } : {}),
      ...(mixup > 0 ? { shares: float32(shares, [batch, 1]) } : {}),
    };
    const { text, face, speech } = train;
    const crops = Array.from(order, (row) => face.crops[row] as number);
    const clips = Array.from(order, (row) => speech.clips[row] as number);
    let count = 0;
    const media = pairs(face.read(crops), speech.read(clips));
    for await (const [said, [crop, heard]] of pairs(text.read(order), media)) {
      const at = count % batch;
      const row = order[count] as number;
      placeText(into, said, at);
      augment(crop, face.side, into.pixels, at * side * side, side, random, { zoom, ...options.face.augment });
      const voice = augmentFeatures(heard, steps, random, options.speech.augment);
      writeWindow(voice, 0, steps, "bands-steps", into.features, at * bands * steps);
      targets.set(train.targets.subarray(row * classes, (row + 1) * classes), at * classes);
      if (train.further) along.set(train.further.subarray(row * width, (row + 1) * width), at * width);
      count++;
      if (count % batch > 0) continue;
      for (const { name, data } of into.ids) hideIds(data, name, options.text, random);
      for (let at = 0; at < into.pixels.length; at++) into.pixels[at] = ((into.pixels[at] as number) - mean) / std;
      // Every row has all three, and so has every mixture: what is hidden is hidden of a mixture as a whole.
      into.presence.set(dropModalities(whole, COLUMNS, modalityDropout, random));
      if (mixup > 0) {
        drawShares(shares, mixup, random);
        for (const values of [targets, along]) mixByShares(values, shares);
      }
      yield feeds;
    }
  }

  /** Of each output of a row. */
  const sizes: Record<string, number> = {
    logits: classes,
    ...Object.fromEntries((further?.columns ?? []).map((column) => [column.task, sizeOf(column)])),
  };
  async function judge(session: Session) {
    const answers = await multimodalAnswers(session, validation, options, sizes);
    const said: Answers = new Map(Object.entries(answers));
    const along = furtherMetrics(further, validation.further, said);
    return { logits: answers["logits"] as Float32Array, truth: truthOf(validation), classes, along };
  }

  return {
    stepsPerEpoch,
    trainingRows: train.rows,
    validationRows: validation.rows,
    define: () => (graph) => {
      const net = multimodalNet(graph, batch, network, sharesInput(graph, batch, mixup));
      const targets = graph.input("targets", [batch, classes]);
      const weights = classWeights ? { classWeights } : {};
      let loss =
        net.multiTask && further
          ? multiTaskLoss(net.multiTask, further, targets, { labelSmoothing, ...weights })
          : crossEntropy(net.logits, targets, { labelSmoothing, ...weights });
      if (net.auxiliary) loss = add(loss, scale(net.auxiliary, FUSION_LOSS));
      if (auxiliary > 0) {
        const alone = MODALITIES.map((modality) => crossEntropy(net.own[modality], targets, weights));
        loss = add(loss, scale(alone.reduce(add), auxiliary / COLUMNS));
      }
      return { loss, outputs: { logits: net.logits } };
    },
    infer(graph) {
      const { logits, embedding, weights, multiTask } = multimodalNet(graph, DYNAMIC, network);
      return { logits, embedding, ...(weights ? { weights } : {}), ...columnOutputs(multiTask, further) };
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
        modality: "multimodal",
        labels: [...labels],
        task: "single",
        outputs: {
          ...{ logits: "logits", embedding: "embedding" },
          ...(weighs(network.fusion) ? { weights: "weights" } : {}),
        },
        input: options.input,
      };
    },
  };
}
