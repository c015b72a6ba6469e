/** Frames of a film, one place after the other: only a page has a video element that plays any file. */
import { AffektError } from "../../core/errors.ts";

function unreadable(cause?: unknown): AffektError {
  return new AffektError("media", "The browser could not read the film.", "Use MP4 or WebM.", { cause });
}

/** After this long an element that says nothing is given up, in ms. */
const PATIENCE_MS = 60_000;

/** Resolves with the event, rejects if the element fails first, or says nothing at all. */
function once(video: HTMLVideoElement, event: "loadeddata" | "seeked"): Promise<void> {
  return new Promise((resolve, reject) => {
    const settled = new AbortController();
    const end = (act: () => void) => (): void => {
      clearTimeout(timer);
      settled.abort();
      act();
    };
    const timer = setTimeout(
      end(() => reject(unreadable())),
      PATIENCE_MS,
    );
    video.addEventListener(event, end(resolve), { signal: settled.signal });
    video.addEventListener(
      "error",
      end(() => reject(unreadable(video.error))),
      { signal: settled.signal },
    );
  });
}

/** How long a picture may take from being found to being shown, in ms; in a tab that is hidden meanwhile none is. */
const SHOWN_MS = 1000;

/** Resolves when the next picture can be read; at once where none will be shown, or the browser cannot say when. */
function nextShown(video: HTMLVideoElement): Promise<void> {
  const tells = "requestVideoFrameCallback" in video;
  if (!tells || video.videoWidth === 0 || document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    video.requestVideoFrameCallback(() => resolve());
  });
}

async function seek(video: HTMLVideoElement, seconds: number): Promise<void> {
  const there = once(video, "seeked");
  const shown = nextShown(video);
  video.currentTime = seconds;
  await there;
  // "seeked" can come first: what would be read then is the picture before.
  await Promise.race([shown, new Promise((resolve) => setTimeout(resolve, SHOWN_MS))]);
}

export interface FilmFrames {
  /** Of the film, in ms. */
  readonly durationMs: number;
  readonly hasVideo: boolean;
  /** @param maxSide the frame's longer side at most, in pixels @throws AffektError `media` */
  at(timeMs: number, maxSide: number): Promise<ImageBitmap>;
  close(): void;
}

/** @throws AffektError `media` */
export async function openFilmFrames(file: Blob): Promise<FilmFrames> {
  const address = URL.createObjectURL(file);
  const video = document.createElement("video");
  video.muted = true;
  video.preload = "auto";
  const close = (): void => {
    video.removeAttribute("src");
    // Only this lets the decoder go.
    video.load();
    URL.revokeObjectURL(address);
  };
  try {
    const loaded = once(video, "loadeddata");
    video.src = address;
    await loaded;
    // What a browser has recorded names no length: behind every end it finds it.
    if (!Number.isFinite(video.duration)) await seek(video, Number.MAX_SAFE_INTEGER);
  } catch (error) {
    close();
    throw error;
  }
  let atMs = Number.NaN;
  return {
    durationMs: 1000 * video.duration,
    hasVideo: video.videoWidth > 0,
    async at(timeMs, maxSide) {
      if (timeMs !== atMs) await seek(video, timeMs / 1000);
      atMs = timeMs;
      const { videoWidth, videoHeight } = video;
      const scale = Math.min(1, maxSide / Math.max(videoWidth, videoHeight));
      return createImageBitmap(video, {
        resizeWidth: Math.max(1, Math.round(videoWidth * scale)),
        resizeHeight: Math.max(1, Math.round(videoHeight * scale)),
      });
    },
    close,
  };
}
