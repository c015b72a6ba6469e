/**
 * The network of a training as its configuration names it: an encoder and, over it, a head. What the preprocessing
 * decides (the sizes of the vocabularies) is not written down.
 */
import { z } from "zod";
import { HeadConfig, headOf } from "../../classify/table.ts";
import { AffektError } from "../../core/errors.ts";
import type { Encoded } from "../../encode/encoded.ts";
import { FaceEncoderConfig, SpeechEncoderConfig, TextEncoderConfig } from "../../encode/table.ts";
import { parsePart, type TrainConfig } from "../config.ts";

const [bagOfWords, subwordCnn, subwordLstm, subwordTransformer, wideDeep] = TextEncoderConfig.options;
const vocabulary = { vocabulary: true } as const;

const TextNetwork = z.discriminatedUnion("kind", [
  bagOfWords.omit(vocabulary),
  subwordCnn.omit(vocabulary),
  subwordLstm.omit(vocabulary),
  subwordTransformer.omit(vocabulary),
  wideDeep.omit({ vocabulary: true, buckets: true }),
]);

const [softmax, cnn, rnn] = HeadConfig.options;
const labels = { labels: true } as const;
/** What the head reads of the encoder. Default: the sequence for a recurrent head, else the embedding. */
const reads = z.enum(["embedding", "sequence"]).exactOptional();

export const HeadChoice = z.discriminatedUnion("kind", [
  softmax.omit(labels).extend({ reads }),
  cnn.omit(labels).extend({ reads }),
  rnn.omit(labels).extend({ reads }),
]);

export type HeadChoice = z.infer<typeof HeadChoice>;

export interface NetworkChoice<Encoder> {
  readonly encoder: Encoder;
  readonly head?: HeadChoice;
}

function parseNetwork<Encoder>(
  schema: z.ZodType<Encoder>,
  network: TrainConfig["network"],
  kind: string,
  part: string,
): NetworkChoice<Encoder> {
  const { head, ...encoder } = network;
  return {
    encoder: parsePart(schema, { kind, ...encoder }, part),
    ...(head === undefined ? {} : { head: parsePart(HeadChoice, head, `${part}.head`) }),
  };
}

/**
 * @param ids different subwords and different n-grams, padding included
 * @throws AffektError `config`, naming every wrong field
 */
export function textNetwork(
  network: TrainConfig["network"],
  ids: { readonly tokens: number; readonly ngrams: number },
  part = "network",
): NetworkChoice<TextEncoderConfig> {
  const { encoder, ...rest } = parseNetwork(TextNetwork, network, "wide-deep", part);
  switch (encoder.kind) {
    case "wide-deep":
      if (rest.head === undefined) return { encoder: { ...encoder, vocabulary: ids.tokens, buckets: ids.ngrams } };
      throw new AffektError(
        "config",
        "The wide-deep encoder answers by itself: a head over its embedding would not see the n-grams.",
        `Leave out ${part}.head, or take another encoder.`,
      );
    case "bag-of-words":
      return { ...rest, encoder: { ...encoder, vocabulary: ids[encoder.reads ?? "tokens"] } };
    default:
      return { ...rest, encoder: { ...encoder, vocabulary: ids.tokens } };
  }
}

/** @throws AffektError `config`, naming every wrong field */
export function faceNetwork(network: TrainConfig["network"], part = "network"): NetworkChoice<FaceEncoderConfig> {
  return parseNetwork(FaceEncoderConfig, network, "residual", part);
}

/** @throws AffektError `config`, naming every wrong field */
export function speechNetwork(network: TrainConfig["network"], part = "network"): NetworkChoice<SpeechEncoderConfig> {
  return parseNetwork(SpeechEncoderConfig, network, "residual-attention", part);
}

/**
 * The encoder with the head's answer in place of its own. The head's parameters are named `head.…`.
 *
 * @throws AffektError `config` if the head wants a sequence and the encoder has none
 */
export function withHead(encoded: Encoded, head: HeadChoice | undefined, labels: number): Encoded {
  if (head === undefined) return encoded;
  const { reads = head.kind === "rnn" ? "sequence" : "embedding", ...options } = head;
  const { embedding, sequence, steps } = encoded;
  const input = reads === "sequence" ? sequence : embedding;
  if (input === undefined) {
    throw new AffektError(
      "config",
      `The ${head.kind} head reads a sequence, and this encoder gives only one vector.`,
      'Use a head with "reads": "embedding", or an encoder over steps.',
    );
  }
  const build = headOf({ ...options, labels });
  const logits = embedding.graph.within("head", () => build(input, reads === "sequence" ? steps : undefined));
  return { embedding, logits, ...(sequence ? { sequence } : {}), ...(steps ? { steps } : {}) };
}
