/** Asks one network about rows of a text, a picture and a sound. */
import { MODALITIES, type Modality } from "../core/modality.ts";
import { type Settled, settled } from "../core/settled.ts";
import type { Row } from "../data/row.ts";
import type { PreparedFace } from "../recognize/face-expert.ts";
import type { MultimodalExpert, PreparedUtterance } from "../recognize/multimodal-expert.ts";
import type { Opinion } from "../recognize/opinion.ts";
import type { PreparedSpeech } from "../recognize/speech-expert.ts";
import { faceIn, type SeeOptions } from "./ask.ts";
import { type Asked, type AskOptions, askInWays, missing, picturesTogether, present } from "./asked.ts";
import type { RowContent, RowMedia } from "./row-media.ts";

/** What was prepared of a row, or why it could not be; undefined where it has none. */
interface Parts {
  readonly row: Row;
  readonly text: PreparedUtterance["text"] | undefined;
  readonly face: Settled<PreparedFace> | undefined;
  readonly speech: Settled<PreparedSpeech> | undefined;
}

/** @throws why a part that is wanted could not be prepared, or `manifest` if there is none */
function utteranceOf({ row, ...parts }: Parts, modalities: readonly Modality[]): PreparedUtterance {
  const part = <T>(modality: Modality, own: Settled<T> | undefined, field: string): T | undefined =>
    own === undefined || !modalities.includes(modality) ? undefined : present(own, row, field);
  const text = modalities.includes("text") ? parts.text : undefined;
  const face = part("face", parts.face, "image");
  const speech = part("speech", parts.speech, "audio");
  if (text === undefined && face === undefined && speech === undefined) throw missing(row, modalities.join(" or "));
  return { ...(text ? { text } : {}), ...(face ? { face } : {}), ...(speech ? { speech } : {}) };
}

/**
 * Each row with whatever it has, with each of several subsets of the modalities; media are decoded and prepared once
 * for all of them. A row that has nothing of what is wanted, whose media cannot be decoded, or whose picture shows no
 * face, is skipped.
 *
 * @param subsets what of a row the network is shown; media that are in none of them are not read
 */
export function askMultimodalSubsets(
  rows: readonly Row[],
  media: RowMedia,
  expert: MultimodalExpert,
  subsets: readonly (readonly Modality[])[],
  options: AskOptions & SeeOptions = {},
): Promise<Asked<Opinion>[]> {
  const wants = (modality: Modality): boolean => subsets.some((subset) => subset.includes(modality));
  const { sampleRate } = expert.contract.input.speech;

  async function prepare(row: Row, { picture, sound }: RowContent): Promise<Parts> {
    const face = async (): Promise<PreparedFace> => {
      const seen = present(picture, row, "image");
      return expert.prepareFace(seen, await faceIn(seen, row, options));
    };
    return {
      row,
      text: row.text !== undefined && wants("text") ? expert.prepareText(row.text) : undefined,
      face: picture === undefined ? undefined : await settled(face()),
      speech:
        sound === undefined
          ? undefined
          : await settled((async () => expert.prepareSpeech(present(sound, row, "audio")))()),
    };
  }

  async function ask(prepared: readonly Parts[]): Promise<Settled<Opinion>[][]> {
    const out: Settled<Opinion>[][] = [];
    for (const modalities of subsets) {
      const shown = await Promise.all(prepared.map((parts) => settled((async () => utteranceOf(parts, modalities))())));
      const opinions = (await expert.opinions(shown.flatMap((one) => ("value" in one ? [one.value] : [])))).values();
      out.push(shown.map((one) => ("error" in one ? one : { value: opinions.next().value as Opinion })));
    }
    return out;
  }

  return picturesTogether(rows, (ordered) =>
    askInWays(
      ordered,
      media.of(ordered, { pictures: wants("face"), ...(wants("speech") ? { sampleRate } : {}) }),
      prepare,
      ask,
      subsets.length,
      options,
    ),
  );
}

/** With one of them. @param options.modalities default: all */
export async function askMultimodal(
  rows: readonly Row[],
  media: RowMedia,
  expert: MultimodalExpert,
  {
    modalities = MODALITIES,
    ...options
  }: AskOptions & SeeOptions & { readonly modalities?: readonly Modality[] | undefined } = {},
): Promise<Asked<Opinion>> {
  const [asked] = await askMultimodalSubsets(rows, media, expert, [modalities], options);
  return asked as Asked<Opinion>;
}
