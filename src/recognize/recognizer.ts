/**
 * The recognizer: inputs of any non-empty subset of modalities → evidence per modality → pool → prediction. Batch-first:
 * all texts of a batch are one question to the text expert, all faces of its pictures one to the face expert.
 */
import { defined } from "../core/defined.ts";
import { AffektError } from "../core/errors.ts";
import type { Picture, Waveform } from "../core/media.ts";
import { MODALITIES, type Modality } from "../core/modality.ts";
import type { Media, MediaSource } from "../core/ports.ts";
import type { Inputs, Prediction } from "../core/prediction.ts";
import type { PoolOptions } from "../fuse/log-linear-pool.ts";
import { type AnswerLabel, toEkman } from "./answer.ts";
import { assemble, type EvidenceByModality } from "./assemble.ts";
import type { Evidence } from "./evidence.ts";
import { type FoundFaces, filmEvidence, findFaces, pictureEvidence, throwIfAborted } from "./face-evidence.ts";
import type { FaceDetector, FaceExpert } from "./face-expert.ts";
import { type Lazy, lazily, openedOnly } from "./lazy.ts";
import { type MissingPart, missingFor, noPart } from "./missing.ts";
import { scriptLanguage } from "./route-by-language.ts";
import { inPieces, speechEvidence } from "./speech-evidence.ts";
import type { SpeechExpert } from "./speech-expert.ts";
import type { TextOpinions } from "./text-expert.ts";
import type { VoiceActivity } from "./utterances.ts";

/** What a recognizer is made of. Parts may be given as functions that open them: they are called when first needed. */
export interface RecognizerParts {
  /** Decodes files. Without it pictures and sound must come decoded. */
  readonly media?: Media;
  readonly text?: Lazy<TextOpinions>;
  readonly face?: Lazy<FaceExpert>;
  readonly detector?: Lazy<FaceDetector>;
  readonly speech?: Lazy<SpeechExpert>;
  readonly voice?: Lazy<VoiceActivity>;
}

/** The same parts, each opened at most once, whoever of several users asks first. */
export function sharedParts(parts: RecognizerParts): RecognizerParts {
  const { media, text, face, detector, speech, voice } = parts;
  return defined({
    media,
    text: lazily(text),
    face: lazily(face),
    detector: lazily(detector),
    speech: lazily(speech),
    voice: lazily(voice),
  });
}

export interface RecognizerOptions {
  readonly pool?: PoolOptions;
  /** Frames of a film looked at per second. Default 5. */
  readonly fps?: number;
  /** Longer side that frames are scaled down to, in pixels. Default 640. */
  readonly maxSide?: number;
  /** From a model's labels to those of the answer. Default: Ekman's seven. */
  readonly answerLabel?: AnswerLabel;
  /** Abstain below this confidence. Default: what the models' contracts say. */
  readonly abstainBelow?: number;
  /** Models that were left out for their terms: what they would have read is absent, and says so. */
  readonly missing?: readonly MissingPart[];
}

export interface RecognizeOptions {
  readonly signal?: AbortSignal;
  /** What to look at; the rest counts as not given. A film is seen, heard or both. Default: all. */
  readonly modalities?: readonly Modality[];
}

/** What of the inputs bears on these modalities. */
interface Wanted {
  readonly text: string | undefined;
  readonly image: Inputs["image"];
  readonly audio: Inputs["audio"];
  /** To be seen, and to be heard. */
  readonly film: MediaSource | undefined;
  readonly soundTrack: MediaSource | undefined;
}

/** A given image or audio takes the place of the film's. */
function wantedOf({ text, image, audio, video }: Inputs, modalities?: readonly Modality[]): Wanted {
  const of = <T>(modality: Modality, value: T): T | undefined =>
    modalities === undefined || modalities.includes(modality) ? value : undefined;
  return {
    text: of("text", text),
    image: of("face", image),
    audio: of("speech", audio),
    film: image === undefined ? of("face", video) : undefined,
    soundTrack: audio === undefined ? of("speech", video) : undefined,
  };
}

export interface Recognizer {
  /**
   * @throws AffektError `no-modality` (nothing to recognize, or several modalities and none of use), `no-face`,
   *   `no-speech`, `input` (the only modality is of no use), `media`, `file`, `limit`, `model`, `contract`, `aborted`
   */
  recognize(inputs: Inputs, options?: RecognizeOptions): Promise<Prediction>;
  /** Throws for the first that fails. */
  recognizeBatch(inputs: readonly Inputs[], options?: RecognizeOptions): Promise<Prediction[]>;
  /** One that fails does not stop the rest. */
  recognizeSettled(inputs: readonly Inputs[], options?: RecognizeOptions): Promise<PromiseSettledResult<Prediction>[]>;
  /**
   * What `recognizeSettled` says with each of these subsets of the modalities, but each modality is asked once: results
   * of each subset, about each of the inputs.
   */
  recognizeSubsets(
    inputs: readonly Inputs[],
    subsets: readonly (readonly Modality[])[],
    options?: Pick<RecognizeOptions, "signal">,
  ): Promise<PromiseSettledResult<Prediction>[][]>;
  /**
   * What each modality brings, before fusion: what `assemble` makes a prediction of.
   *
   * @throws AffektError as `recognize`, but a modality of no use only says so
   */
  evidence(inputs: Inputs, options?: RecognizeOptions): Promise<EvidenceByModality>;
  close(): Promise<void>;
}

const SPEECH_RATE = 16_000;

/** All of them are no restriction, and no error shall name one. */
const among = (modalities: readonly Modality[]): Pick<RecognizeOptions, "modalities"> =>
  MODALITIES.every((modality) => modalities.includes(modality)) ? {} : { modalities };

function only(evidence: EvidenceByModality, modalities: readonly Modality[]): EvidenceByModality {
  const known = modalities.flatMap((modality) => {
    const own = evidence[modality];
    return own === undefined ? [] : [[modality, own] as const];
  });
  return Object.fromEntries(known);
}

export function isPicture(image: MediaSource | Picture): image is Picture {
  return typeof image === "object" && "channels" in image;
}

export function isWaveform(audio: MediaSource | Waveform): audio is Waveform {
  return typeof audio === "object" && "sampleRate" in audio;
}

export function createRecognizer(parts: RecognizerParts, options: RecognizerOptions = {}): Recognizer {
  const { fps = 5, maxSide = 640, answerLabel = toEkman, missing = [] } = options;
  const text = lazily(parts.text);
  const face = lazily(parts.face);
  const detector = lazily(parts.detector);
  const speech = lazily(parts.speech);
  const voice = lazily(parts.voice);

  function media(): Media {
    if (parts.media !== undefined) return parts.media;
    throw new AffektError(
      "config",
      "This recognizer has no decoder for files.",
      "Pass a decoded Picture or Waveform, or create the recognizer with `media`.",
    );
  }

  /** The faces of a picture, or why there can be none. */
  async function faces(image: MediaSource | Picture): Promise<FoundFaces | Evidence> {
    if (face === undefined) return noPart("face model", "face", missingFor(missing, "face"));
    if (detector === undefined) return noPart("face detector", "face");
    const [expert, finder] = await Promise.all([face(), detector()]);
    return findFaces(isPicture(image) ? image : await media().picture(image), finder, expert);
  }

  async function film(video: MediaSource, signal?: AbortSignal): Promise<Evidence> {
    if (face === undefined) return noPart("face model", "face", missingFor(missing, "face"));
    if (detector === undefined) return noPart("face detector", "face");
    const { hasVideo } = await media().info(video);
    if (!hasVideo) {
      return { code: "no-face", reason: "The file has no pictures.", hint: "Pass it as audio, or use a film." };
    }
    const [expert, finder] = await Promise.all([face(), detector()]);
    return filmEvidence(media().frames(video, { fps, maxSide }), fps, finder, expert, answerLabel, signal);
  }

  async function listen(sound: () => AsyncIterable<Waveform>, signal?: AbortSignal): Promise<Evidence> {
    if (speech === undefined) return noPart("speech model", "speech", missingFor(missing, "speech"));
    if (voice === undefined) return noPart("voice-activity detector", "speech");
    const [expert, ears] = await Promise.all([speech(), voice()]);
    return speechEvidence(sound(), ears, expert, answerLabel, signal);
  }

  async function soundTrack(video: MediaSource, signal?: AbortSignal): Promise<Evidence> {
    const { hasAudio } = await media().info(video);
    if (!hasAudio) {
      return { code: "no-speech", reason: "The film has no sound track.", hint: "Use a film with sound." };
    }
    return listen(() => media().sound(video, { sampleRate: SPEECH_RATE }), signal);
  }

  /** Evidence of what streams by itself: sound and films. */
  async function streamed(
    { audio, film: seen, soundTrack: heard }: Wanted,
    signal?: AbortSignal,
  ): Promise<EvidenceByModality> {
    const evidence: { [M in Modality]?: Evidence } = {};
    if (seen !== undefined) evidence.face = await film(seen, signal);
    if (audio !== undefined) {
      evidence.speech = await listen(
        () => (isWaveform(audio) ? inPieces(audio, SPEECH_RATE) : media().sound(audio, { sampleRate: SPEECH_RATE })),
        signal,
      );
    } else if (heard !== undefined) {
      evidence.speech = await soundTrack(heard, signal);
    }
    return evidence;
  }

  async function gathered(
    inputs: readonly Inputs[],
    { signal, modalities }: RecognizeOptions = {},
  ): Promise<PromiseSettledResult<EvidenceByModality>[]> {
    const evidence = inputs.map((): { [M in Modality]?: Evidence } => ({}));
    const errors = new Map<number, unknown>();
    const each = async (work: (own: Wanted, index: number) => Promise<void>): Promise<void> => {
      for (const [index, own] of inputs.entries()) {
        if (errors.has(index)) continue;
        try {
          throwIfAborted(signal);
          await work(wantedOf(own, modalities), index);
        } catch (error) {
          errors.set(index, error);
        }
      }
    };

    const pictures: { index: number; found: FoundFaces }[] = [];
    const texts: { index: number; text: string }[] = [];
    await each(async (own, index) => {
      if (Object.values(own).every((value) => value === undefined)) {
        const among = modalities === undefined ? "" : ` to recognize ${modalities.join(" and ")} from`;
        throw new AffektError(
          "no-modality",
          `There is nothing to recognize: no text, image, audio or video${among} was given.`,
          "Give at least one of them.",
        );
      }
      if (own.text !== undefined) {
        const unread = missingFor(missing, "text", scriptLanguage(own.text));
        if (unread === undefined) texts.push({ index, text: own.text });
        else (evidence[index] as { text?: Evidence }).text = noPart("text model", "text", unread);
      }
      if (own.image !== undefined) {
        const found = await faces(own.image);
        if ("prepared" in found) pictures.push({ index, found });
        else (evidence[index] as { face?: Evidence }).face = found;
      }
      Object.assign(evidence[index] as object, await streamed(own, signal));
    });

    /** A question asked for many at once: if it fails, it fails for all who asked. */
    const together = async (asking: readonly number[], ask: () => Promise<void>): Promise<void> => {
      if (asking.length === 0) return;
      try {
        await ask();
      } catch (error) {
        for (const index of asking) if (!errors.has(index)) errors.set(index, error);
      }
    };
    await together(
      pictures.map(({ index }) => index),
      async () => {
        if (face === undefined) return;
        const expert = await face();
        const found = await pictureEvidence(
          pictures.map((picture) => picture.found),
          expert,
          answerLabel,
        );
        for (const [at, { index }] of pictures.entries()) {
          (evidence[index] as { face?: Evidence }).face = found[at] as Evidence;
        }
      },
    );
    await together(
      texts.map(({ index }) => index),
      async () => {
        const opinions = text === undefined ? null : await (await text()).opinions(texts.map((one) => one.text));
        for (const [at, { index }] of texts.entries()) {
          const opinion = opinions?.[at] ?? null;
          (evidence[index] as { text?: Evidence }).text =
            opinions === null
              ? noPart("text model", "text")
              : opinion === null
                ? { code: "input", reason: "The text is empty.", hint: "Give at least one word or symbol." }
                : { opinion };
        }
      },
    );

    return inputs.map((_, index) =>
      errors.has(index)
        ? { status: "rejected", reason: errors.get(index) }
        : { status: "fulfilled", value: evidence[index] as EvidenceByModality },
    );
  }

  async function settled(
    inputs: readonly Inputs[],
    own?: RecognizeOptions,
  ): Promise<PromiseSettledResult<Prediction>[]> {
    return (await gathered(inputs, own)).map((result) =>
      result.status === "rejected" ? result : assembled(result.value),
    );
  }

  function assembled(evidence: EvidenceByModality): PromiseSettledResult<Prediction> {
    try {
      return { status: "fulfilled", value: assemble(evidence, answerLabel, options) };
    } catch (reason) {
      return { status: "rejected", reason };
    }
  }

  async function subsetsSettled(
    inputs: readonly Inputs[],
    subsets: readonly (readonly Modality[])[],
    { signal }: Pick<RecognizeOptions, "signal"> = {},
  ): Promise<PromiseSettledResult<Prediction>[][]> {
    const all = MODALITIES.filter((modality) => subsets.some((subset) => subset.includes(modality)));
    const asking = signal === undefined ? {} : { signal };
    const found = await gathered(inputs, { ...asking, modalities: all });
    const out: PromiseSettledResult<Prediction>[][] = [];
    for (const modalities of subsets) {
      const results: PromiseSettledResult<Prediction>[] = [];
      for (const [index, result] of found.entries()) {
        const own = result.status === "rejected" ? {} : only(result.value, modalities);
        // What fails as a whole may do without what fails, and who has nothing of a subset is told so.
        const alone = Object.keys(own).length === 0;
        results.push(
          alone
            ? ((
                await settled([inputs[index] as Inputs], { ...asking, ...among(modalities) })
              )[0] as (typeof results)[number])
            : assembled(own),
        );
      }
      out.push(results);
    }
    return out;
  }

  async function batch(inputs: readonly Inputs[], own?: RecognizeOptions): Promise<Prediction[]> {
    return (await settled(inputs, own)).map((result) => {
      if (result.status === "rejected") throw result.reason;
      return result.value;
    });
  }

  return {
    recognizeSettled: settled,
    recognizeSubsets: subsetsSettled,
    recognizeBatch: batch,
    recognize: async (inputs, own) => (await batch([inputs], own))[0] as Prediction,
    async evidence(inputs, own) {
      const [result] = await gathered([inputs], own);
      if (result?.status === "rejected") throw result.reason;
      return result?.value as EvidenceByModality;
    },
    async close() {
      const [texter, seer, finder, hearer, ears] = await Promise.all([
        openedOnly(text),
        openedOnly(face),
        openedOnly(detector),
        openedOnly(speech),
        openedOnly(voice),
      ]);
      await Promise.all([texter?.close(), seer?.close(), finder?.release?.(), hearer?.close(), ears?.release?.()]);
    },
  };
}
