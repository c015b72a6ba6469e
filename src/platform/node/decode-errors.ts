/** The ways in which decoding a media file fails. */
import { AffektError } from "../../core/errors.ts";

export const FFMPEG_HINT =
  "Install ffmpeg (`apt-get install ffmpeg`, `brew install ffmpeg`), or the optional packages mediabunny and @mediabunny/server.";

export function noSoundError(name: string, cause?: unknown): AffektError {
  return new AffektError(
    "media",
    `${name} has no sound track; expected sound.`,
    "Leave the audio out, or give a file that has sound.",
    { cause },
  );
}

export function noPicturesError(name: string, cause?: unknown): AffektError {
  return new AffektError(
    "media",
    `${name} has no moving pictures; expected a video.`,
    "Give it as audio, or give a file that has pictures.",
    { cause },
  );
}

export function undecodableError(name: string, reason: string, cause?: unknown): AffektError {
  return new AffektError(
    "media",
    `Cannot decode ${name}: ${reason}.`,
    "Expected a whole audio or video file (wav, mp3, flac, ogg, opus, m4a, mp4, mov, mkv, webm, …); it may be cut off, damaged or of another kind.",
    { cause },
  );
}

/** Says what to do where neither ffmpeg nor mediabunny is there. */
export function missingDecoder(name: string, cause?: unknown): AffektError {
  return new AffektError("missing-tool", `Nothing on this machine can decode ${name}.`, FFMPEG_HINT, { cause });
}
