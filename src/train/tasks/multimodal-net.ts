/**
 * One network from text, face and voice to a label: an encoder per modality, a fusion of their embeddings (or of their
 * sequences, where the fusion relates steps), and a head. All of it is one graph, trained end to end.
 */
import { MODALITIES, type Modality, type PerModality } from "../../core/modality.ts";
import type { Encoded } from "../../encode/encoded.ts";
import {
  encodeFace,
  encodeSpeech,
  encodeText,
  type FaceEncoderConfig,
  type SpeechEncoderConfig,
  type TextEncoderConfig,
  textReads,
} from "../../encode/table.ts";
import { type FusionConfig, fusionOf } from "../../fuse/table.ts";
import type { Graph, Node } from "../../graph/graph.ts";
import { mixEncoded } from "./encoded-mixup.ts";
import { answerOf, type FusedHead } from "./fused-head.ts";
import type { MultiTaskNet } from "./multi-task-net.ts";

export interface MultimodalNetOptions {
  readonly encoders: {
    readonly text: TextEncoderConfig;
    readonly face: FaceEncoderConfig;
    readonly speech: SpeechEncoderConfig;
  };
  readonly fusion: FusionConfig;
  readonly head: FusedHead;
  /** Of the inputs of one row. */
  readonly sizes: {
    readonly maxTokens: number;
    readonly ngramLimit: number;
    /** Side of the picture. */
    readonly side: number;
    readonly bands: number;
    readonly steps: number;
  };
}

export interface MultimodalNet {
  /** `[rows, labels]`. */
  readonly logits: Node;
  /** What the head reads, `[rows, dim]`. */
  readonly embedding: Node;
  /** What each encoder answers by itself, `[rows, labels]`. */
  readonly own: Readonly<Record<Modality, Node>>;
  /** Share of each modality, `[rows, 3]`, where the fusion tells. */
  readonly weights?: Node;
  /** The fusion's own loss, where it has one. */
  readonly auxiliary?: Node;
  /** With a multi-task head. */
  readonly multiTask?: MultiTaskNet;
}

/**
 * The graph's inputs: `tokens` and `ngrams` (those that the text encoder reads), `pixels` `[rows, 1, side, side]`,
 * `features` `[rows, 1, bands, steps]`, and `presence` `[rows, 3]`. Names of parameters begin with `text.`, `face.`,
 * `speech.`, `fusion.` and `head.`.
 *
 * @param rows DYNAMIC in an inference graph
 * @param share `[rows, 1]` of each row in a mixture, where rows are mixed: all modalities alike, before they are fused
 */
export function multimodalNet(graph: Graph, rows: number, options: MultimodalNetOptions, share?: Node): MultimodalNet {
  const { encoders, fusion, head, sizes } = options;
  const { maxTokens, ngramLimit, side, bands, steps } = sizes;
  const widths = { tokens: maxTokens, ngrams: ngramLimit };
  const ids = Object.fromEntries(
    textReads(encoders.text).map((name) => [name, graph.input(name, [rows, widths[name]], "int32")]),
  );
  const pixels = graph.input("pixels", [rows, 1, side, side]);
  const features = graph.input("features", [rows, 1, bands, steps]);
  const presence = graph.input("presence", [rows, MODALITIES.length]);
  const { labels } = head;
  const mixed = (own: Encoded): Encoded => (share ? mixEncoded(own, share) : own);
  const encoded: Readonly<Record<Modality, Encoded>> = {
    text: mixed(graph.within("text", () => encodeText(ids, labels, encoders.text))),
    face: mixed(graph.within("face", () => encodeFace(pixels, labels, encoders.face))),
    speech: mixed(graph.within("speech", () => encodeSpeech(features, labels, encoders.speech))),
  };
  const slots: { [M in Modality]?: Node } = {};
  const masks: { [M in Modality]?: Node } = {};
  for (const modality of MODALITIES) {
    const { embedding, sequence, steps: mask } = encoded[modality];
    const inSteps = fusion.kind === "cross-modal" && sequence !== undefined;
    slots[modality] = inSteps ? sequence : embedding;
    if (inSteps && mask) masks[modality] = mask;
  }
  const inputs = { slots: slots as PerModality<Node>, presence, steps: masks as PerModality<Node> };
  const { vector, auxiliary, weights } = graph.within("fusion", () => fusionOf(fusion)(inputs));
  const own = { text: encoded.text.logits, face: encoded.face.logits, speech: encoded.speech.logits };
  return {
    ...answerOf(head, vector),
    embedding: vector,
    own,
    ...(weights ? { weights } : {}),
    ...(auxiliary ? { auxiliary } : {}),
  };
}
