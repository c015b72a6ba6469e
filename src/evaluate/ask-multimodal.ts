/** Asks one network about rows of a text, a picture and a sound. */
import type { Modality } from "../core/modality.ts";
import type { Row } from "../data/row.ts";
import type { PreparedFace } from "../recognize/face-expert.ts";
import type { MultimodalExpert, PreparedUtterance } from "../recognize/multimodal-expert.ts";
import type { Opinion } from "../recognize/opinion.ts";
import { faceIn, type SeeOptions } from "./ask.ts";
import { type Asked, type AskOptions, askInChunks, missing, picturesTogether, present } from "./asked.ts";
import type { RowContent, RowMedia } from "./row-media.ts";

interface AskMultimodalOptions extends AskOptions, SeeOptions {
  /** What of a row the network is shown; media of other modalities are not read. Default: all. */
  readonly modalities?: readonly Modality[] | undefined;
}

/**
 * Each row with whatever it has. A row that has nothing of what is wanted, whose media cannot be decoded, or whose
 * picture shows no face, is skipped.
 */
export function askMultimodal(
  rows: readonly Row[],
  media: RowMedia,
  expert: MultimodalExpert,
  options: AskMultimodalOptions = {},
): Promise<Asked<Opinion>> {
  const { modalities, ...rest } = options;
  const wants = (modality: Modality): boolean => modalities === undefined || modalities.includes(modality);
  const { sampleRate } = expert.contract.input.speech;

  async function face(row: Row, content: RowContent): Promise<PreparedFace | undefined> {
    if (content.picture === undefined) return undefined;
    const picture = present(content.picture, row, "image");
    return expert.prepareFace(picture, await faceIn(picture, row, rest));
  }

  return picturesTogether(rows, (ordered) =>
    askInChunks(
      ordered,
      media.of(ordered, { pictures: wants("face"), ...(wants("speech") ? { sampleRate } : {}) }),
      async (row, content): Promise<PreparedUtterance> => {
        const text = row.text !== undefined && wants("text") ? expert.prepareText(row.text) : undefined;
        const seen = await face(row, content);
        const speech =
          content.sound === undefined ? undefined : expert.prepareSpeech(present(content.sound, row, "audio"));
        if (text === undefined && seen === undefined && speech === undefined) {
          throw missing(row, (modalities ?? ["text", "face", "speech"]).join(" or "));
        }
        return { ...(text ? { text } : {}), ...(seen ? { face: seen } : {}), ...(speech ? { speech } : {}) };
      },
      async (utterances) => (await expert.opinions(utterances)).map((value) => ({ value })),
      rest,
    ),
  );
}
