/**
 * Which parts of a face a label rests on: a grey square is laid over every part of what the model sees, and how far the
 * label's probability falls is the heat there.
 *
 * Source: Zeiler & Fergus (2014), "Visualizing and understanding convolutional networks", section 4.2.
 */
import type { FaceExplanation } from "../core/explanation.ts";
import type { Picture } from "../core/media.ts";
import type { AnswerLabel } from "../recognize/answer.ts";
import { throwIfAborted } from "../recognize/face-evidence.ts";
import { type DetectedFace, type FaceExpert, uprightCrop } from "../recognize/face-expert.ts";
import { priorOf, probabilityOf } from "./probability.ts";

export interface ExplainFaceOptions {
  /** Cells along each side of the map, 3 to 32; the model is asked `cells²` times. Default 10. */
  readonly cells?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Cells along each side of the grey square: about an eye wide. */
const PATCH = 3;
/** Crops asked about together. */
const BATCH = 25;

/** The crop with the cells from (row, column) on covered in its mean colour. */
function covered(crop: Picture, cells: number, row: number, column: number, mean: readonly number[]): Picture {
  const { width, height, channels } = crop;
  const data = Uint8Array.from(crop.data);
  const edge = (cell: number, side: number): number => Math.round((Math.min(cells, Math.max(0, cell)) * side) / cells);
  for (let y = edge(row, height); y < edge(row + PATCH, height); y++) {
    for (let x = edge(column, width); x < edge(column + PATCH, width); x++) {
      for (let channel = 0; channel < channels; channel++)
        data[(y * width + x) * channels + channel] = mean[channel] as number;
    }
  }
  return { ...crop, data };
}

function meanColour({ data, channels }: Picture): number[] {
  const sums = Array.from({ length: channels }, () => 0);
  for (const [at, value] of data.entries()) sums[at % channels] = (sums[at % channels] as number) + value;
  return sums.map((sum) => Math.round((sum * channels) / data.length));
}

/**
 * Positive where covering takes away from the label, negative where it adds to it: a mouth that speaks against it.
 *
 * @param face null if the picture is a face crop already
 * @throws AffektError `aborted`, `shape`; whatever the expert throws
 */
export async function explainFace(
  picture: Picture,
  face: DetectedFace | null,
  label: string,
  expert: FaceExpert,
  rename: AnswerLabel,
  options: ExplainFaceOptions = {},
): Promise<FaceExplanation> {
  const { cells = 10, signal } = options;
  const { crop, corners } = uprightCrop(picture, face, expert.contract.input);
  const ask = async (crops: readonly Picture[]): Promise<number[]> => {
    throwIfAborted(signal);
    const opinions = await expert.opinions(crops.map((one) => expert.prepare(one, null)));
    return opinions.map((opinion) => probabilityOf(opinion, label, rename));
  };
  const [score] = (await ask([crop])) as [number];
  const mean = meanColour(crop);
  // Squares that hang over the edge, so that every cell is covered by as many of them or nearly.
  const places = Array.from({ length: cells * cells }, (_, at) => ({
    row: Math.floor(at / cells) - 1,
    column: (at % cells) - 1,
  }));
  const heat = new Float64Array(cells * cells);
  const times = new Float64Array(cells * cells);
  for (let from = 0; from < places.length; from += BATCH) {
    const batch = places.slice(from, from + BATCH);
    const values = await ask(batch.map(({ row, column }) => covered(crop, cells, row, column, mean)));
    for (const [index, { row, column }] of batch.entries()) {
      for (let y = Math.max(0, row); y < Math.min(cells, row + PATCH); y++) {
        for (let x = Math.max(0, column); x < Math.min(cells, column + PATCH); x++) {
          heat[y * cells + x] = (heat[y * cells + x] as number) + score - (values[index] as number);
          times[y * cells + x] = (times[y * cells + x] as number) + 1;
        }
      }
    }
  }
  const whole = { x: 0, y: 0, width: picture.width, height: picture.height };
  return {
    method: "occlusion",
    score,
    base: priorOf(expert.contract, label, rename),
    calls: places.length + 1,
    box: face?.box ?? whole,
    corners,
    cells,
    points: Array.from(heat, (sum, at) => sum / (times[at] as number)),
  };
}
