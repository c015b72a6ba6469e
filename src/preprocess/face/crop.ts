/** Cutting faces out of pictures. */
import type { Picture } from "../../core/media.ts";
import type { Box } from "../../core/prediction.ts";

/**
 * The square about a box's centre whose side is the box's longer side plus a margin.
 *
 * @param margin added on each side, as a share of the longer side
 */
export function squareBox(box: Box, margin = 0): Box {
  const side = Math.max(box.width, box.height) * (1 + 2 * margin);
  return {
    x: box.x + box.width / 2 - side / 2,
    y: box.y + box.height / 2 - side / 2,
    width: side,
    height: side,
  };
}

/** Cuts a box out at whole pixels; beyond the picture its edge is repeated. At least one pixel each way. */
export function crop(picture: Picture, box: Box): Picture {
  const { channels } = picture;
  const left = Math.round(box.x);
  const top = Math.round(box.y);
  const width = Math.max(1, Math.round(box.x + box.width) - left);
  const height = Math.max(1, Math.round(box.y + box.height) - top);
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const sourceY = Math.min(picture.height - 1, Math.max(0, top + y));
    for (let x = 0; x < width; x++) {
      const sourceX = Math.min(picture.width - 1, Math.max(0, left + x));
      const from = (sourceY * picture.width + sourceX) * channels;
      const to = (y * width + x) * channels;
      for (let channel = 0; channel < channels; channel++) data[to + channel] = picture.data[from + channel]!;
    }
  }
  return { data, width, height, channels };
}

/** Cuts the square about a box out; beyond the picture its edge is repeated. */
export function cropSquare(picture: Picture, box: Box, margin = 0): Picture {
  return crop(picture, squareBox(box, margin));
}
