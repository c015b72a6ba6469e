/** Plays files for the worker: only a page has a video element and a decoder of sound. */
import { AffektError } from "../../core/errors.ts";
import type { Waveform } from "../../core/media.ts";
import type { MediaInfo } from "../../core/ports.ts";
import type { Play, Played } from "./protocol.ts";

function unreadable(what: string, cause?: unknown): AffektError {
  return new AffektError("media", `The browser could not read the ${what}.`, "Use MP4, WebM, WAV or MP3.", { cause });
}

/** Resolves with the event, rejects if the element fails first. */
function once(element: HTMLMediaElement, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    element.addEventListener(event, () => resolve(), { once: true });
    element.addEventListener("error", () => reject(unreadable("film")), { once: true });
  });
}

async function seek(video: HTMLVideoElement, seconds: number): Promise<void> {
  const there = once(video, "seeked");
  video.currentTime = seconds;
  await there;
}

/** Mono at the rate asked for. @throws AffektError `media` */
export async function decodeSound(bytes: ArrayBuffer, sampleRate: number): Promise<Waveform> {
  let decoded: AudioBuffer;
  try {
    decoded = await new OfflineAudioContext(1, 1, sampleRate).decodeAudioData(bytes);
  } catch (cause) {
    throw unreadable("sound", cause);
  }
  const samples = new Float32Array(decoded.length);
  for (let channel = 0; channel < decoded.numberOfChannels; channel++) {
    const own = decoded.getChannelData(channel);
    for (let at = 0; at < samples.length; at++) {
      samples[at] = (samples[at] as number) + (own[at] as number) / decoded.numberOfChannels;
    }
  }
  return { samples, sampleRate };
}

interface OpenFilm {
  readonly video: HTMLVideoElement;
  readonly url: string;
  readonly sound: () => Promise<Waveform | undefined>;
}

async function openFilm(file: Blob): Promise<OpenFilm> {
  const url = URL.createObjectURL(file);
  const video = document.createElement("video");
  video.muted = true;
  video.preload = "auto";
  video.src = url;
  try {
    await once(video, "loadeddata");
    // What a browser has recorded names no length: behind every end it finds it.
    if (!Number.isFinite(video.duration)) await seek(video, Number.MAX_SAFE_INTEGER);
  } catch (error) {
    URL.revokeObjectURL(url);
    throw error;
  }
  let sound: Promise<Waveform | undefined> | undefined;
  return {
    video,
    url,
    sound: () => {
      sound ??= file
        .arrayBuffer()
        .then((bytes) => decodeSound(bytes, 16_000))
        .catch(() => undefined);
      return sound;
    },
  };
}

export interface FilmPlayer {
  /** Gives a film a name under which the worker asks for it. @param progress told the share that has been asked for */
  add(file: Blob, progress?: (share: number) => void): string;
  remove(source: string): void;
  play(play: Play): Promise<Played>;
}

interface AddedFilm {
  readonly file: Blob;
  readonly progress: ((share: number) => void) | undefined;
  open: Promise<OpenFilm> | undefined;
}

export function filmPlayer(): FilmPlayer {
  const films = new Map<string, AddedFilm>();
  let next = 0;

  function opened(source: string): Promise<OpenFilm> {
    const film = films.get(source);
    if (film === undefined) return Promise.reject(unreadable("film"));
    film.open ??= openFilm(film.file);
    return film.open;
  }

  async function frame(source: string, timeMs: number, maxSide: number): Promise<ImageBitmap> {
    const { video } = await opened(source);
    films.get(source)?.progress?.(Math.min(1, timeMs / (1000 * video.duration)));
    if (Math.abs(video.currentTime * 1000 - timeMs) > 1) await seek(video, timeMs / 1000);
    const scale = Math.min(1, maxSide / Math.max(video.videoWidth, video.videoHeight));
    return createImageBitmap(video, {
      resizeWidth: Math.max(1, Math.round(video.videoWidth * scale)),
      resizeHeight: Math.max(1, Math.round(video.videoHeight * scale)),
    });
  }

  return {
    add(file, progress) {
      const source = `film:${next++}`;
      films.set(source, { file, progress, open: undefined });
      return source;
    },
    remove(source) {
      const close = ({ video, url }: OpenFilm): void => {
        video.removeAttribute("src");
        URL.revokeObjectURL(url);
      };
      // One that could not be opened has told so already.
      films.get(source)?.open?.then(close, () => undefined);
      films.delete(source);
    },
    async play(wanted) {
      switch (wanted.kind) {
        case "info": {
          const { video, sound } = await opened(wanted.source);
          const track = await sound();
          return {
            durationMs: video.duration * 1000,
            hasAudio: track !== undefined && track.samples.length > 0,
            hasVideo: video.videoWidth > 0,
          } satisfies MediaInfo;
        }
        case "sound": {
          const track = await (await opened(wanted.source)).sound();
          if (track === undefined) throw unreadable("sound track");
          return track;
        }
        case "frame":
          return frame(wanted.source, wanted.timeMs, wanted.maxSide);
      }
    },
  };
}
