/** A film of known content, made by ffmpeg: three seconds with a face in the first and the last, and a voice. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { portrait } from "../../src/cli/demo/photograph.ts";
import { voice } from "../../src/cli/demo/voice.ts";
import { writeWav } from "../../src/preprocess/speech/wav.ts";

export interface FilmOptions {
  /** Of the face in the last second; default 1, as in the first. */
  readonly brightness?: number;
}

/** @param folder where its parts are written @throws if there is no ffmpeg */
export async function film(folder: string, { brightness = 1 }: FilmOptions = {}): Promise<Uint8Array> {
  const face = await sharp(await portrait())
    .resize(200, 200)
    .toBuffer();
  const last = await sharp(face).modulate({ brightness }).toBuffer();
  for (let index = 0; index < 15; index++) {
    const seen = index < 5 ? face : index >= 10 ? last : undefined;
    await sharp({ create: { width: 480, height: 300, channels: 3, background: "#8a97a5" } })
      .composite(seen === undefined ? [] : [{ input: seen, left: 100 + index * 5, top: 50 }])
      .jpeg()
      .toFile(join(folder, `${String(index).padStart(2, "0")}.jpg`));
  }
  writeFileSync(join(folder, "voice.wav"), writeWav(voice()));
  const path = join(folder, "film.webm");
  const inputs = ["-framerate", "5", "-i", join(folder, "%02d.jpg"), "-i", join(folder, "voice.wav")];
  const coding = ["-c:v", "libvpx", "-b:v", "1M", "-c:a", "libopus", path];
  execFileSync("ffmpeg", ["-nostdin", "-y", "-loglevel", "error", ...inputs, ...coding]);
  return new Uint8Array(readFileSync(path));
}
