/** Asks an expert, or a whole recognizer, about the rows of a manifest. A row that fails is skipped with its reason. */
import { AffektError } from "../core/errors.ts";
import type { Picture, Waveform } from "../core/media.ts";
import { MODALITIES, type Modality } from "../core/modality.ts";
import type { Inputs, Prediction } from "../core/prediction.ts";
import { type Settled, settled } from "../core/settled.ts";
import { parseLocator } from "../data/locator.ts";
import type { Manifest } from "../data/manifest.ts";
import { mediaPath } from "../data/read.ts";
import type { Row } from "../data/row.ts";
import type { DetectedFace, FaceDetector, FaceExpert, PreparedFace } from "../recognize/face-expert.ts";
import { largestFirst } from "../recognize/leading-face.ts";
import type { Opinion } from "../recognize/opinion.ts";
import type { Recognizer } from "../recognize/recognizer.ts";
import type { PreparedSpeech, SpeechExpert } from "../recognize/speech-expert.ts";
import type { TextOpinions } from "../recognize/text-expert.ts";
import {
  type Asked,
  type AskOptions,
  askInChunks,
  askInWays,
  CHUNK,
  missing,
  picturesTogether,
  present,
} from "./asked.ts";
import { isPart, type RowContent, type RowMedia } from "./row-media.ts";
import { voicesOf } from "./voices.ts";

export type { Asked, AskOptions, Skipped } from "./asked.ts";

/** Answers of which none can fail alone. */
const all = <T>(values: readonly T[]): Settled<T>[] => values.map((value) => ({ value }));

export function askText(rows: readonly Row[], expert: TextOpinions, options: AskOptions = {}): Promise<Asked<Opinion>> {
  return askInChunks<Row, string, Opinion>(
    rows,
    rows,
    async (row) => {
      if (row.text === undefined) throw missing(row, "text");
      return row.text;
    },
    async (texts) =>
      (await expert.opinions(texts)).map((value) =>
        value === null ? { error: new AffektError("input", "The text is empty.", "Leave the row out.") } : { value },
      ),
    options,
  );
}

export interface SeeOptions {
  /** Needed for rows that are not crops of a face already. */
  readonly detector?: FaceDetector | undefined;
  /**
   * Pictures are crops of a face: nothing is detected. Default: those that the manifest cuts out of a larger picture
   * (`#xywh=`), or that say `faceCrop`.
   */
  readonly cropped?: boolean | undefined;
}

/** Whether the picture of a row is a crop of a face, in which none is looked for, unless somebody says otherwise. */
export function isFaceCrop(row: Row): boolean {
  // A CSV file knows only text.
  return String(row.extra["faceCrop"] ?? isPart(row)) === "true";
}

/** Where the face of a row's picture is: null if it is all of it. @throws AffektError `no-face`, `config` */
export async function faceIn(
  picture: Picture,
  row: Row,
  { detector, cropped }: SeeOptions,
): Promise<DetectedFace | null> {
  if (cropped ?? isFaceCrop(row)) return null;
  if (detector === undefined) {
    throw new AffektError("config", `Row ${row.id} is not a crop of a face.`, "Pass a face detector.");
  }
  const [face] = largestFirst(await detector.detect(picture));
  if (face !== undefined) return face;
  throw new AffektError("no-face", `No face was found in the picture of row ${row.id}.`, "Leave the row out.");
}

export async function askFace(
  rows: readonly Row[],
  media: RowMedia,
  expert: FaceExpert,
  options: AskOptions & SeeOptions = {},
): Promise<Asked<Opinion>> {
  const [asked] = await picturesTogether(rows, async (ordered) => [
    await askInChunks(
      ordered,
      media.of(ordered, { pictures: true }),
      async (row, content): Promise<PreparedFace> => {
        const picture = present(content.picture, row, "image");
        return expert.prepare(picture, await faceIn(picture, row, options));
      },
      async (faces) => all(await expert.opinions(faces)),
      options,
    ),
  ]);
  return asked as Asked<Opinion>;
}

export interface AskSpeechOptions extends AskOptions {
  /**
   * What a model with `normalization: "speaker"` is normalized by: all clips of the row's subject (which sees the other
   * test clips of the speaker, and must be said beside the number); the clip and those of the subject before it, in a
   * random order, as in a stream; or the clip itself. Default `subject`.
   */
  readonly statistics?: "subject" | "earlier" | "clip" | undefined;
}

/** Whole clips, silence cut at both ends; voice activity is not consulted, as it is not in training. */
export async function askSpeech(
  rows: readonly Row[],
  media: RowMedia,
  expert: SpeechExpert,
  options: AskSpeechOptions = {},
): Promise<Asked<Opinion>> {
  const { sampleRate, normalization } = expert.contract.input;
  const prepare = async (row: Row, { sound }: RowContent): Promise<PreparedSpeech> =>
    expert.prepare(present(sound, row, "audio"));
  const contents = media.of(rows, { sampleRate });
  if (normalization === "clip" || options.statistics === "clip") {
    return askInChunks(rows, contents, prepare, async (clips) => all(await expert.opinions(clips)), options);
  }
  // The whole set's features are kept, because a speaker is known only when all of his clips are.
  const { answers, skipped } = await askInChunks(rows, contents, prepare, async (clips) => all(clips), options);
  const statistics = voicesOf(
    answers.map(({ row: { subject }, answer: { features } }) => ({ subject, features })),
    options.statistics ?? "subject",
  );
  const opinions: Opinion[] = [];
  for (let start = 0; start < answers.length; start += CHUNK) {
    const clips = answers.slice(start, start + CHUNK).map(({ answer }, index) => {
      const own = statistics[start + index];
      return own === undefined ? answer : { ...answer, statistics: own };
    });
    opinions.push(...(await expert.opinions(clips)));
  }
  return {
    answers: answers.map(({ row }, index) => ({ row, answer: opinions[index] as Opinion })),
    skipped,
  };
}

/** In Hz. */
const RECOGNIZER_RATE = 16_000;

/** A long recording goes to the recognizer as a file, which it hears piece by piece. */
function heard(sound: Settled<Waveform>, audio: string): Waveform | string {
  if ("value" in sound) return sound.value;
  if (sound.error.code === "limit" && parseLocator(audio).path === audio) return audio;
  throw sound.error;
}

/** What a recognizer is given of a row. @throws what is wrong with a medium that is wanted */
function inputsOf(
  manifest: Manifest,
  row: Row,
  { picture, sound }: RowContent,
  modalities: readonly Modality[] = MODALITIES,
): Inputs {
  const video = mediaPath(manifest, row, "video");
  const audio = mediaPath(manifest, row, "audio");
  const [seen, listened] = [modalities.includes("face"), modalities.includes("speech")];
  return {
    ...(row.text === undefined ? {} : { text: row.text }),
    ...(picture === undefined || !seen ? {} : { image: present(picture, row, "image") }),
    ...(sound === undefined || audio === undefined || !listened ? {} : { audio: heard(sound, audio) }),
    ...(video === undefined ? {} : { video }),
  };
}

/** What came of one, as far as it is no mistake in the program. */
function outcome(result: PromiseSettledResult<Prediction>): Settled<Prediction> {
  if (result.status === "fulfilled") return { value: result.value };
  if (result.reason instanceof AffektError) return { error: result.reason };
  throw result.reason;
}

/**
 * Everything that a row has, through the whole recognizer, with each of several subsets of the modalities: media are
 * decoded, and each modality is asked, once for all of them.
 *
 * @param subsets what of a row is looked at; media that are in none of them are not read
 */
export function askRecognizerSubsets(
  rows: readonly Row[],
  manifest: Manifest,
  media: RowMedia,
  recognizer: Pick<Recognizer, "recognizeSettled" | "recognizeSubsets">,
  subsets: readonly (readonly Modality[])[],
  options: AskOptions = {},
): Promise<Asked<Prediction>[]> {
  const { signal } = options;
  const wants = (modality: Modality): boolean => subsets.some((subset) => subset.includes(modality));
  const asking = signal === undefined ? {} : { signal };

  /** A row of which some medium cannot be read, for one subset after the other: it may do without it. */
  async function byItself(row: Row, content: RowContent): Promise<Settled<Prediction>[]> {
    const out: Settled<Prediction>[] = [];
    for (const modalities of subsets) {
      const inputs = await settled((async () => inputsOf(manifest, row, content, modalities))());
      if ("error" in inputs) out.push(inputs);
      else {
        const [result] = await recognizer.recognizeSettled([inputs.value], { ...asking, modalities });
        out.push(outcome(result as PromiseSettledResult<Prediction>));
      }
    }
    return out;
  }

  interface Ready {
    readonly row: Row;
    readonly content: RowContent;
    /** All that it has, or that some of it cannot be read. */
    readonly inputs: Settled<Inputs>;
  }

  async function ask(ready: readonly Ready[]): Promise<Settled<Prediction>[][]> {
    const whole = ready.flatMap(({ inputs }) => ("value" in inputs ? [inputs.value] : []));
    const together = whole.length === 0 ? [] : await recognizer.recognizeSubsets(whole, subsets, asking);
    const out = subsets.map((): Settled<Prediction>[] => []);
    let at = 0;
    for (const { row, content, inputs } of ready) {
      const own =
        "value" in inputs
          ? together.map((results) => outcome(results[at] as PromiseSettledResult<Prediction>))
          : await byItself(row, content);
      if ("value" in inputs) at++;
      for (const [way, answer] of own.entries()) out[way]?.push(answer);
    }
    return out;
  }

  return picturesTogether(rows, (ordered) =>
    askInWays(
      ordered,
      media.of(ordered, {
        pictures: wants("face"),
        ...(wants("speech") ? { sampleRate: RECOGNIZER_RATE, films: false } : {}),
      }),
      async (row, content): Promise<Ready> => {
        const inputs = await settled((async () => inputsOf(manifest, row, content))());
        return { row, content, inputs };
      },
      ask,
      subsets.length,
      options,
    ),
  );
}

/** Everything that a row has, through the whole recognizer. */
export async function askRecognizer(
  rows: readonly Row[],
  manifest: Manifest,
  media: RowMedia,
  recognizer: Pick<Recognizer, "recognizeSettled" | "recognizeSubsets">,
  options: AskOptions = {},
): Promise<Asked<Prediction>> {
  const [asked] = await askRecognizerSubsets(rows, manifest, media, recognizer, [MODALITIES], options);
  return asked as Asked<Prediction>;
}
