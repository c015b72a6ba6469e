/**
 * The network of a training as its configuration names it: an encoder and, over it, a head. What the preprocessing
 * decides (the sizes of the vocabularies) is not written down.
 */
import { z } from "zod";
import { HeadConfig, headOf } from "../../classify/table.ts";
import { AffektError } from "../../core/errors.ts";
import type { Encoded } from "../../encode/encoded.ts";
import { FaceEncoderConfig, SpeechEncoderConfig, TextEncoderConfig } from "../../encode/table.ts";
import type { Node } from "../../graph/graph.ts";
import { parsePart, type TrainConfig } from "../config.ts";
import type { Further, FurtherFields } from "./further-columns.ts";
import { MultiTaskChoice, type MultiTaskNet, multiTaskHeadOf } from "./multi-task-net.ts";

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

const AnyHead = z.discriminatedUnion("kind", [...HeadChoice.options, MultiTaskChoice]);

export type HeadChoice = z.infer<typeof HeadChoice>;

export interface NetworkChoice<Encoder> {
  readonly encoder: Encoder;
  readonly head?: HeadChoice;
  /** In place of a head of the label alone. */
  readonly multiTask?: MultiTaskChoice;
}

function parseNetwork<Encoder>(
  schema: z.ZodType<Encoder>,
  network: TrainConfig["network"],
  kind: string,
  part: string,
): NetworkChoice<Encoder> {
  const { head, ...rest } = network;
  const encoder = parsePart(schema, { kind, ...rest }, part);
  if (head === undefined) return { encoder };
  const own = parsePart(AnyHead, head, `${part}.head`);
  return own.kind === "multi-task" ? { encoder, multiTask: own } : { encoder, head: own };
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
      if ((rest.head ?? rest.multiTask) === undefined)
        return { encoder: { ...encoder, vocabulary: ids.tokens, buckets: ids.ngrams } };
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

/** A network with its head: `embedding`, `logits`, and the further tasks of a multi-task head. */
export interface Headed extends Encoded {
  readonly multiTask?: MultiTaskNet;
}

/**
 * The encoder with the head's answer in place of its own. The head's parameters are named `head.…`.
 *
 * @param further columns of a multi-task head
 * @param kind of the label
 * @throws AffektError `config` if the head wants a sequence and the encoder has none
 */
export function withHead(
  encoded: Encoded,
  { head, multiTask }: Pick<NetworkChoice<unknown>, "head" | "multiTask">,
  labels: number,
  further: Pick<Further, "columns"> = { columns: [] },
  kind: "classes" | "flags" = "classes",
): Headed {
  const { embedding, sequence, steps } = encoded;
  const kept = { embedding, ...(sequence ? { sequence } : {}), ...(steps ? { steps } : {}) };
  if (multiTask !== undefined) {
    const built = multiTaskHeadOf(multiTask, labels, further, kind);
    const outputs = embedding.graph.within("head", () => built.outputs(embedding));
    return { ...kept, logits: outputs["label"] as Node, multiTask: { head: built, outputs } };
  }
  if (head === undefined) return encoded;
  const { reads = head.kind === "rnn" ? "sequence" : "embedding", ...options } = head;
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
  return { ...kept, logits };
}

/**
 * The columns that a network learns along.
 *
 * @param columns what the rows that are trained on have of them
 * @throws AffektError `config` if columns are named and the head is none of several tasks; `data`
 */
export function furtherOf(
  { multiTask }: Pick<NetworkChoice<unknown>, "multiTask">,
  fields: FurtherFields,
  columns: () => Further,
): Further | undefined {
  if (multiTask !== undefined) return columns();
  const named = [...fields.numbers, ...fields.categories];
  if (named.length === 0) return undefined;
  throw new AffektError(
    "config",
    `features names the columns ${named.join(", ")}, but the network has no head for them.`,
    'Set network.head to { "kind": "multi-task" }, or leave the columns out.',
  );
}
