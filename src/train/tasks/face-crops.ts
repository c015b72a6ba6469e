/** Where the crops of a face training come from: decoded here, or by whatever the platform has for it. */
import type { Media } from "../../core/ports.ts";
import type { Box } from "../../core/prediction.ts";
import { squareCrops } from "../../preprocess/face/square-crops.ts";

/** A picture, and the parts of it that are wanted; undefined for all of it. */
export interface FaceSheet {
  readonly path: string;
  readonly boxes: readonly (Box | undefined)[];
}

/**
 * `[boxes, side, side]` grey levels of each sheet, in order. No more sheets are taken than the reader keeps up with.
 *
 * @throws AffektError `media`, `file`, `limit` at the sheet that cannot be decoded
 */
export type CropSheets = (sheets: Iterable<FaceSheet>, side: number) => AsyncIterable<Uint8Array>;

/** What a face training sees pictures with. */
export interface FaceMedia extends Pick<Media, "picture"> {
  /** Decodes beside the training. By default, pictures are decoded one after the other in its own process. */
  readonly crops?: CropSheets;
}

export function cropSheets({ picture, crops }: FaceMedia): CropSheets {
  if (crops !== undefined) return crops;
  return async function* (sheets, side) {
    for (const { path, boxes } of sheets) yield squareCrops(await picture(path), boxes, side);
  };
}
