/** The `Media` port in Node: sharp for pictures, own code, ffmpeg or mediabunny for sound and video. */
import type { Media } from "../../core/ports.ts";
import type { Ffmpeg } from "./ffmpeg.ts";
import { readPicture } from "./picture.ts";
import { soundPieces } from "./sound.ts";
import { mediaInfo, videoFrames } from "./video.ts";

export interface NodeMediaOptions {
  /** Which ffmpeg to use; null means none. Default: the one on the path, or in `AFFEKT_FFMPEG`. */
  readonly ffmpeg?: Ffmpeg | null;
  /** Stops all decoding that is going on. */
  readonly signal?: AbortSignal;
}

export function nodeMedia(options: NodeMediaOptions = {}): Media {
  return {
    picture: (source) => readPicture(source),
    sound: (source, wanted) => soundPieces(source, { ...options, ...wanted }),
    frames: (source, wanted) => videoFrames(source, { ...options, ...wanted }),
    info: (source) => mediaInfo(source, options),
  };
}
