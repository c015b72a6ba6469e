/** Pictures out of the person's own files, to show faces and heat maps on: what the recognizer saw, in its coordinates. */
import { openFilmFrames } from "../../platform/web/film-frames.ts";

/** Longer side of the frames that the recognizer looks at: boxes of a film are in pixels of those. */
const FILM_SIDE = 640;
/** A picture is shown no larger than this. */
const PICTURE_SIDE = 1_200;

export interface Still {
  readonly bitmap: ImageBitmap;
  /** Pixels of the still for one pixel of the boxes. */
  readonly scale: number;
}

/** Upright. */
export async function stillOfPicture(file: Blob): Promise<Still> {
  const whole = await createImageBitmap(file);
  const { width, height } = whole;
  const scale = Math.min(1, PICTURE_SIDE / Math.max(width, height));
  if (scale === 1) return { bitmap: whole, scale };
  try {
    const bitmap = await createImageBitmap(whole, {
      resizeWidth: Math.max(1, Math.round(width * scale)),
      resizeHeight: Math.max(1, Math.round(height * scale)),
    });
    return { bitmap, scale };
  } finally {
    whole.close();
  }
}

/** The frames of a film at these times, in order; ends early when the caller stops asking. */
export async function* stillsOfFilm(file: Blob, timesMs: readonly number[]): AsyncGenerator<Still> {
  const film = await openFilmFrames(file);
  try {
    for (const timeMs of timesMs) yield { bitmap: await film.at(timeMs, FILM_SIDE), scale: 1 };
  } finally {
    film.close();
  }
}
