/**
 * How the shipped face and speech models take what cameras, rooms and lines do to a signal.
 *
 *   npm run bench -- robustness --root DATA [--only ID,ID] [--faces N] [--clips N] [--write]
 *
 * The same test rows under every condition. `--write` stores docs/benchmarks/robustness.{json,md} and a chart of each
 * curve. Nothing is chosen by these numbers.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { Picture, Waveform } from "../../../src/core/media.ts";
import { wilson } from "../../../src/metrics/wilson.ts";
import { openFaceDetector } from "../../../src/platform/node/face-detector.ts";
import { nodeRuntime } from "../../../src/platform/node/runtime.ts";
import { scoresOf, toEkman } from "../../../src/recognize/answer.ts";
import type { DetectedFace, FaceDetector, FaceExpert } from "../../../src/recognize/face-expert.ts";
import type { Opinion } from "../../../src/recognize/opinion.ts";
import { among, TABLE_OPTIONS } from "../arguments.ts";
import { curveChart } from "../chart.ts";
import { type Experts, openFaceAndSpeech } from "../experts.ts";
import {
  type Curve,
  type CurvePoint,
  type Measured,
  RESULTS,
  type RobustnessResults,
  readResults,
} from "../results.ts";
import { faceRows, noiseRows, soundRows } from "../sampled-rows.ts";
import { type Condition, type Conditions, FACE_CONDITIONS, PICTURE_CONDITIONS, soundConditions } from "./conditions.ts";
import { throughOpus } from "./opus.ts";
import { robustnessPage } from "./page.ts";

/** Inputs changed and asked at once: few, because large pictures are large. */
const TOGETHER = 16;
const OPUS_KILOBITS = 12;

interface Asked<T> {
  readonly model: string;
  readonly rows: readonly { readonly input: T; readonly label: string }[];
  /** Undefined where nothing was found to have an opinion of. */
  readonly ask: (inputs: readonly T[]) => Promise<readonly (Opinion | undefined)[]>;
}

async function pointOf<T>(condition: Condition<T>, { rows, ask }: Asked<T>): Promise<CurvePoint> {
  let right = 0;
  for (let from = 0; from < rows.length; from += TOGETHER) {
    const own = rows.slice(from, from + TOGETHER);
    const opinions = await ask(own.map(({ input }, index) => condition.change(input, from + index)));
    for (const [index, opinion] of opinions.entries()) {
      if (opinion !== undefined && scoresOf(opinion, toEkman)[0]?.label === own[index]?.label) right++;
    }
  }
  const { name, at } = condition;
  return {
    condition: name,
    ...(at === undefined ? {} : { at }),
    rows: rows.length,
    share: right / rows.length,
    ...wilson(right, rows.length),
  };
}

async function curveOf<T>({ id, title, axis, conditions }: Conditions<T>, asked: Asked<T>): Promise<Curve> {
  const points: CurvePoint[] = [];
  for (const condition of conditions) points.push(await pointOf(condition, asked));
  console.log(`${title}: ${points.map(({ condition, share }) => `${condition} ${share.toFixed(3)}`).join(", ")}`);
  return { model: asked.model, id, title, axis, points };
}

/** The conditions with a codec added to the line, where there is an encoder. */
async function withOpus(
  curves: readonly Conditions<Waveform>[],
  rows: readonly { readonly input: Waveform }[],
): Promise<readonly Conditions<Waveform>[]> {
  const coded = await throughOpus(
    rows.map(({ input }) => input),
    OPUS_KILOBITS,
  );
  if (coded === null) {
    console.log("no ffmpeg with an Opus encoder: the codec is left out");
    return curves;
  }
  const name = `Opus ${OPUS_KILOBITS} kbit/s`;
  return curves.map((curve) =>
    curve.id === "speech-line"
      ? { ...curve, conditions: [...curve.conditions, { name, change: (sound, index) => coded[index] ?? sound }] }
      : curve,
  );
}

/** What the expert says of the surest face of each picture. */
async function askPictures(
  face: FaceExpert,
  detector: FaceDetector,
  pictures: readonly Picture[],
): Promise<(Opinion | undefined)[]> {
  const said: (Opinion | undefined)[] = [];
  for (const picture of pictures) {
    const found = await detector.detect(picture);
    const surest = found.reduce<DetectedFace | undefined>(
      (best, own) => (best === undefined || own.confidence > best.confidence ? own : best),
      undefined,
    );
    said.push(surest && (await face.opinions([face.prepare(picture, surest)]))[0]);
  }
  return said;
}

/** The curves of faces and of clips that `--only` names, one by one as they are done. */
async function* measured(
  { face, speech }: Pick<Experts, "face" | "speech">,
  { root, faces, clips, only }: { root: string; faces: number; clips: number; only: string | undefined },
): AsyncGenerator<Curve> {
  const wanted = among(only);
  const ofFaces = FACE_CONDITIONS.filter(({ id }) => wanted(id));
  if (ofFaces.length > 0) {
    const rows = await faceRows(root, faces);
    const ask = (inputs: readonly Picture[]) => face.opinions(inputs.map((input) => face.prepare(input, null)));
    for (const conditions of ofFaces) yield curveOf(conditions, { model: "face", rows, ask });
  }
  const ofPictures = PICTURE_CONDITIONS.filter(({ id }) => wanted(id));
  if (ofPictures.length > 0) {
    const rows = await faceRows(root, faces);
    const detector = await openFaceDetector({ runtime: nodeRuntime(), threads: 1 });
    const ask = (inputs: readonly Picture[]) => askPictures(face, detector, inputs);
    for (const conditions of ofPictures) yield curveOf(conditions, { model: "face", rows, ask });
    await detector.release?.();
  }
  const noises = await noiseRows(root, "unheard");
  const ofSounds = soundConditions(noises.map(({ input }) => input)).filter(({ id }) => wanted(id));
  if (ofSounds.length > 0) {
    const rows = await soundRows(root, clips);
    const ask = (inputs: readonly Waveform[]) => speech.opinions(inputs.map((input) => speech.prepare(input)));
    for (const conditions of await withOpus(ofSounds, rows)) yield curveOf(conditions, { model: "speech", rows, ask });
  }
}

/** Curves that were not measured this time stay as they were. */
async function write(curves: readonly Curve[], models: Measured): Promise<void> {
  const before = await readResults<RobustnessResults>("robustness");
  const kept = (before?.curves ?? []).filter(({ id }) => !curves.some((curve) => curve.id === id));
  const all = [...kept, ...curves].sort((a, b) => (a.id < b.id ? -1 : 1));
  const changed = new Set(curves.map(({ model }) => model));
  const hashes = Object.entries(models).map(([id, hash]) => [
    id,
    changed.has(id) ? hash : (before?.models[id] ?? hash),
  ]);
  const results: RobustnessResults = { models: Object.fromEntries(hashes), curves: all };
  await writeFile(`${RESULTS}/robustness.json`, `${JSON.stringify(results, null, 2)}\n`);
  await mkdir(`${RESULTS}/robustness`, { recursive: true });
  for (const curve of curves) await writeFile(`${RESULTS}/robustness/${curve.id}.svg`, curveChart(curve));
  await writeFile(`${RESULTS}/robustness.md`, robustnessPage(results));
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...TABLE_OPTIONS,
      faces: { type: "string", default: "240" },
      clips: { type: "string", default: "160" },
    },
  });
  const { root, only, faces, clips } = values;
  const { models, close, ...experts } = await openFaceAndSpeech();
  const curves: Curve[] = [];
  for await (const curve of measured(experts, { root, faces: Number(faces), clips: Number(clips), only })) {
    curves.push(curve);
  }
  await close();
  if (values.write) await write(curves, models);
}
