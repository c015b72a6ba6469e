/** What is known of a row besides its label, by which mistakes may differ: length, light, noise, language. */
import type { Picture, Waveform } from "../../core/media.ts";
import type { Row } from "../../data/row.ts";
import { grey } from "../../preprocess/face/grey.ts";
import { speechQuality } from "../../preprocess/speech/quality.ts";
import { byPicture } from "../asked.ts";
import type { RowMedia } from "../row-media.ts";

/** Facts that are numbers, in the order of a report. */
export const NUMBER_FACTS = ["characters", "durationMs", "brightness", "snrDb"] as const;

export type NumberFact = (typeof NUMBER_FACTS)[number];

export interface RowFacts {
  readonly id: string;
  /** For examples. Leave it out where a report must not show what people wrote. */
  readonly text?: string;
  /** Of the text: code points, so that a Chinese character and an emoji count one. */
  readonly characters?: number;
  /** Of the sound. */
  readonly durationMs?: number;
  /** Mean grey level of the picture, in [0, 255]. */
  readonly brightness?: number;
  /** Louder over quieter frames of the sound, in dB. */
  readonly snrDb?: number;
  /** BCP 47. */
  readonly language?: string;
}

/** Mean grey level, in [0, 255]. */
export function brightnessOf(picture: Picture): number {
  const { data } = grey(picture);
  let sum = 0;
  for (const value of data) sum += value;
  return sum / data.length;
}

/** Facts of a row, from itself and from its media where they are given. */
export function rowFacts(
  row: Row,
  media: { readonly picture?: Picture; readonly sound?: Waveform } = {},
  { withText = true }: { readonly withText?: boolean } = {},
): RowFacts {
  const { picture, sound } = media;
  return {
    id: row.id,
    ...(row.text === undefined ? {} : { characters: [...row.text].length, ...(withText ? { text: row.text } : {}) }),
    ...(picture === undefined ? {} : { brightness: brightnessOf(picture) }),
    ...(sound === undefined || sound.samples.length === 0
      ? {}
      : {
          durationMs: (1000 * sound.samples.length) / sound.sampleRate,
          snrDb: speechQuality(sound).snrDb,
        }),
    ...(row.language === undefined ? {} : { language: row.language }),
  };
}

/** Of the sound that facts are measured on; level and length need no more. */
const SAMPLE_RATE = 16_000;

/**
 * Facts of rows and their media, those next to each other whose pictures are cut out of one file. Media that cannot be
 * read leave their facts out: the evaluation has already said why.
 */
export async function* measureFacts(
  rows: readonly Row[],
  media: RowMedia,
  options: { readonly withText?: boolean } = {},
): AsyncGenerator<RowFacts> {
  const ordered = byPicture(rows);
  let at = 0;
  for await (const { picture, sound } of media.of(ordered, { pictures: true, sampleRate: SAMPLE_RATE })) {
    yield rowFacts(
      ordered[at++] as Row,
      {
        ...(picture && "value" in picture ? { picture: picture.value } : {}),
        ...(sound && "value" in sound ? { sound: sound.value } : {}),
      },
      options,
    );
  }
}
