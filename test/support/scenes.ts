/** What stands before a test's camera and is said into its microphone: real photographs and spoken words where they are there. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { portrait } from "../../src/cli/demo/photograph.ts";
import type { Waveform } from "../../src/core/media.ts";
import { readWav } from "../../src/preprocess/speech/wav.ts";
import { join as joined, silence } from "./sounds.ts";

/** A photograph of `face/e2e` below AFFEKT_DATA, or the drawn portrait where there is none. */
export async function photograph(name: string): Promise<{ readonly bytes: Uint8Array; readonly isReal: boolean }> {
  const path = join(process.env["AFFEKT_DATA"] ?? "", "face/e2e", name);
  if (process.env["AFFEKT_DATA"] === undefined || !existsSync(path)) return { bytes: await portrait(), isReal: false };
  return { bytes: readFileSync(path), isReal: true };
}

/** Two seconds of a camera (960 × 540) before which a person sways: JPEG frames, one after the other. */
export async function swaying(bytes: Uint8Array): Promise<Uint8Array> {
  const person = await sharp(bytes).resize(540, 540, { fit: "cover" }).jpeg().toBuffer();
  const frames = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      sharp({ create: { width: 960, height: 540, channels: 3, background: "#8a97a5" } })
        .composite([{ input: person, left: Math.round(210 + 20 * Math.sin((index / 30) * 2 * Math.PI)), top: 0 }])
        .jpeg({ quality: 88 })
        .toBuffer(),
    ),
  );
  return Buffer.concat(frames);
}

export function hasEspeak(): boolean {
  const there = spawnSync("espeak-ng", ["--version"]).status === 0;
  if (!there) console.log("skipped: there is no espeak-ng (apt-get install espeak-ng)");
  return there;
}

/** English words, said by espeak-ng, and a second of silence, in which an utterance ends. */
export function spoken(words: string): Waveform {
  const folder = mkdtempSync(join(tmpdir(), "affekt-spoken-"));
  try {
    const path = join(folder, "said.wav");
    execFileSync("espeak-ng", ["-v", "en-us", "-w", path, words]);
    const said = readWav(new Uint8Array(readFileSync(path)));
    return joined(said, silence(1, said.sampleRate));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
