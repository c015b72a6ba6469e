import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { tone } from "../../../test/support/sounds.ts";
import { AffektError } from "../../core/errors.ts";
import type { Frame } from "../../core/media.ts";
import { writeWav } from "../../preprocess/speech/wav.ts";
import { findFfmpeg } from "./ffmpeg.ts";
import { nodeMedia } from "./media.ts";
import { mediaInfo, ppmReader, videoFrames } from "./video.ts";

const ffmpeg = await findFfmpeg();
if (ffmpeg === null) console.warn("ffmpeg is missing, its tests are skipped: apt-get install ffmpeg");
const folder = mkdtempSync(join(tmpdir(), "affekt-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function make(name: string, ...args: string[]): string {
  const path = join(folder, name);
  execFileSync("ffmpeg", ["-nostdin", "-y", "-loglevel", "error", ...args, path]);
  return path;
}
const RED_THEN_BLUE = [
  ...["-f", "lavfi", "-i", "color=red:size=320x200:rate=25:duration=1", "-f", "lavfi", "-i"],
  ...[
    "color=blue:size=320x200:rate=25:duration=1",
    "-filter_complex",
    "[0][1]concat=n=2:v=1:a=0",
    "-pix_fmt",
    "yuv420p",
  ],
];
const SINE = ["-f", "lavfi", "-i", "sine=duration=2"];

async function all(frames: AsyncIterable<Frame>): Promise<Frame[]> {
  const out: Frame[] = [];
  for await (const frame of frames) out.push(frame);
  return out;
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

/** Whether the middle of a picture is red, blue or neither. */
function colour({ picture: { data, width, height } }: Frame): string {
  const at = 3 * (width * (height >> 1) + (width >> 1));
  const [red, blue] = [data[at]!, data[at + 2]!];
  return red > 200 && blue < 60 ? "red" : blue > 200 && red < 60 ? "blue" : "neither";
}

test("pictures are found in a stream however it is cut", () => {
  const picture = [...new TextEncoder().encode("P6\n2 1\n255\n"), 1, 2, 3, 4, 5, 6];
  const stream = Uint8Array.from([...picture, ...picture]);
  for (const size of [1, 5, 16, 100]) {
    const read = ppmReader();
    const found = [];
    for (let at = 0; at < stream.length; at += size) found.push(...read(stream.subarray(at, at + size)));
    expect(found).toHaveLength(2);
    expect(found[1]).toEqual({ width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) });
  }
});

test("a WAV file is described without any outside help", async () => {
  const info = await mediaInfo(writeWav(tone(440, 1.5)), { ffmpeg: null });
  expect(info).toEqual({ durationMs: 1_500, hasAudio: true, hasVideo: false });
});

describe.skipIf(ffmpeg === null)("videoFrames", () => {
  test.each([
    ["ffmpeg", {}],
    ["mediabunny", { ffmpeg: null }],
  ])("%s gives frames in order, at the rate and size asked for", async (_name, options) => {
    const path = make("colours.mp4", ...RED_THEN_BLUE);
    for (const source of [path, readFileSync(path)]) {
      const frames = await all(videoFrames(source, { fps: 5, maxSide: 160, ...options }));
      expect(frames).toHaveLength(10);
      expect(frames[0]!.picture).toMatchObject({ width: 160, height: 100, channels: 3 });
      expect(frames.map((frame) => frame.timeMs)).toEqual([0, 200, 400, 600, 800, 1_000, 1_200, 1_400, 1_600, 1_800]);
      expect([colour(frames[1]!), colour(frames[8]!)]).toEqual(["red", "blue"]);
    }
  });

  test("a small video is not blown up", async () => {
    const [frame] = await all(videoFrames(make("small.webm", ...RED_THEN_BLUE), { fps: 1, maxSide: 2_000 }));
    expect(frame!.picture).toMatchObject({ width: 320, height: 200 });
  });

  test("a video recorded on its side comes upright", async () => {
    const path = make("flat.mp4", ...RED_THEN_BLUE);
    const turned = make("turned.mp4", "-i", path, "-c", "copy", "-metadata:s:v:0", "rotate=90");
    const [frame] = await all(videoFrames(turned, { fps: 1 }));
    expect([frame!.picture.width, frame!.picture.height]).toEqual([200, 320]);
  });

  test("a reader that stops early ends the decoder", async () => {
    const path = make(
      "long.mp4",
      "-f",
      "lavfi",
      "-i",
      "testsrc=size=320x240:rate=25:duration=20",
      "-pix_fmt",
      "yuv420p",
    );
    for await (const frame of videoFrames(path, { fps: 25 })) {
      expect(frame.timeMs).toBe(0);
      break;
    }
  });

  test.each([
    ["ffmpeg", {}],
    ["mediabunny", { ffmpeg: null }],
  ])("%s refuses what has no pictures", async (_name, options) => {
    const audio = make("audio.mp4", ...SINE);
    const error = await failure(() => all(videoFrames(audio, options)));
    expect(error.code).toBe("media");
    expect(error.message).toContain("no moving pictures");
    for (const source of [new Uint8Array(0), new Uint8Array(3_000).fill(9), readFileSync(audio).subarray(0, 200)]) {
      expect((await failure(() => all(videoFrames(source, options)))).code).toBe("media");
    }
    expect((await failure(() => all(videoFrames(audio, { fps: 0, ...options })))).code).toBe("config");
  });
});

describe.skipIf(ffmpeg === null)("mediaInfo", () => {
  test.each([
    ["ffmpeg", {}],
    ["mediabunny", { ffmpeg: null }],
  ])("%s tells sound, pictures and length", async (_name, options) => {
    const audio = make("i.mp4", ...SINE);
    const silent = make("i.webm", ...RED_THEN_BLUE);
    const both = make("i.mkv", "-i", silent, "-i", audio, "-c", "copy");
    const cases = [
      [audio, true, false],
      [silent, false, true],
      [both, true, true],
    ] as const;
    for (const [path, hasAudio, hasVideo] of cases) {
      const info = await mediaInfo(path, options);
      expect(info).toMatchObject({ hasAudio, hasVideo });
      expect(Math.abs(info.durationMs - 2_000)).toBeLessThan(100);
    }
  });

  test("a recording that does not know its length is walked through", async () => {
    const live = make("live.webm", ...SINE, "-c:a", "libopus", "-live", "1");
    expect(Math.abs((await mediaInfo(live)).durationMs - 2_000)).toBeLessThan(100);
  });

  test("a text file and no bytes are refused", async () => {
    expect((await failure(() => mediaInfo(new TextEncoder().encode("hello ".repeat(99))))).code).toBe("media");
    expect((await failure(() => mediaInfo(new Uint8Array(0)))).code).toBe("media");
  });
});

test.skipIf(ffmpeg === null)("nodeMedia gives the sound and the frames of one video", async () => {
  const path = make("both.mp4", ...RED_THEN_BLUE.slice(0, 4), ...SINE, "-pix_fmt", "yuv420p", "-shortest");
  const media = nodeMedia();
  let samples = 0;
  for await (const piece of media.sound(path, { sampleRate: 8_000 })) samples += piece.samples.length;
  expect(Math.abs(samples - 8_000)).toBeLessThan(600);
  expect(await all(media.frames(path, { fps: 2 }))).toHaveLength(2);
  expect(await media.info(path)).toMatchObject({ hasAudio: true, hasVideo: true });
});
