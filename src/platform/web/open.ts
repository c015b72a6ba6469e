/** Opens the parts of a recognizer on the files that a server hands out. Each is fetched when it is first needed. */
import { AffektError } from "../../core/errors.ts";
import type { Runtime } from "../../core/ports.ts";
import { faceDetector } from "../../preprocess/face/detect.ts";
import { openVoiceActivity } from "../../preprocess/speech/voice-activity.ts";
import { openLanguageIdentifier } from "../../preprocess/text/language.ts";
import type { Catalogue, ServedFile } from "../../recognize/catalogue.ts";
import type { Contract } from "../../recognize/contract.ts";
import { contractFromModel } from "../../recognize/contract-file.ts";
import { openFaceExpert } from "../../recognize/face-expert.ts";
import { type Lazy, lazily } from "../../recognize/lazy.ts";
import type { RecognizerParts } from "../../recognize/recognizer.ts";
import { routeByLanguage, scriptLanguage } from "../../recognize/route-by-language.ts";
import { openSpeechExpert } from "../../recognize/speech-expert.ts";
import { openTextExpert } from "../../recognize/text-expert.ts";

/** @throws AffektError `unavailable` if the server cannot be reached or answers otherwise, `model` if it has no such file */
export async function fetchBytes({ url }: Pick<ServedFile, "url">): Promise<Uint8Array> {
  let status: number;
  try {
    const reply = await fetch(url);
    if (reply.ok) return new Uint8Array(await reply.arrayBuffer());
    status = reply.status;
  } catch (cause) {
    throw new AffektError("unavailable", `${url} could not be fetched.`, "Check the connection and try again.", {
      cause,
    });
  }
  if (status === 404) throw new AffektError("model", `The server has no ${url}.`, "Load the page again.");
  throw new AffektError("unavailable", `${url} answered ${status}.`, "Try again.");
}

type Of<M extends Contract["modality"]> = Extract<Contract, { modality: M }>;

async function fetchModel<M extends Contract["modality"]>(
  file: ServedFile,
  modality: M,
): Promise<{ bytes: Uint8Array; contract: Of<M> }> {
  const bytes = await fetchBytes(file);
  const contract = contractFromModel(bytes);
  if (contract.modality === modality) return { bytes, contract: contract as Of<M> };
  throw new AffektError("contract", `${file.url} is no model of ${modality}.`, "Load the page again.");
}

/** Parts that are opened once and may be shared by several recognizers. */
function shared<T extends object>(open: () => Promise<T>): Lazy<T> {
  return lazily<T>(open) as () => Promise<T>;
}

export function webParts(runtime: Runtime, { models, detector, voice }: Catalogue): Omit<RecognizerParts, "media"> {
  const texts = models.filter(({ modality }) => modality === "text");
  const face = models.find(({ modality }) => modality === "face");
  const speech = models.find(({ modality }) => modality === "speech");
  return {
    ...(texts.length === 0
      ? {}
      : {
          text: routeByLanguage(
            texts.map((model) => ({
              languages: model.languages,
              expert: async () => {
                const { bytes, contract } = await fetchModel(model, "text");
                return openTextExpert(runtime, bytes, contract);
              },
            })),
            scriptLanguage,
            openLanguageIdentifier,
          ),
        }),
    ...(face === undefined
      ? {}
      : {
          face: shared(async () => {
            const { bytes, contract } = await fetchModel(face, "face");
            return openFaceExpert(runtime, bytes, contract);
          }),
        }),
    ...(detector === undefined
      ? {}
      : {
          detector: shared(async () => {
            const [finder, verifier] = await Promise.all([
              fetchBytes(detector.blazeface),
              fetchBytes(detector.facemesh),
            ]);
            return faceDetector({ detector: await runtime.open(finder), verifier: await runtime.open(verifier) });
          }),
        }),
    ...(speech === undefined
      ? {}
      : {
          speech: shared(async () => {
            const { bytes, contract } = await fetchModel(speech, "speech");
            return openSpeechExpert(runtime, bytes, contract);
          }),
        }),
    ...(voice === undefined ? {} : { voice: shared(async () => openVoiceActivity(runtime, await fetchBytes(voice))) }),
  };
}
