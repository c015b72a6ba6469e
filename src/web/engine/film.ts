/** Plays files for the worker: only a page has a video element and a decoder of sound. */
import { AffektError } from "../../core/errors.ts";
import type { Waveform } from "../../core/media.ts";
import type { MediaInfo } from "../../core/ports.ts";
import { type FilmFrames, openFilmFrames } from "../../platform/web/film-frames.ts";
import type { Play, Played } from "./protocol.ts";

function unreadable(what: string, cause?: unknown): AffektError {
  return new AffektError("media", `The browser could not read the ${what}.`, "Use MP4, WebM, WAV or MP3.", { cause });
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
  readonly frames: FilmFrames;
  readonly sound: () => Promise<Waveform | undefined>;
}

async function openFilm(file: Blob): Promise<OpenFilm> {
  const frames = await openFilmFrames(file);
  let sound: Promise<Waveform | undefined> | undefined;
  return {
    frames,
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
    const { frames } = await opened(source);
    films.get(source)?.progress?.(Math.min(1, timeMs / frames.durationMs));
    return frames.at(timeMs, maxSide);
  }

  return {
    add(file, progress) {
      const source = `film:${next++}`;
      films.set(source, { file, progress, open: undefined });
      return source;
    },
    remove(source) {
      // One that could not be opened has told so already.
      films.get(source)?.open?.then(
        ({ frames }) => frames.close(),
        () => undefined,
      );
      films.delete(source);
    },
    async play(wanted) {
      switch (wanted.kind) {
        case "info": {
          const { frames, sound } = await opened(wanted.source);
          const track = await sound();
          return {
            durationMs: frames.durationMs,
            hasAudio: track !== undefined && track.samples.length > 0,
            hasVideo: frames.hasVideo,
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
