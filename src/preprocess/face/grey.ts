/** Pictures with another number of channels. */
import type { Picture } from "../../core/media.ts";

/** What shows through transparent pixels: 0 black, 255 white. */
export type Backdrop = 0 | 255;

function blended(picture: Picture, at: number, backdrop: Backdrop): [number, number, number] {
  const { data, channels } = picture;
  if (channels === 1) return [data[at]!, data[at]!, data[at]!];
  const colour: [number, number, number] = [data[at]!, data[at + 1]!, data[at + 2]!];
  if (channels === 3) return colour;
  const opacity = data[at + 3]! / 255;
  return colour.map((value) => value * opacity + backdrop * (1 - opacity)) as [number, number, number];
}

/**
 * Luma of Rec. 601, `0.299 R + 0.587 G + 0.114 B`: what JPEG and most face data sets call grey.
 *
 * @param backdrop shows through where there is an alpha channel
 */
export function grey(picture: Picture, backdrop: Backdrop = 255): Picture {
  if (picture.channels === 1) return picture;
  const { width, height, channels } = picture;
  const data = new Uint8Array(width * height);
  const { data: from } = picture;
  for (let i = 0, at = 0; i < data.length; i++, at += channels) {
    // Decoders and cameras give opaque pixels: no array for each of them.
    if (channels === 3 || from[at + 3] === 255) {
      data[i] = Math.round(0.299 * from[at]! + 0.587 * from[at + 1]! + 0.114 * from[at + 2]!);
    } else {
      const [red, green, blue] = blended(picture, at, backdrop);
      data[i] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    }
  }
  return { data, width, height, channels: 1 };
}

/**
 * Three channels, whatever came in.
 *
 * @param backdrop shows through where there is an alpha channel
 */
export function rgb(picture: Picture, backdrop: Backdrop = 255): Picture {
  if (picture.channels === 3) return picture;
  const { width, height, channels } = picture;
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const colour = blended(picture, i * channels, backdrop);
    for (let channel = 0; channel < 3; channel++) data[i * 3 + channel] = Math.round(colour[channel]!);
  }
  return { data, width, height, channels: 3 };
}
