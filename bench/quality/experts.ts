/** The experts of the shipped models, opened for benchmarks: one thread, nothing cached. */
import { chineseWords, tokenizerBeside } from "../../src/platform/node/open.ts";
import { nodeRuntime } from "../../src/platform/node/runtime.ts";
import { type FaceExpert, openFaceExpert } from "../../src/recognize/face-expert.ts";
import { openSpeechExpert, type SpeechExpert } from "../../src/recognize/speech-expert.ts";
import { openTextExpert, type TextExpert } from "../../src/recognize/text-expert.ts";
import { readModel, shippedPath } from "./model-file.ts";
import type { Measured } from "./results.ts";

export interface Experts {
  readonly text: { readonly "text-en": TextExpert; readonly "text-zh": TextExpert };
  readonly face: FaceExpert;
  readonly speech: SpeechExpert;
  readonly models: Measured;
  close(): Promise<void>;
}

function wrong(path: string, modality: string): Error {
  return new Error(`${path} is no ${modality} model`);
}

export async function openTexts(): Promise<Pick<Experts, "text" | "models" | "close">> {
  const runtime = nodeRuntime();
  const open = async (id: string) => {
    const { path, content, contract, sha256 } = await readModel(shippedPath(id));
    if (contract.modality !== "text") throw wrong(path, "text");
    const { tokenizer, ngrams } = contract.input;
    const expert = await openTextExpert(runtime, content, contract, {
      ...("sha256" in tokenizer ? { tokenizer: await tokenizerBeside(path, tokenizer.sha256) } : {}),
      ...(ngrams?.segmentHan ? { segmentHan: await chineseWords() } : {}),
    });
    return { expert, sha256 };
  };
  const [en, zh] = await Promise.all([open("text-en"), open("text-zh")]);
  return {
    text: { "text-en": en.expert, "text-zh": zh.expert },
    models: { "text-en": en.sha256, "text-zh": zh.sha256 },
    close: async () => void (await Promise.all([en.expert.close(), zh.expert.close()])),
  };
}

export async function openFaceAndSpeech(): Promise<Pick<Experts, "face" | "speech" | "models" | "close">> {
  const runtime = nodeRuntime();
  const [ofFace, ofSpeech] = await Promise.all([readModel(shippedPath("face")), readModel(shippedPath("speech"))]);
  if (ofFace.contract.modality !== "face") throw wrong(ofFace.path, "face");
  if (ofSpeech.contract.modality !== "speech") throw wrong(ofSpeech.path, "speech");
  const face = await openFaceExpert(runtime, ofFace.content, ofFace.contract);
  const speech = await openSpeechExpert(runtime, ofSpeech.content, ofSpeech.contract);
  return {
    face,
    speech,
    models: { face: ofFace.sha256, speech: ofSpeech.sha256 },
    close: async () => void (await Promise.all([face.close(), speech.close()])),
  };
}

export async function openExperts(): Promise<Experts> {
  const [texts, others] = [await openTexts(), await openFaceAndSpeech()];
  return {
    ...texts,
    ...others,
    models: { ...texts.models, ...others.models },
    close: async () => void (await Promise.all([texts.close(), others.close()])),
  };
}
