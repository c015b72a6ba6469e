/** Text, face and voice → one opinion, by one network. Whatever of the three is missing is told to it by its presence mask. */
import { defined } from "../core/defined.ts";
import { AffektError } from "../core/errors.ts";
import type { Features, Picture, Waveform } from "../core/media.ts";
import { MODALITIES, type PerModality } from "../core/modality.ts";
import type { Runtime, SessionOptions } from "../core/ports.ts";
import { float32, type Tensor } from "../core/tensor.ts";
import { bandStatistics, normalize } from "../preprocess/speech/running-normalization.ts";
import { textNgrams } from "../preprocess/text/ngrams.ts";
import { subwordTokenizer } from "../preprocess/text/subwords.ts";
import type { MultimodalContract } from "./contract.ts";
import { type DetectedFace, type PreparedFace, prepareFace } from "./face-expert.ts";
import { openNetwork, rowAnswer } from "./network.ts";
import type { Opinion } from "./opinion.ts";
import { type PreparedSpeech, speechPreparer, writeWindow } from "./speech-expert.ts";
import { featureWidth } from "./speech-features.ts";

/** What a text is to the network. */
interface PreparedText {
  readonly tokens: ArrayLike<number>;
  readonly ngrams: ArrayLike<number>;
}

/** One utterance; what is absent is missing. */
export interface PreparedUtterance {
  readonly text?: PreparedText;
  readonly face?: PreparedFace;
  readonly speech?: PreparedSpeech;
}

export interface MultimodalExpert {
  readonly contract: MultimodalContract;
  /** @returns undefined for a text without a single token */
  prepareText(text: string): PreparedText | undefined;
  /** @param face null if the picture is a face crop already */
  prepareFace(picture: Picture, face: DetectedFace | null): PreparedFace;
  /** @param sound at the contract's sample rate. @throws AffektError `sample-rate`, `input` */
  prepareSpeech(sound: Waveform): PreparedSpeech;
  /**
   * Of a longer text its beginning is read, of a longer voice its middle: as in training, where one utterance is one row.
   *
   * @throws AffektError `no-modality` if an utterance has nothing at all
   */
  opinions(utterances: readonly PreparedUtterance[]): Promise<Opinion[]>;
  close(): Promise<void>;
}

/** The part of a voice that is heard. */
function middle({ features }: PreparedSpeech, window: number): { readonly features: Features; readonly start: number } {
  const start = Math.max(0, Math.floor((features.steps - window) / 2));
  return { features: normalize(features, bandStatistics(features)), start };
}

/** Of one row, by modality. */
function sharesOf(weights: Float32Array, row: number): PerModality<number> {
  const at = row * MODALITIES.length;
  return Object.fromEntries(MODALITIES.map((modality, column) => [modality, weights[at + column] as number]));
}

/** Mean quality of what is there. */
function qualityOf({ text, face, speech }: PreparedUtterance): number {
  const own = [...(text ? [1] : []), ...(face ? [face.quality] : []), ...(speech ? [speech.quality] : [])];
  return own.reduce((sum, quality) => sum + quality, 0) / own.length;
}

/** @throws AffektError `model`; `contract` if inputs are misnamed or the tokenizer is not inside */
export async function openMultimodalExpert(
  runtime: Runtime,
  bytes: Uint8Array,
  contract: MultimodalContract,
  options: SessionOptions = {},
): Promise<MultimodalExpert> {
  const { inputs, text, face, speech } = contract.input;
  if (!("model" in text.tokenizer)) {
    throw new AffektError(
      "contract",
      `The model ${contract.id} names only the hash of its tokenizer; expected the tokenizer itself.`,
      "Export the model again with `affekt train`.",
    );
  }
  const tokenizer = subwordTokenizer(text.tokenizer.model);
  const { limit, segmentHan: _segmentHan, ...hashing } = text.ngrams ?? { limit: 0, segmentHan: false, buckets: 2 };
  const network = await openNetwork(runtime, bytes, contract, options);
  const area = face.channels * face.size * face.size;
  const width = featureWidth(speech);

  function feeds(utterances: readonly PreparedUtterance[]): Record<string, Tensor> {
    const rows = utterances.length;
    const tokens = new Int32Array(rows * text.maxTokens);
    const ngrams = new Int32Array(rows * limit);
    const pixels = new Float32Array(rows * area);
    const features = new Float32Array(rows * width * speech.steps);
    const presence = new Float32Array(rows * MODALITIES.length);
    for (const [row, utterance] of utterances.entries()) {
      for (const [column, modality] of MODALITIES.entries()) {
        presence[row * MODALITIES.length + column] = utterance[modality] === undefined ? 0 : 1;
      }
      if (utterance.text) {
        tokens.set(utterance.text.tokens, row * text.maxTokens);
        ngrams.set(utterance.text.ngrams, row * limit);
      }
      const [view] = utterance.face?.views ?? [];
      if (view) pixels.set(view, row * area);
      if (utterance.speech) {
        const heard = middle(utterance.speech, speech.steps);
        writeWindow(heard.features, heard.start, speech.steps, speech.layout, features, row * width * speech.steps);
      }
    }
    const heard = speech.layout === "steps-bands" ? [rows, speech.steps, width] : [rows, 1, width, speech.steps];
    return {
      ...(inputs.tokens === undefined
        ? {}
        : { [inputs.tokens]: { type: "int32", data: tokens, dims: [rows, text.maxTokens] } }),
      ...(inputs.ngrams === undefined ? {} : { [inputs.ngrams]: { type: "int32", data: ngrams, dims: [rows, limit] } }),
      [inputs.pixels]: float32(pixels, [rows, face.channels, face.size, face.size]),
      [inputs.features]: float32(features, heard),
      [inputs.presence]: float32(presence, [rows, MODALITIES.length]),
    };
  }

  return {
    contract,
    prepareText(said) {
      const tokens = tokenizer.encode(said, text.maxTokens);
      if (tokens.length === 0) return undefined;
      return { tokens, ngrams: limit === 0 ? [] : textNgrams(said, { ...defined(hashing), limit }) };
    },
    prepareFace: (picture, found) => prepareFace(picture, found, face),
    prepareSpeech: speechPreparer(speech),
    async opinions(utterances) {
      if (utterances.some(({ text: own, face: seen, speech: heard }) => !own && !seen && !heard)) {
        throw new AffektError("no-modality", "An utterance has neither text nor face nor voice.", "Leave it out.");
      }
      const said = await network.run(utterances.length, (start, end) => feeds(utterances.slice(start, end)));
      return utterances.map((utterance, row) => ({
        contract,
        ...rowAnswer(said, row),
        quality: qualityOf(utterance),
        ...(said.weights === undefined ? {} : { weights: sharesOf(said.weights, row) }),
      }));
    },
    close: () => network.close(),
  };
}
