/** Pictures out of the person's own files, to show faces and heat maps on: what the recognizer saw, in its coordinates. */

/** Longer side of the frames that the recognizer looks at: boxes of a film are in pixels of those. */
const FILM_SIDE = 640;
/** A picture is shown no larger than this. */
const PICTURE_SIDE = 1_200;

export interface Still {
  readonly bitmap: ImageBitmap;
  /** Pixels of the still for one pixel of the boxes. */
  readonly scale: number;
}

function scaled(
  source: HTMLVideoElement | ImageBitmap,
  width: number,
  height: number,
  scale: number,
): Promise<ImageBitmap> {
  return createImageBitmap(source, {
    resizeWidth: Math.max(1, Math.round(width * scale)),
    resizeHeight: Math.max(1, Math.round(height * scale)),
  });
}

/** Upright. */
export async function stillOfPicture(file: Blob): Promise<Still> {
  const whole = await createImageBitmap(file);
  const { width, height } = whole;
  const scale = Math.min(1, PICTURE_SIDE / Math.max(width, height));
  if (scale === 1) return { bitmap: whole, scale };
  const bitmap = await scaled(whole, width, height, scale);
  whole.close();
  return { bitmap, scale };
}

function happens(video: HTMLVideoElement, event: "loadeddata" | "seeked"): Promise<void> {
  return new Promise((resolve, reject) => {
    video.addEventListener(event, () => resolve(), { once: true });
    video.addEventListener("error", () => reject(new Error("the film cannot be shown")), { once: true });
  });
}

/** The frames of a film at these times, in order; ends early when the caller stops asking. */
export async function* stillsOfFilm(file: Blob, timesMs: readonly number[]): AsyncGenerator<Still> {
  const address = URL.createObjectURL(file);
  const video = document.createElement("video");
  video.muted = true;
  video.preload = "auto";
  try {
    const loaded = happens(video, "loadeddata");
    video.src = address;
    await loaded;
    const scale = Math.min(1, FILM_SIDE / Math.max(video.videoWidth, video.videoHeight));
    for (const timeMs of timesMs) {
      const there = happens(video, "seeked");
      video.currentTime = timeMs / 1000;
      await there;
      yield { bitmap: await scaled(video, video.videoWidth, video.videoHeight, scale), scale: 1 };
    }
  } finally {
    video.removeAttribute("src");
    URL.revokeObjectURL(address);
  }
}
