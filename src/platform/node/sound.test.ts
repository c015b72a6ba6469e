import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { rms, tone } from "../../../test/support/sounds.ts";
import { AffektError } from "../../core/errors.ts";
import { writeWav } from "../../preprocess/speech/wav.ts";
import { findFfmpeg } from "./ffmpeg.ts";
import { decodeSound, soundPieces } from "./sound.ts";
import { decodeSounds } from "./sound-batch.ts";

const ffmpeg = await findFfmpeg();
if (ffmpeg === null) console.warn("ffmpeg is missing, its tests are skipped: apt-get install ffmpeg");
const folder = mkdtempSync(join(tmpdir(), "affekt-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Makes a media file with ffmpeg's own sources. */
function make(name: string, ...args: string[]): string {
  const path = join(folder, name);
  execFileSync("ffmpeg", ["-nostdin", "-y", "-loglevel", "error", ...args, path]);
  return path;
}
const SINE = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100:duration=1"];

function write(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function failure(run: () => Promise<unknown>): Promise<AffektError> {
  try {
    await run();
  } catch (error) {
    if (error instanceof AffektError) return error;
    throw error;
  }
  throw new Error("expected a failure");
}

describe("WAV, without any outside help", () => {
  test("8 kHz comes out at 16 kHz, from a path as from bytes", async () => {
    const bytes = writeWav(tone(440, 1, 0.5, 8_000));
    const fromBytes = await decodeSound(bytes, { ffmpeg: null });
    const fromPath = await decodeSound(write("low.wav", bytes), { ffmpeg: null });
    expect(fromBytes.sampleRate).toBe(16_000);
    expect(fromBytes.samples).toHaveLength(16_000);
    expect(rms(fromBytes.samples)).toBeCloseTo(0.5 / Math.SQRT2, 2);
    expect(fromPath).toEqual(fromBytes);
  });

  test("pieces have the length asked for, the last one the rest", async () => {
    const lengths: number[] = [];
    for await (const piece of soundPieces(writeWav(tone(440, 1.05)), { pieceMs: 250 }))
      lengths.push(piece.samples.length);
    expect(lengths).toEqual([4_000, 4_000, 4_000, 4_000, 800]);
  });

  test("20 ms and silence are sound", async () => {
    expect((await decodeSound(writeWav(tone(440, 0.02)))).samples).toHaveLength(320);
    expect(rms((await decodeSound(writeWav(tone(440, 1, 0)))).samples)).toBe(0);
  });

  test("a header that lies is not believed, and a cut file gives what it has", async () => {
    const bytes = writeWav(tone(440, 1));
    new DataView(bytes.buffer).setUint32(40, 4_000_000_000, true);
    expect((await decodeSound(bytes)).samples).toHaveLength(16_000);
    expect((await decodeSound(bytes.subarray(0, 44 + 8_001))).samples).toHaveLength(4_000);
    expect((await failure(() => decodeSound(bytes.subarray(0, 44)))).code).toBe("media");
  });

  test("longer sound than allowed in one go is refused", async () => {
    const error = await failure(() => decodeSound(writeWav(tone(440, 2)), { maxSeconds: 1 }));
    expect(error.code).toBe("limit");
    expect(error.hint).toContain("soundPieces");
  });
});

describe("what is no sound", () => {
  test.each([
    ["no bytes", new Uint8Array(0), "media", /empty \(0 bytes\)/],
    ["a file that is not there", "/nowhere/sound.mp3", "file", /no such file/],
    ["a folder", tmpdir(), "file", /is a folder/],
  ])("%s is refused with a reason", async (_name, source, code, message) => {
    const error = await failure(() => decodeSound(source));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });
});

describe.skipIf(ffmpeg === null)("through ffmpeg", () => {
  test.each([
    ["mp3", []],
    ["flac", []],
    ["ogg", ["-c:a", "libvorbis"]],
    ["opus", ["-c:a", "libopus"]],
    ["m4a", ["-c:a", "aac"]],
    ["mp4", ["-c:a", "aac"]],
    ["webm", ["-c:a", "libopus"]],
    ["mkv", ["-c:a", "flac"]],
  ])("%s comes out at its level and length, from a path as from bytes", async (kind, codec) => {
    const path = make(`tone.${kind}`, ...SINE, "-af", "pan=stereo|c0=c0|c1=c0", ...codec);
    const fromPath = await decodeSound(path);
    // lavfi's sine has amplitude 1/8; stereo must not come out louder.
    expect(rms(fromPath.samples.subarray(4_000, 12_000))).toBeCloseTo(0.125 / Math.SQRT2, 2);
    expect(Math.abs(fromPath.samples.length - 16_000)).toBeLessThan(1_100);
    expect((await decodeSound(readFileSync(path))).samples).toEqual(fromPath.samples);
  });

  test("a WAV that wraps another encoding is decoded too", async () => {
    expect((await decodeSound(make("alaw.wav", ...SINE, "-c:a", "pcm_alaw"))).samples).toHaveLength(16_000);
  });

  test("5.1 float WAV is read here as ffmpeg reads it", async () => {
    const path = make(
      "surround.wav",
      ...SINE,
      "-af",
      "pan=5.1|FL=.5*c0|FR=.2*c0|FC=c0|LFE=c0|BL=.1*c0|BR=0*c0",
      "-c:a",
      "pcm_f32le",
    );
    const own = await decodeSound(path);
    const theirs = await decodeSound(make("surround.caf", "-i", path, "-c:a", "pcm_f32le"));
    expect(rms(own.samples)).toBeCloseTo(rms(theirs.samples), 3);
  });

  test("video without sound says so, and with sound gives it", async () => {
    const picture = ["-f", "lavfi", "-i", "testsrc=size=64x64:rate=10:duration=1"];
    const silent = make("silent.mp4", ...picture, "-pix_fmt", "yuv420p");
    const error = await failure(() => decodeSound(silent));
    expect(error.code).toBe("media");
    expect(error.message).toContain("no sound track");
    const both = make("both.mp4", ...picture, ...SINE, "-pix_fmt", "yuv420p");
    expect(Math.abs((await decodeSound(both)).samples.length - 16_000)).toBeLessThan(1_100);
  });

  test("a file of another kind and a cut mp4 are refused, and no path of this machine is told", async () => {
    const text = write("notes.txt", new TextEncoder().encode("Not a sound.\n".repeat(50)));
    const whole = readFileSync(make("cut.m4a", ...SINE));
    for (const source of [text, whole.subarray(0, 600), new Uint8Array(2_000).fill(7)]) {
      const error = await failure(() => decodeSound(source));
      expect(error.code).toBe("media");
      expect(error.message).not.toContain(tmpdir());
    }
  });

  test.each(["mp3", "flac", "ogg"])("a cut %s gives what it has, or is refused as media", async (kind) => {
    const whole = readFileSync(make(`half.${kind}`, ...SINE));
    const half = whole.subarray(0, whole.length >> 1);
    try {
      const { samples } = await decodeSound(half);
      expect(samples.length).toBeGreaterThan(0);
      expect(samples.length).toBeLessThan(14_000);
    } catch (error) {
      expect(error).toMatchObject({ code: "media" });
    }
  });

  test("a playlist cannot make it read other files", async () => {
    const target = make("target.mp3", ...SINE);
    const list = write(
      "list.m3u8",
      new TextEncoder().encode(`#EXTM3U\n#EXTINF:1,\nfile://${target}\n#EXT-X-ENDLIST\n`),
    );
    const concat = write("list.ffconcat", new TextEncoder().encode(`ffconcat version 1.0\nfile '${target}'\n`));
    expect((await failure(() => decodeSound(list))).code).toBe("media");
    expect((await failure(() => decodeSound(concat))).code).toBe("media");
  });

  test("leaving the loop early ends the process and removes the temporary file", async () => {
    const bytes = readFileSync(make("long.mp3", "-f", "lavfi", "-i", "sine=duration=60"));
    for await (const piece of soundPieces(bytes, { pieceMs: 100 })) {
      expect(piece.samples).toHaveLength(1_600);
      break;
    }
  });

  test("a caller can stop it", async () => {
    const path = make("stopped.mp3", "-f", "lavfi", "-i", "sine=duration=60");
    const stop = new AbortController();
    const error = await failure(async () => {
      for await (const _piece of soundPieces(path, { signal: stop.signal, pieceMs: 100 })) stop.abort();
    });
    expect(error.code).toBe("aborted");
  });

  test("a batch comes in order, and a bad file does not stop the rest", async () => {
    const good = [make("b1.flac", ...SINE), make("b2.opus", ...SINE, "-c:a", "libopus"), make("b3.mp3", ...SINE)];
    const paths = [good[0]!, write("bad.flac", new Uint8Array(100).fill(1)), good[1]!, good[2]!, "/nowhere.flac"];
    const kinds: string[] = [];
    for await (const result of decodeSounds(paths, { filesPerProcess: 3 })) {
      expect(result.path).toBe(paths[result.index]);
      kinds.push("sound" in result ? "sound" : result.error.code);
    }
    expect(kinds).toEqual(["sound", "media", "sound", "sound", "file"]);
  });

  test("a batch gives what one file alone gives", async () => {
    const paths = [make("s1.flac", ...SINE), make("s2.opus", ...SINE, "-ac", "2", "-c:a", "libopus")];
    for await (const result of decodeSounds(paths)) {
      expect("sound" in result && result.sound).toEqual(await decodeSound(result.path));
    }
  });

  test("a tool that is not there is told apart from a bad file", async () => {
    expect(await findFfmpeg("ffmpeg-that-nobody-has")).toBeNull();
  });
});
