/** Frames and facts of a media file without ffmpeg: mediabunny decodes, sharp turns and scales. */
import sharp from "sharp";
import type { Frame } from "../../core/media.ts";
import type { MediaInfo } from "../../core/ports.ts";
import { noPicturesError, undecodableError } from "./decode-errors.ts";
import { decoding, openWithBunny } from "./mediabunny.ts";

/** @throws AffektError `media`, `missing-tool` */
export async function bunnyInfo(path: string, name: string): Promise<MediaInfo> {
  const { input } = await openWithBunny(path, name);
  try {
    return await decoding(name, async () => {
      const [audio, video] = [await input.getPrimaryAudioTrack(), await input.getPrimaryVideoTrack()];
      if (audio === null && video === null) {
        throw undecodableError(name, "it holds no sound and no pictures");
      }
      const durationMs = 1000 * (await input.computeDuration());
      return { durationMs, hasAudio: audio !== null, hasVideo: video !== null };
    });
  } finally {
    input.dispose();
  }
}

/** @throws AffektError `media`, `missing-tool` */
export async function* bunnyFrames(path: string, name: string, fps: number, maxSide: number): AsyncGenerator<Frame> {
  const { bunny, input } = await openWithBunny(path, name);
  try {
    const track = await decoding(name, () => input.getPrimaryVideoTrack());
    if (track === null) throw noPicturesError(name);
    const [start, end] = await decoding(
      name,
      async () => [await track.getFirstTimestamp(), await track.computeDuration()] as const,
    );
    const times = (function* () {
      for (let count = 0; start + count / fps < end; count++) yield start + count / fps;
    })();
    const samples = new bunny.VideoSampleSink(track).samplesAtTimestamps(times);
    let count = 0;
    for (;;) {
      const { value: sample, done } = await decoding(name, () => samples.next());
      if (done) break;
      if (sample === null) continue;
      const picture = await decoding(name, async () => {
        const { width, height } = sample.visibleRect;
        const rgba = new Uint8Array(width * height * 4);
        // WebCodecs has had this option since 2023; the types do not know it yet.
        await sample.copyTo(rgba, { format: "RGBA" } as VideoFrameCopyToOptions);
        const { rotation, displayWidth, displayHeight } = sample;
        sample.close();
        const scale = Math.min(1, maxSide / Math.max(displayWidth, displayHeight));
        const { data, info } = await sharp(rgba, { raw: { width, height, channels: 4 } })
          .removeAlpha()
          .rotate(rotation)
          .resize(Math.max(1, Math.round(displayWidth * scale)), Math.max(1, Math.round(displayHeight * scale)), {
            fit: "fill",
          })
          .raw()
          .toBuffer({ resolveWithObject: true });
        return { data: new Uint8Array(data), width: info.width, height: info.height, channels: 3 as const };
      });
      yield { picture, timeMs: (1000 * count++) / fps };
    }
    if (count === 0) throw undecodableError(name, "it holds 0 frames");
  } finally {
    input.dispose();
  }
}
