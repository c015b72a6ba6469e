/** Inputs → why they are answered as they are. The same parts that recognize are asked again about variants of the inputs. */
import { AffektError } from "../core/errors.ts";
import type { Explanation, FaceExplanation, SpeechExplanation, TextExplanation } from "../core/explanation.ts";
import type { Picture, Waveform } from "../core/media.ts";
import type { Modality } from "../core/modality.ts";
import type { Media, MediaSource } from "../core/ports.ts";
import type { Inputs, Prediction } from "../core/prediction.ts";
import { toEkman } from "../recognize/answer.ts";
import { assemble } from "../recognize/assemble.ts";
import { lazily } from "../recognize/lazy.ts";
import { largestFirst } from "../recognize/leading-face.ts";
import {
  isPicture,
  isWaveform,
  type Recognizer,
  type RecognizerOptions,
  type RecognizerParts,
} from "../recognize/recognizer.ts";
import { inPieces } from "../recognize/speech-evidence.ts";
import { explainFace } from "./face.ts";
import { explainModalities, presentOf } from "./modalities.ts";
import { knows } from "./probability.ts";
import { explainSpeech } from "./speech.ts";
import { explainText } from "./text.ts";

export interface ExplainOptions {
  /** What to explain. Default: the label with the highest score, also where the recognizer names none. */
  readonly label?: string | undefined;
  /** Look at these only. */
  readonly modalities?: readonly Modality[] | undefined;
  /** Variants of a text that may be read. Default 512. */
  readonly calls?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Explainer {
  /**
   * @throws AffektError `label` if no model that is asked knows the label; otherwise as `Recognizer.recognize`
   */
  explain(inputs: Inputs, options?: ExplainOptions): Promise<Explanation>;
}

const SPEECH_RATE = 16_000;

/** @throws AffektError `label` */
function labelOf({ scores }: Prediction, wanted: string | undefined): string {
  const labels = scores.map(({ label }) => label);
  const label = wanted ?? labels[0];
  if (label !== undefined && labels.includes(label)) return label;
  throw new AffektError(
    "label",
    `Nothing is answered with the label ${label}.`,
    `Labels are ${[...labels].sort().join(", ")}.`,
  );
}

/**
 * @param parts the recognizer's own; give parts that are opened once (`sharedParts`), or they are opened twice
 * @param options as the recognizer was created with
 */
export function createExplainer(
  parts: RecognizerParts,
  recognizer: Pick<Recognizer, "evidence">,
  options: RecognizerOptions = {},
): Explainer {
  const { answerLabel = toEkman, fps = 5, maxSide = 640 } = options;
  const text = lazily(parts.text);
  const face = lazily(parts.face);
  const detector = lazily(parts.detector);
  const speech = lazily(parts.speech);
  const voice = lazily(parts.voice);
  const media = (): Media => parts.media as Media;

  /** The picture in which the leading face is looked at, or for a film the frame at that time. */
  async function pictureOf({ image, video }: Inputs, timeMs: number): Promise<Picture | undefined> {
    if (image !== undefined) return isPicture(image) ? image : media().picture(image);
    for await (const frame of media().frames(video as MediaSource, { fps, maxSide })) {
      if (Math.round(frame.timeMs) >= timeMs) return frame.picture;
    }
    return undefined;
  }

  async function ofFace(
    inputs: Inputs,
    label: string,
    timeMs: number | undefined,
    signal?: AbortSignal,
  ): Promise<FaceExplanation | undefined> {
    if (face === undefined || detector === undefined) return undefined;
    const picture = await pictureOf(inputs, timeMs ?? 0);
    if (picture === undefined) return undefined;
    const [leading] = largestFirst(await (await detector()).detect(picture));
    if (leading === undefined) return undefined;
    const found = await explainFace(picture, leading, label, await face(), answerLabel, { signal });
    return timeMs === undefined ? found : { ...found, timeMs };
  }

  async function ofSpeech(
    { audio, video }: Inputs,
    label: string,
    signal?: AbortSignal,
  ): Promise<SpeechExplanation | undefined> {
    if (speech === undefined || voice === undefined) return undefined;
    const source = (audio ?? video) as MediaSource | Waveform;
    const sound = isWaveform(source)
      ? inPieces(source, SPEECH_RATE)
      : media().sound(source, { sampleRate: SPEECH_RATE });
    return explainSpeech(sound, label, await voice(), await speech(), answerLabel, { signal });
  }

  async function ofText(
    own: string,
    label: string,
    { calls, signal }: ExplainOptions,
  ): Promise<TextExplanation | undefined> {
    if (text === undefined) return undefined;
    return explainText(own, label, await text(), answerLabel, { signal, ...(calls === undefined ? {} : { calls }) });
  }

  return {
    async explain(inputs, own = {}) {
      const { signal, modalities } = own;
      const evidence = await recognizer.evidence(inputs, {
        ...(signal === undefined ? {} : { signal }),
        ...(modalities === undefined ? {} : { modalities }),
      });
      const prediction = assemble(evidence, answerLabel, options);
      const label = labelOf(prediction, own.label);
      const present = presentOf(evidence);
      const silent = present.flatMap(({ modality, own: { opinion } }) =>
        knows(opinion.contract, label, answerLabel) ? [] : [modality],
      );
      const asked = (modality: Modality): boolean =>
        !silent.includes(modality) && present.some((one) => one.modality === modality);
      const fused = present.length > 1 ? await explainModalities(evidence, label, answerLabel, options) : undefined;
      const words = asked("text") ? await ofText(inputs.text ?? "", label, own) : undefined;
      const seen = asked("face") ? await ofFace(inputs, label, prediction.faces?.[0]?.timeMs, signal) : undefined;
      const heard = asked("speech") ? await ofSpeech(inputs, label, signal) : undefined;
      return {
        label,
        prediction,
        ...(fused === undefined ? {} : { modalities: fused }),
        ...(words === undefined ? {} : { text: words }),
        ...(seen === undefined ? {} : { face: seen }),
        ...(heard === undefined ? {} : { speech: heard }),
        ...(silent.length === 0 ? {} : { silent }),
      };
    },
  };
}
