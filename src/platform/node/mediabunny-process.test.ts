import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { rms } from "../../../test/support/sounds.ts";
import { findFfmpeg } from "./ffmpeg.ts";
import { bunnySoundApart } from "./mediabunny-process.ts";
import { decodeSound, soundPieces } from "./sound.ts";

// Each decoding starts a process, which a busy machine may keep waiting.
vi.setConfig({ testTimeout: 300_000 });

const ffmpeg = await findFfmpeg();
if (ffmpeg === null) console.warn("ffmpeg makes the media of these tests, which are skipped: apt-get install ffmpeg");
const folder = mkdtempSync(join(tmpdir(), "affekt-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One second of a tone of amplitude 1/8. */
function tone(name: string): Buffer {
  const path = join(folder, name);
  const sine = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100:duration=1"];
  execFileSync("ffmpeg", ["-nostdin", "-y", "-loglevel", "error", ...sine, path]);
  return readFileSync(path);
}

describe.skipIf(ffmpeg === null)("sound without ffmpeg", () => {
  test("comes out whole, at its level", async () => {
    const bytes = tone("tone.flac");
    const { samples } = await decodeSound(bytes, { ffmpeg: null });
    expect(rms(samples.subarray(4_000, 12_000))).toBeCloseTo(0.125 / Math.SQRT2, 2);
    expect(Math.abs(samples.length - 16_000)).toBeLessThan(1_100);
  });

  test("damaged in the middle, it is refused and ends no process but its own", async () => {
    const bytes = tone("damaged.flac");
    // The decoder rejects such a frame in two places, one of which nobody can catch.
    bytes.fill(0xa5, Math.floor(bytes.length * 0.4), Math.floor(bytes.length * 0.6));
    await expect(decodeSound(bytes, { ffmpeg: null })).rejects.toMatchObject({
      code: "media",
      message: expect.stringContaining(`data of ${bytes.length} bytes`) as string,
    });
  });

  test("cut off, it gives what it has or is refused", async () => {
    const bytes = tone("cut.flac");
    const half = decodeSound(bytes.subarray(0, bytes.length >> 1), { ffmpeg: null });
    expect(
      await half.then(
        () => "media",
        (error: { code: string }) => error.code,
      ),
    ).toBe("media");
  });

  test("stops when its caller says so", async () => {
    const bytes = tone("stopped.flac");
    const stop = new AbortController();
    const run = async () => {
      for await (const _piece of soundPieces(bytes, { ffmpeg: null, signal: stop.signal, pieceMs: 100 })) stop.abort();
    };
    await expect(run()).rejects.toMatchObject({ code: "aborted" });
  });

  test("leaves no temporary file behind when its reader stops early", async () => {
    const bytes = tone("early.flac");
    vi.stubEnv("TMPDIR", mkdtempSync(join(folder, "early-")));
    for await (const piece of bunnySoundApart(bytes)) {
      expect(piece.sampleRate).toBe(44_100);
      break;
    }
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("affekt-"))).toEqual([]);
    vi.unstubAllEnvs();
  });
});
