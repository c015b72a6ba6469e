/**
 * How many frames of a film a second the face path takes in, decoding left out: a portrait that wanders about for eight
 * seconds, then four seconds of an empty wall.
 *
 * Budget: 25 frames for each second of processor time, five times what is looked at, so that faces never keep a film
 * waiting. Processor time, because other work on the machine does not change it.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { portrait } from "../../src/cli/demo/photograph.ts";
import { AffektError } from "../../src/core/errors.ts";
import type { Frame } from "../../src/core/media.ts";
import { openFaceDetector } from "../../src/platform/node/face-detector.ts";
import { listModels } from "../../src/platform/node/open.ts";
import { nodeRuntime } from "../../src/platform/node/runtime.ts";
import { videoFrames } from "../../src/platform/node/video.ts";
import { toEkman } from "../../src/recognize/answer.ts";
import { filmEvidence } from "../../src/recognize/face-evidence.ts";
import { openFaceExpert } from "../../src/recognize/face-expert.ts";

/** Frames a second that a recognizer looks at. */
const FPS = 5;
const WALL = "color=c=0x707070:s=640x360:r=25";
const WANDERING = "[1]scale=180:180[face];[0][face]overlay=x='230+200*sin(t)':y='90+60*cos(1.3*t)':eval=frame";

async function clips(): Promise<Record<"face" | "wall", Frame[]>> {
  const folder = mkdtempSync(join(tmpdir(), "affekt-bench-"));
  try {
    const photograph = join(folder, "face.jpg");
    writeFileSync(photograph, await portrait());
    const frames = async (seconds: number, ...args: string[]): Promise<Frame[]> => {
      const clip = join(folder, "clip.mp4");
      const ends = ["-t", String(seconds), "-c:v", "mpeg4", "-q:v", "3", clip];
      execFileSync("ffmpeg", ["-nostdin", "-y", "-loglevel", "error", "-f", "lavfi", "-i", WALL, ...args, ...ends]);
      const all: Frame[] = [];
      for await (const frame of videoFrames(clip, { fps: FPS, maxSide: 640 })) all.push(frame);
      return all;
    };
    return {
      face: await frames(8, "-loop", "1", "-framerate", "25", "-i", photograph, "-filter_complex", WANDERING),
      wall: await frames(4),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function* shown(frames: readonly Frame[]): AsyncGenerator<Frame> {
  yield* frames;
}

export async function run(): Promise<void> {
  const runtime = nodeRuntime();
  const model = (await listModels()).find(({ contract }) => contract.modality === "face");
  if (model?.contract.modality !== "face") {
    throw new AffektError("model", "There is no face model.", "Train one with `affekt train models/face/train.json`.");
  }
  const detector = await openFaceDetector({ runtime, threads: 1 });
  const expert = await openFaceExpert(runtime, readFileSync(model.path), model.contract, { threads: 1 });
  const { face, wall } = await clips();
  for (const [name, frames] of Object.entries({ face, wall, both: [...face, ...wall] })) {
    const timed = async () => {
      const before = process.cpuUsage();
      const evidence = await filmEvidence(shown(frames), FPS, detector, expert, toEkman);
      const { user, system } = process.cpuUsage(before);
      return { seconds: (user + system) / 1e6, evidence };
    };
    await timed();
    const { seconds, evidence } = await timed();
    const segments = "segments" in evidence ? (evidence.segments ?? []) : [];
    const said = segments.map(
      ({ startMs, endMs, label, confidence }) => `${startMs}–${endMs} ${label} ${confidence.toFixed(3)}`,
    );
    console.log(
      `${name.padEnd(5)} ${String(frames.length).padStart(3)} frames ${(frames.length / seconds).toFixed(1).padStart(6)} per second of processor time  ${said.join("; ")}`,
    );
  }
  await expert.close();
  await detector.release();
}
