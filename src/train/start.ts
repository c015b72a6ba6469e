/**
 * Weights to start from: the best ones of a checkpoint of ours, all arrays of another safetensors file, or the
 * initializers of an ONNX file. VGG16 is known by torchvision's names, and in an ONNX file by its operators.
 */
import { AffektError } from "../core/errors.ts";
import { MODALITIES } from "../core/modality.ts";
import type { Files } from "../core/ports.ts";
import { folderOf, joinPath } from "../data/paths.ts";
import { foldNorms } from "../encode/face/vgg16-fold.ts";
import { greyKernels, vgg16FromOnnx } from "../encode/face/vgg16-onnx.ts";
import { vgg16FromTorchvision } from "../encode/face/vgg16-torchvision.ts";
import { decodeModel } from "../graph/onnx-read.ts";
import { onnxWeights } from "../graph/onnx-weights.ts";
import { bestWeights } from "./checkpoint.ts";
import type { TrainConfig } from "./config.ts";

type Weights = Map<string, Float32Array>;

export interface Start {
  readonly weights: Weights;
  /** Of the files. */
  readonly sha256: string;
}

/** A safetensors file has its JSON header after eight bytes of length. */
function isSafetensors(bytes: Uint8Array): boolean {
  return bytes[8] === "{".charCodeAt(0);
}

function asVgg16(weights: Weights): Weights {
  const renamed = vgg16FromTorchvision(weights);
  return greyKernels(renamed.size > 0 ? renamed : weights);
}

/** What of a network decides how weights are read. */
interface Starting {
  readonly kind?: string | undefined;
  /** False: norms that a file of VGG16 has are folded into its convolutions. */
  readonly batchNorm?: boolean;
}

function read(bytes: Uint8Array, isVgg16: boolean): Weights {
  if (isSafetensors(bytes)) {
    const weights = bestWeights(bytes);
    return isVgg16 ? asVgg16(weights) : weights;
  }
  const model = decodeModel(bytes);
  const weights = onnxWeights(model);
  if (!isVgg16 || weights.has("conv1_1.weight")) return weights;
  const known = vgg16FromOnnx(model);
  return known ? greyKernels(known) : weights;
}

/** What is wrong with a file, with its path in front: its bytes do not know it. */
function ofFile<T>(path: string, use: () => T): T {
  try {
    return use();
  } catch (cause) {
    if (!(cause instanceof AffektError) || cause.message.includes(path)) throw cause;
    const isKnown = /\.(onnx|safetensors)$/iu.test(path);
    const hint = isKnown ? cause.hint : "Let training.start name an .onnx or .safetensors file, or a configuration.";
    throw new AffektError(cause.code, `${path}: ${cause.message}`, hint, { cause });
  }
}

/**
 * @param encoder that shall start from them
 * @throws AffektError `checkpoint` or `model` if the file is broken, or of another network of its family
 */
export function startingWeights(bytes: Uint8Array, { kind, batchNorm = false }: Starting = {}): Weights {
  const isVgg16 = kind === "vgg16";
  const weights = read(bytes, isVgg16);
  return isVgg16 && !batchNorm ? foldNorms(weights) : weights;
}

/** Folder of the training that another one starts from, within that one's. */
const STAGE = "earlier";
const MOST_STAGES = 8;

function encoderOf(network: unknown): Starting {
  const { kind, batchNorm } = (network ?? {}) as { readonly kind?: unknown; readonly batchNorm?: unknown };
  return { kind: typeof kind === "string" ? kind : undefined, batchNorm: batchNorm === true };
}

/** @throws AffektError `file`, with a hint at where such a file comes from */
async function existing(file: string, files: Files): Promise<string> {
  if (await files.exists(file)) return file;
  throw new AffektError(
    "file",
    `The weights to start from, ${file}, do not exist.`,
    "If another training leaves them, run it first; or correct training.start.",
  );
}

/** A configuration that another one starts from, and the folder of its training. */
export interface EarlierStage {
  readonly config: string;
  readonly folder: string;
}

/**
 * @param path of the configuration
 * @param folder of its training
 * @throws AffektError `config` if it starts from itself, or has folds
 */
export function earlierStage(config: TrainConfig, path: string, folder: string): EarlierStage | undefined {
  const { start } = config.training;
  if (typeof start !== "string" || !start.endsWith(".json")) return undefined;
  const earlier = joinPath(folderOf(path), start);
  // The folder grows with each stage: a circle of configurations is told before it fills the disk.
  const circle = earlier === path || folder.split("/").filter((part) => part === STAGE).length >= MOST_STAGES;
  if (circle || config.folds !== undefined) {
    throw new AffektError(
      "config",
      circle ? `${path} starts from itself, by way of ${start}.` : "With folds there is no one training to start from.",
      circle ? "Let training.start name an earlier training." : "Leave out folds, or let training.start name weights.",
    );
  }
  return { config: earlier, folder: joinPath(folder, STAGE) };
}

/**
 * @param path of the configuration, which the files are relative to
 * @param folder of its training, within which earlier stages left their checkpoints
 * @throws AffektError `file`, `checkpoint`, `model`, `config`
 */
export async function readStart(
  config: TrainConfig,
  path: string,
  files: Files,
  folder: string,
): Promise<Start | undefined> {
  const { start } = config.training;
  if (start === undefined) return undefined;
  const at = (file: string): Promise<string> => existing(joinPath(folderOf(path), file), files);
  if (typeof start === "string") {
    const earlier = earlierStage(config, path, folder);
    const file = earlier ? await existing(joinPath(earlier.folder, "checkpoint.safetensors"), files) : await at(start);
    const bytes = await files.readBytes(file);
    const weights = ofFile(file, () => startingWeights(bytes, encoderOf(config.network)));
    return { weights, sha256: await files.sha256(file) };
  }
  const weights: Weights = new Map();
  const hashes: string[] = [];
  for (const modality of MODALITIES) {
    const given = start[modality];
    if (given === undefined) continue;
    const file = await at(given);
    const bytes = await files.readBytes(file);
    const own = ofFile(file, () => startingWeights(bytes, encoderOf(config.network[modality])));
    for (const [name, data] of own) weights.set(`${modality}.${name}`, data);
    hashes.push(await files.sha256(file));
  }
  return { weights, sha256: hashes.join(" ") };
}
