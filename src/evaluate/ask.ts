/** Asks an expert, or a whole recognizer, about the rows of a manifest. A row that fails is skipped with its reason. */
import { AffektError } from "../core/errors.ts";
import type { Modality } from "../core/modality.ts";
import type { Inputs, Prediction } from "../core/prediction.ts";
import { parseLocator } from "../data/locator.ts";
import type { Manifest } from "../data/manifest.ts";
import { mediaPath } from "../data/read.ts";
import type { Row } from "../data/row.ts";
import { type BandStatistics, speakerStatistics } from "../preprocess/speech/running-normalization.ts";
import type { FaceDetector, FaceExpert, PreparedFace } from "../recognize/face-expert.ts";
import { largestFirst } from "../recognize/leading-face.ts";
import type { Opinion } from "../recognize/opinion.ts";
import type { Recognizer } from "../recognize/recognizer.ts";
import type { PreparedSpeech, SpeechExpert } from "../recognize/speech-expert.ts";
import type { TextOpinions } from "../recognize/text-expert.ts";
import type { RowMedia } from "./row-media.ts";

/** Rows asked in one go. */
const CHUNK = 64;

/** A row that could not be asked about. */
export interface Skipped {
  readonly id: string;
  readonly code: string;
  readonly reason: string;
}

export interface Asked<T> {
  readonly answers: readonly { readonly row: Row; readonly answer: T }[];
  readonly skipped: readonly Skipped[];
}

export interface AskOptions {
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

function skip(row: Row, error: unknown): Skipped {
  if (error instanceof AffektError && error.code !== "aborted" && error.code !== "internal") {
    return { id: row.id, code: error.code, reason: error.message };
  }
  throw error;
}

/** Prepares each row by itself, then asks about those that could be prepared. */
async function askInChunks<P, T>(
  rows: readonly Row[],
  prepare: (row: Row) => Promise<P>,
  ask: (prepared: readonly P[]) => Promise<readonly (T | AffektError)[]>,
  { onProgress, signal }: AskOptions,
): Promise<Asked<T>> {
  const answers: { row: Row; answer: T }[] = [];
  const skipped: Skipped[] = [];
  for (let start = 0; start < rows.length; start += CHUNK) {
    if (signal?.aborted)
      throw new AffektError("aborted", "The evaluation was stopped by its caller.", "Nothing to do.");
    const ready: { row: Row; prepared: P }[] = [];
    for (const row of rows.slice(start, start + CHUNK)) {
      try {
        ready.push({ row, prepared: await prepare(row) });
      } catch (error) {
        skipped.push(skip(row, error));
      }
    }
    const said = await ask(ready.map(({ prepared }) => prepared));
    for (const [index, { row }] of ready.entries()) {
      const answer = said[index] as T | AffektError;
      if (answer instanceof AffektError) skipped.push(skip(row, answer));
      else answers.push({ row, answer });
    }
    onProgress?.(Math.min(rows.length, start + CHUNK), rows.length);
  }
  return { answers, skipped };
}

function missing(row: Row, field: string): AffektError {
  return new AffektError("manifest", `Row ${row.id} has no ${field}.`, "Evaluate it with a model of what it has.");
}

export function askText(rows: readonly Row[], expert: TextOpinions, options: AskOptions = {}): Promise<Asked<Opinion>> {
  return askInChunks(
    rows,
    async (row) => {
      if (row.text === undefined) throw missing(row, "text");
      return row.text;
    },
    async (texts) =>
      (await expert.opinions(texts)).map(
        (opinion) => opinion ?? new AffektError("input", "The text is empty.", "Leave the row out."),
      ),
    options,
  );
}

export interface AskFaceOptions extends AskOptions {
  /** Needed for rows that are not crops of a face already. */
  readonly detector?: FaceDetector | undefined;
  /**
   * Pictures are crops of a face: nothing is detected. Default: those that the manifest cuts out of a larger picture
   * (`#xywh=`), or that say `faceCrop`.
   */
  readonly cropped?: boolean | undefined;
}

export function askFace(
  rows: readonly Row[],
  media: RowMedia,
  expert: FaceExpert,
  options: AskFaceOptions = {},
): Promise<Asked<Opinion>> {
  return askInChunks<PreparedFace, Opinion>(
    rows,
    async (row) => {
      const { picture, isPart } = await media.picture(row);
      const flag = row.extra["faceCrop"];
      if (options.cropped ?? (typeof flag === "boolean" ? flag : isPart)) return expert.prepare(picture, null);
      if (options.detector === undefined) {
        throw new AffektError("config", `Row ${row.id} is not a crop of a face.`, "Pass a face detector.");
      }
      const [face] = largestFirst(await options.detector.detect(picture));
      if (face === undefined) {
        throw new AffektError("no-face", `No face was found in the picture of row ${row.id}.`, "Leave the row out.");
      }
      return expert.prepare(picture, face);
    },
    (faces) => expert.opinions(faces),
    options,
  );
}

export interface AskSpeechOptions extends AskOptions {
  /**
   * What a model with `normalization: "speaker"` is normalized by: all clips of the row's subject (which sees the other
   * test clips of the speaker, and must be said beside the number), or the clip itself. Default `subject`.
   */
  readonly statistics?: "subject" | "clip" | undefined;
}

/** Whole clips, silence cut at both ends; voice activity is not consulted, as it is not in training. */
export async function askSpeech(
  rows: readonly Row[],
  media: RowMedia,
  expert: SpeechExpert,
  options: AskSpeechOptions = {},
): Promise<Asked<Opinion>> {
  const { sampleRate, normalization } = expert.contract.input;
  const prepare = async (row: Row): Promise<PreparedSpeech> => expert.prepare(await media.sound(row, sampleRate));
  if (normalization === "clip" || options.statistics === "clip") {
    return askInChunks<PreparedSpeech, Opinion>(rows, prepare, (clips) => expert.opinions(clips), options);
  }
  // The whole set's features are kept, because a speaker is known only when all of his clips are.
  const { answers, skipped } = await askInChunks<PreparedSpeech, PreparedSpeech>(
    rows,
    prepare,
    async (clips) => clips,
    options,
  );
  const bySpeaker: ReadonlyMap<string, BandStatistics> = speakerStatistics(
    answers.flatMap(({ row, answer }) =>
      row.subject === undefined ? [] : [{ speaker: row.subject, features: answer.features }],
    ),
  );
  const opinions: Opinion[] = [];
  for (let start = 0; start < answers.length; start += CHUNK) {
    const clips = answers.slice(start, start + CHUNK).map(({ row, answer }) => {
      const statistics = bySpeaker.get(row.subject ?? "");
      return statistics === undefined ? answer : { ...answer, statistics };
    });
    opinions.push(...(await expert.opinions(clips)));
  }
  return {
    answers: answers.map(({ row }, index) => ({ row, answer: opinions[index] as Opinion })),
    skipped,
  };
}

export interface AskRecognizerOptions extends AskOptions {
  /** What of a row is looked at; its media of other modalities are not read. Default: all. */
  readonly modalities?: readonly Modality[] | undefined;
}

/** Everything that a row has, through the whole recognizer. */
export function askRecognizer(
  rows: readonly Row[],
  manifest: Manifest,
  media: RowMedia,
  recognizer: Pick<Recognizer, "recognizeSettled">,
  options: AskRecognizerOptions = {},
): Promise<Asked<Prediction>> {
  const { signal, modalities } = options;
  const wants = (modality: Modality): boolean => modalities === undefined || modalities.includes(modality);
  const asking = { ...(signal === undefined ? {} : { signal }), ...(modalities === undefined ? {} : { modalities }) };
  return askInChunks(
    rows,
    async (row): Promise<Inputs> => {
      const video = mediaPath(manifest, row, "video");
      const audio = mediaPath(manifest, row, "audio");
      const isPart = audio !== undefined && parseLocator(audio).startMs !== undefined;
      return {
        ...(row.text === undefined ? {} : { text: row.text }),
        ...(row.image === undefined || !wants("face") ? {} : { image: (await media.picture(row)).picture }),
        ...(audio === undefined || !wants("speech") ? {} : { audio: isPart ? await media.sound(row, 16_000) : audio }),
        ...(video === undefined ? {} : { video }),
      };
    },
    async (inputs) =>
      (await recognizer.recognizeSettled(inputs, asking)).map((result) => {
        if (result.status === "fulfilled") return result.value;
        if (result.reason instanceof AffektError) return result.reason;
        throw result.reason;
      }),
    options,
  );
}
