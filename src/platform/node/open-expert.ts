/** Opens the expert of one model file, and asks it about the rows of a manifest. */
import { readFile } from "node:fs/promises";
import { defined } from "../../core/defined.ts";
import type { Modality } from "../../core/modality.ts";
import type { Manifest } from "../../data/manifest.ts";
import type { Row } from "../../data/row.ts";
import { type Asked, type AskOptions, askFace, askSpeech, askText } from "../../evaluate/ask.ts";
import { askMultimodal, askMultimodalSubsets } from "../../evaluate/ask-multimodal.ts";
import { rowMedia } from "../../evaluate/row-media.ts";
import { openFaceExpert } from "../../recognize/face-expert.ts";
import { openMultimodalExpert } from "../../recognize/multimodal-expert.ts";
import type { Opinion } from "../../recognize/opinion.ts";
import { openSpeechExpert } from "../../recognize/speech-expert.ts";
import { openTextExpert } from "../../recognize/text-expert.ts";
import { askFusion } from "./ask-fusion.ts";
import { openDecoding } from "./decoding.ts";
import { openFaceDetector } from "./face-detector.ts";
import { nodeFiles } from "./files.ts";
import { heldBytes } from "./held-bytes.ts";
import { chineseWords, type ModelFile, tokenizerBeside } from "./open.ts";
import { nodeRuntime } from "./runtime.ts";

export interface AskModelOptions extends AskOptions {
  /** Threads inside one operator. Default 1. */
  readonly threads?: number;
  /** What speech is normalized by; see `askSpeech`. */
  readonly statistics?: "subject" | "earlier" | "clip";
  /** What a network of several modalities is shown. Default: all that it knows. */
  readonly modalities?: readonly Modality[];
}

/**
 * What the model says about each row.
 *
 * @param manifest where the rows' media are looked up
 * @throws AffektError `model`, `contract`, `aborted`; what is wrong with a row is in `skipped`
 */
export async function askModel(
  { path, contract, bytes: given }: ModelFile,
  rows: readonly Row[],
  manifest: Manifest,
  { threads = 1, statistics, modalities, ...options }: AskModelOptions = {},
): Promise<Asked<Opinion>> {
  const runtime = nodeRuntime();
  const bytes = given ?? (await readFile(path));
  // Text is not decoded, and features come in files of their own.
  const isMedia = contract.modality !== "text" && contract.modality !== "fusion";
  const decoding = openDecoding(isMedia ? rows.length : 0, defined({ signal: options.signal }));
  const media = rowMedia(manifest, decoding.reader);
  const closing = async <T>(expert: { close(): Promise<void> }, work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } finally {
      decoding.close();
      await expert.close();
    }
  };
  switch (contract.modality) {
    case "text": {
      const { tokenizer, ngrams } = contract.input;
      const expert = await openTextExpert(runtime, bytes, contract, {
        threads,
        ...("sha256" in tokenizer ? { tokenizer: await tokenizerBeside(path, tokenizer.sha256) } : {}),
        ...(ngrams?.segmentHan ? { segmentHan: await chineseWords() } : {}),
      });
      return closing(expert, askText(rows, expert, options));
    }
    case "face": {
      const expert = await openFaceExpert(runtime, bytes, contract, { threads });
      const detector = await openFaceDetector({ runtime, threads });
      return closing(expert, askFace(rows, media, expert, { ...options, detector }));
    }
    case "speech": {
      const expert = await openSpeechExpert(runtime, bytes, contract, { threads });
      return closing(expert, askSpeech(rows, media, expert, { ...options, statistics }));
    }
    case "fusion": {
      const ports = { files: nodeFiles(), heldBytes: heldBytes() };
      const session = await runtime.open(bytes, { threads });
      const expert = { close: async () => session.release() };
      return closing(expert, askFusion(session, contract, rows, manifest, ports, modalities));
    }
    case "multimodal": {
      const expert = await openMultimodalExpert(runtime, bytes, contract, { threads });
      const detector = await openFaceDetector({ runtime, threads });
      return closing(expert, askMultimodal(rows, media, expert, { ...options, detector, modalities }));
    }
  }
}

/**
 * What a network of several modalities says about each row, with each of these subsets of them. Where it reads media, a
 * row is decoded once for all of them.
 *
 * @throws AffektError as `askModel`
 */
export async function askModelSubsets(
  { path, contract }: ModelFile,
  rows: readonly Row[],
  manifest: Manifest,
  subsets: readonly (readonly Modality[])[],
  options: AskModelOptions = {},
): Promise<Asked<Opinion>[]> {
  if (contract.modality !== "multimodal") {
    const all: Asked<Opinion>[] = [];
    for (const modalities of subsets) {
      all.push(await askModel({ path, contract }, rows, manifest, { ...options, modalities }));
    }
    return all;
  }
  const { threads = 1, ...asking } = options;
  const runtime = nodeRuntime();
  const expert = await openMultimodalExpert(runtime, await readFile(path), contract, { threads });
  const decoding = openDecoding(rows.length, defined({ signal: options.signal }));
  try {
    const detector = await openFaceDetector({ runtime, threads });
    const media = rowMedia(manifest, decoding.reader);
    return await askMultimodalSubsets(rows, media, expert, subsets, { ...asking, detector });
  } finally {
    decoding.close();
    await expert.close();
  }
}
