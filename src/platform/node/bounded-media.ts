/** Decoders that refuse what is too large or too long, for media of strangers. */
import { AffektError } from "../../core/errors.ts";
import type { Media } from "../../core/ports.ts";
import { readPicture } from "./picture.ts";

export interface MediaLimits {
  /** Of one picture. */
  readonly maxPixels: number;
  /** Of sound and of films. */
  readonly maxSeconds: number;
}

function tooLong(maxSeconds: number): AffektError {
  return new AffektError("limit", `The recording is longer than ${maxSeconds} s.`, "Cut it into shorter ones.");
}

/** What a file says about its own length is not trusted: what comes out of it is counted. */
export function boundedMedia(media: Media, { maxPixels, maxSeconds }: MediaLimits): Media {
  return {
    picture: (source) => readPicture(source, { maxPixels }),
    async info(source) {
      const info = await media.info(source);
      if (info.durationMs > maxSeconds * 1000) throw tooLong(maxSeconds);
      return info;
    },
    async *sound(source, options) {
      let seconds = 0;
      for await (const piece of media.sound(source, options)) {
        seconds += piece.samples.length / piece.sampleRate;
        if (seconds > maxSeconds) throw tooLong(maxSeconds);
        yield piece;
      }
    },
    async *frames(source, options) {
      for await (const frame of media.frames(source, options)) {
        if (frame.timeMs > maxSeconds * 1000) throw tooLong(maxSeconds);
        yield frame;
      }
    },
  };
}
