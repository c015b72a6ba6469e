/** Sounds sent through a speech codec: all of them in one file, so that the encoder is started once. */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Waveform } from "../../../src/core/media.ts";
import { nodeMedia } from "../../../src/platform/node/media.ts";
import { writeWav } from "../../../src/preprocess/speech/wav.ts";

/** Between two sounds, so that the end of one does not reach into the next. */
const GAP = 8_000;

function ffmpeg(args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn("ffmpeg", ["-nostdin", "-loglevel", "error", "-y", ...args], { stdio: "ignore" });
    child.on("error", () => resolve(false));
    child.on("exit", (code) => resolve(code === 0));
  });
}

/**
 * @param sounds all at one rate
 * @returns null where there is no ffmpeg with an Opus encoder
 */
export async function throughOpus(sounds: readonly Waveform[], kilobits: number): Promise<Waveform[] | null> {
  const { sampleRate } = sounds[0] as Waveform;
  const length = sounds.reduce((sum, { samples }) => sum + samples.length + GAP, 0);
  const all = new Float32Array(length);
  const starts: number[] = [];
  let at = 0;
  for (const { samples } of sounds) {
    starts.push(at);
    all.set(samples, at);
    at += samples.length + GAP;
  }
  const folder = await mkdtemp(join(tmpdir(), "affekt-opus-"));
  try {
    const [wav, opus] = [join(folder, "a.wav"), join(folder, "a.opus")];
    await writeFile(wav, writeWav({ samples: all, sampleRate }));
    const done = await ffmpeg(["-i", wav, "-c:a", "libopus", "-b:a", `${kilobits}k`, "-application", "voip", opus]);
    if (!done) return null;
    const decoded = new Float32Array(length);
    let from = 0;
    for await (const { samples } of nodeMedia().sound(opus, { sampleRate, pieceMs: 10_000 })) {
      decoded.set(samples.subarray(0, Math.max(0, length - from)), from);
      from += samples.length;
    }
    return sounds.map(({ samples }, index) => {
      const start = starts[index] as number;
      return { samples: decoded.slice(start, start + samples.length), sampleRate };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
