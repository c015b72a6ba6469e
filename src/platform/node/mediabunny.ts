/** Decoding without ffmpeg: the optional packages mediabunny and @mediabunny/server. Runs in mediabunny-child.ts only. */
import type * as Mediabunny from "mediabunny";
import { AffektError } from "../../core/errors.ts";
import type { Waveform } from "../../core/media.ts";
import { missingDecoder, noSoundError, undecodableError } from "./decode-errors.ts";

/** Loads both packages and opens a file with them. @throws AffektError `missing-tool` if they are not installed */
export async function openWithBunny(path: string, name: string) {
  let bunny: typeof Mediabunny;
  try {
    bunny = await import("mediabunny");
    const { registerMediabunnyServer } = await import("@mediabunny/server");
    // A search for graphics cards would take a second and fill the terminal.
    registerMediabunnyServer({ hardwareContext: null });
  } catch (cause) {
    throw missingDecoder(name, cause);
  }
  return { bunny, input: new bunny.Input({ source: new bunny.FilePathSource(path), formats: bunny.ALL_FORMATS }) };
}

/** Runs a step of decoding and turns its failures into ours. */
export async function decoding<T>(name: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    if (cause instanceof AffektError) throw cause;
    throw undecodableError(name, cause instanceof Error ? cause.message.replace(/\.$/, "") : "no reason given", cause);
  }
}

/** Sound as it comes, mixed to mono, at the file's own rate. @throws AffektError `media`, `missing-tool` */
export async function* bunnySound(path: string, name: string): AsyncGenerator<Waveform> {
  const { bunny, input } = await openWithBunny(path, name);
  try {
    const track: Mediabunny.InputAudioTrack | null = await decoding(name, () => input.getPrimaryAudioTrack());
    if (track === null) throw noSoundError(name);
    const samples = new bunny.AudioSampleSink(track).samples();
    let heard = 0;
    for (;;) {
      const { value: sample, done } = await decoding(name, () => samples.next());
      if (done) break;
      const { numberOfFrames: frames, numberOfChannels: channels, sampleRate } = sample;
      const mono = new Float32Array(frames);
      const channel = new Float32Array(frames);
      for (let planeIndex = 0; planeIndex < channels; planeIndex++) {
        sample.copyTo(channel, { planeIndex, format: "f32-planar" });
        for (let i = 0; i < frames; i++) mono[i] = mono[i]! + channel[i]! / channels;
      }
      sample.close();
      heard += frames;
      yield { samples: mono, sampleRate };
    }
    if (heard === 0) throw undecodableError(name, "it holds 0 samples");
  } finally {
    input.dispose();
  }
}
