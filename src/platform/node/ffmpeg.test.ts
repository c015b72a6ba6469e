import { chmodSync } from "node:fs";
import { expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { ffmpegReason, findFfmpeg } from "./ffmpeg.ts";

/** A program that stands in for ffmpeg. */
function program(script: string): string {
  const path = temporaryFiles({ "own-ffmpeg": `#!/bin/sh\n${script}\n` }).absolute("own-ffmpeg");
  chmodSync(path, 0o755);
  return path;
}

test("an ffmpeg tells its version, and whether it has the SoX resampler", async () => {
  const path = program("echo ffmpeg version 9.9-own; echo configuration: --enable-libsoxr");
  expect(await findFfmpeg(path)).toEqual({ path, version: "9.9-own", hasSoxr: true });
});

test("one that fails is as none", async () => {
  expect(await findFfmpeg(program("exit 1"))).toBeNull();
});

test("one that does not answer is an error: no other decoder may quietly take its place", async () => {
  const hanging = program("exec sleep 60");
  await expect(findFfmpeg(hanging, 100)).rejects.toMatchObject({
    code: "missing-tool",
    message: `${hanging} did not tell its version within 0.1 s; expected an answer at once.`,
  });
});

test.each([
  ["[mov,mp4 @ 0x55e6] stream 0, offset 0x85bd: partial file\nError marking filters as finished", "it is cut off"],
  ["[mov,mp4 @ 0x55e6] moov atom not found\nfile:/a/b.mp4: Invalid data found", "it is cut off"],
  ["[image2 @ 0x55dfb] Format not on whitelist 'mov'\nfile:/a/b.jpg: Invalid argument", "it is damaged, or neither"],
  ["[aac @ 0x1] Number of bands exceeds limit\n/home/me/a.aac: Decoding failed", "Decoding failed"],
])("what ffmpeg says becomes a reason that a person understands, without paths: %j", (said, reason) => {
  expect(ffmpegReason(said)).toContain(reason);
  expect(ffmpegReason(said)).not.toContain("/");
});
