/** The heat map of a face as a PNG file, over the picture or the frame of a film that it was found in. */
import sharp from "sharp";
import { AffektError } from "../../core/errors.ts";
import type { FaceExplanation } from "../../core/explanation.ts";
import type { Picture } from "../../core/media.ts";
import type { Media, MediaSource } from "../../core/ports.ts";
import { paintHeat } from "../../explain/heat.ts";
import { nodeMedia } from "./media.ts";

export interface SeenIn {
  readonly image?: MediaSource | undefined;
  readonly video?: MediaSource | undefined;
}

async function frameAt(media: Media, video: MediaSource, timeMs: number): Promise<Picture | undefined> {
  for await (const frame of media.frames(video, { fps: 5, maxSide: 640 })) {
    if (Math.round(frame.timeMs) >= timeMs) return frame.picture;
  }
  return undefined;
}

/** @throws AffektError `media`, `file`, `limit` if the medium cannot be read (again) */
export async function heatPng({ image, video }: SeenIn, face: FaceExplanation): Promise<Uint8Array> {
  const media = nodeMedia();
  const picture =
    image !== undefined
      ? await media.picture(image)
      : video === undefined
        ? undefined
        : await frameAt(media, video, face.timeMs ?? 0);
  if (picture === undefined) {
    throw new AffektError("media", "The picture of the face is not there any more.", "Give the same file again.");
  }
  const { data, width, height } = paintHeat(picture, face);
  return new Uint8Array(
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer(),
  );
}
