/** The encoders of each modality by name, as a configuration names them. */
import { z } from "zod";
import { AffektError } from "../core/errors.ts";
import type { Node } from "../graph/graph.ts";
import type { Encoded } from "./encoded.ts";
import { residualFaceNet } from "./face/residual-face-net.ts";
import { vgg16 } from "./face/vgg16.ts";
import { convTransformer } from "./speech/conv-transformer.ts";
import { crnn } from "./speech/crnn.ts";
import { functionalsNet } from "./speech/functionals-net.ts";
import { logMelCnn } from "./speech/log-mel-cnn.ts";
import { mfccLstm } from "./speech/mfcc-lstm.ts";
import { residualAttentionNet } from "./speech/residual-attention-net.ts";
import { bagOfWordsNet } from "./text/bag-of-words-net.ts";
import { subwordCnn } from "./text/subword-cnn.ts";
import { subwordLstm } from "./text/subword-lstm.ts";
import { subwordTransformer } from "./text/subword-transformer.ts";
import { wideDeepNet } from "./text/wide-deep-net.ts";

const size = z.int().positive();
const count = size.exactOptional();
const sizes = z.array(size).min(1);
const dropout = z.number().min(0).lt(1).exactOptional();
const direction = z.enum(["forward", "both"]).exactOptional();
/** Different ids that the text's preprocessing gives, padding included. */
const vocabulary = z.int().min(2);

/** Options that are left out have the defaults of the encoder's own file. */
export const TextEncoderConfig = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("bag-of-words"),
    /** Which ids are the words. */
    reads: z.enum(["tokens", "ngrams"]).exactOptional(),
    vocabulary,
    tokenDim: count,
    hidden: count,
    dropout,
  }),
  z.strictObject({
    kind: z.literal("subword-cnn"),
    vocabulary,
    tokenDim: count,
    widths: sizes.exactOptional(),
    filters: count,
    dropout,
  }),
  z.strictObject({
    kind: z.literal("subword-lstm"),
    vocabulary,
    tokenDim: count,
    hidden: count,
    layers: count,
    direction,
    dropout,
  }),
  z.strictObject({
    kind: z.literal("subword-transformer"),
    vocabulary,
    dim: count,
    layers: count,
    heads: count,
    feedForward: count,
    dropout,
  }),
  z.strictObject({
    kind: z.literal("wide-deep"),
    vocabulary,
    buckets: z.int().min(2),
    tokenDim: count,
    hidden: count,
    heads: count,
    dropout,
  }),
]);

export const FaceEncoderConfig = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("vgg16"),
    width: z.number().positive().exactOptional(),
    hidden: count,
    batchNorm: z.boolean().exactOptional(),
    dropout,
  }),
  z.strictObject({
    kind: z.literal("residual"),
    channels: sizes,
    blocks: sizes.exactOptional(),
    squeezeExcitation: z.boolean().exactOptional(),
    dropout,
  }),
]);

export const SpeechEncoderConfig = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("log-mel-cnn"), channels: sizes.exactOptional(), dropout }),
  z.strictObject({
    kind: z.literal("crnn"),
    channels: sizes.exactOptional(),
    stride: count,
    hidden: count,
    dropout,
  }),
  z.strictObject({
    kind: z.literal("functionals"),
    members: count,
    /** Of none, the network is linear. */
    hidden: z.array(size).exactOptional(),
    dropout,
    inputDropout: dropout,
  }),
  z.strictObject({ kind: z.literal("mfcc-lstm"), hidden: count, layers: count, direction, dropout }),
  z.strictObject({
    kind: z.literal("conv-transformer"),
    channels: count,
    dim: count,
    layers: count,
    heads: count,
    dropout,
  }),
  z.strictObject({
    kind: z.literal("residual-attention"),
    channels: sizes.exactOptional(),
    width: count,
    heads: count,
    dropout,
  }),
]);

export type TextEncoderConfig = z.infer<typeof TextEncoderConfig>;
export type FaceEncoderConfig = z.infer<typeof FaceEncoderConfig>;
export type SpeechEncoderConfig = z.infer<typeof SpeechEncoderConfig>;

/** Ids of a text, int32 and padded with 0; an encoder reads one kind or both. */
export interface TextInputs {
  /** Subwords in their order, `[batch, steps]`. */
  readonly tokens?: Node;
  /** Hashed n-grams in any order, `[batch, limit]`. */
  readonly ngrams?: Node;
}

type Options<Config extends { readonly kind: string }, Kind extends string> = Extract<Config, { kind: Kind }>;
type Encoders<Inputs, Config extends { readonly kind: string }> = {
  readonly [Kind in Config["kind"]]: (inputs: Inputs, labels: number, options: Options<Config, Kind>) => Encoded;
};

function wanted(inputs: TextInputs, name: keyof TextInputs, kind: string): Node {
  const node = inputs[name];
  if (node !== undefined) return node;
  throw new AffektError("config", `The ${kind} encoder reads ${name}; received none.`, `Give it the input ${name}.`);
}

const TEXT_ENCODERS: Encoders<TextInputs, TextEncoderConfig> = {
  "bag-of-words": (inputs, labels, options) =>
    bagOfWordsNet(wanted(inputs, options.reads ?? "tokens", "bag-of-words"), labels, options),
  "subword-cnn": (inputs, labels, options) => subwordCnn(wanted(inputs, "tokens", "subword-cnn"), labels, options),
  "subword-lstm": (inputs, labels, options) => subwordLstm(wanted(inputs, "tokens", "subword-lstm"), labels, options),
  "subword-transformer": (inputs, labels, options) =>
    subwordTransformer(wanted(inputs, "tokens", "subword-transformer"), labels, options),
  "wide-deep": (inputs, labels, options) =>
    wideDeepNet(wanted(inputs, "tokens", "wide-deep"), wanted(inputs, "ngrams", "wide-deep"), labels, options),
};

const FACE_ENCODERS: Encoders<Node, FaceEncoderConfig> = { vgg16, residual: residualFaceNet };

const SPEECH_ENCODERS: Encoders<Node, SpeechEncoderConfig> = {
  "log-mel-cnn": logMelCnn,
  crnn,
  functionals: functionalsNet,
  "mfcc-lstm": mfccLstm,
  "conv-transformer": convTransformer,
  "residual-attention": residualAttentionNet,
};

/** Which ids an encoder reads. */
export function textReads(config: Pick<TextEncoderConfig, "kind"> & { readonly reads?: keyof TextInputs }) {
  if (config.kind === "wide-deep") return ["tokens", "ngrams"] as const;
  return [config.reads ?? "tokens"] as const;
}

/** @throws AffektError `config` if the encoder reads ids that are not given */
export function encodeText(inputs: TextInputs, labels: number, config: TextEncoderConfig): Encoded {
  const encoder = TEXT_ENCODERS[config.kind] as (i: TextInputs, l: number, o: TextEncoderConfig) => Encoded;
  return encoder(inputs, labels, config);
}

/**
 * @param pixels `[batch, channels, side, side]`
 * @param weights initial weights by name, for encoders that can start from some
 */
export function encodeFace(
  pixels: Node,
  labels: number,
  config: FaceEncoderConfig,
  weights?: ReadonlyMap<string, Float32Array>,
): Encoded {
  if (weights !== undefined && config.kind !== "vgg16") {
    throw new AffektError(
      "config",
      `The ${config.kind} encoder cannot start from given weights.`,
      "Leave the weights out, or take vgg16.",
    );
  }
  const encoder = FACE_ENCODERS[config.kind] as (i: Node, l: number, o: object) => Encoded;
  return encoder(pixels, labels, weights === undefined ? config : { ...config, weights });
}

/** Whether an encoder reads features in time or the functionals of the whole utterance. */
export function speechReads({ kind }: Pick<SpeechEncoderConfig, "kind">): "features" | "functionals" {
  return kind === "functionals" ? "functionals" : "features";
}

/** @param features `[batch, 1, bands or coefficients, steps]`, or functionals `[batch, width]` where those are read */
export function encodeSpeech(features: Node, labels: number, config: SpeechEncoderConfig): Encoded {
  const encoder = SPEECH_ENCODERS[config.kind] as (i: Node, l: number, o: SpeechEncoderConfig) => Encoded;
  return encoder(features, labels, config);
}
