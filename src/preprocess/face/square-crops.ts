/** Square grey crops of one picture, as training and its decoders cut them. */
import type { Picture } from "../../core/media.ts";
import type { Box } from "../../core/prediction.ts";
import { crop } from "./crop.ts";
import { grey } from "./grey.ts";
import { resize } from "./resize.ts";

/**
 * @param boxes parts of the picture, in pixels; undefined for all of it
 * @param side of the crops, in pixels
 * @returns `[boxes, side, side]` grey levels
 * @throws AffektError `shape` if a box is outside of the picture
 */
export function squareCrops(picture: Picture, boxes: readonly (Box | undefined)[], side: number): Uint8Array {
  const source = grey(picture);
  const area = side * side;
  const crops = new Uint8Array(boxes.length * area);
  for (const [at, box] of boxes.entries()) {
    const part = box ? crop(source, box) : source;
    const square = part.width === side && part.height === side ? part : resize(part, side, side);
    crops.set(square.data, at * area);
  }
  return crops;
}
