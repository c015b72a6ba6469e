/**
 * How the shipped face and speech models take what cameras, rooms and lines do to a signal.
 *
 *   npm run bench -- robustness --root DATA [--faces N] [--clips N] [--write]
 *
 * The same test rows under every condition. `--write` stores docs/benchmarks/robustness.{json,md} and a chart of each
 * curve. Nothing is chosen by these numbers.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { Waveform } from "../../../src/core/media.ts";
import { wilson } from "../../../src/metrics/wilson.ts";
import { scoresOf, toEkman } from "../../../src/recognize/answer.ts";
import type { Opinion } from "../../../src/recognize/opinion.ts";
import { TABLE_OPTIONS } from "../arguments.ts";
import { curveChart } from "../chart.ts";
import { openFaceAndSpeech } from "../experts.ts";
import { type Curve, type CurvePoint, RESULTS, type RobustnessResults } from "../results.ts";
import { faceRows, soundRows } from "../sampled-rows.ts";
import { type Condition, type Conditions, FACE_CONDITIONS, soundConditions } from "./conditions.ts";
import { throughOpus } from "./opus.ts";
import { robustnessPage } from "./page.ts";

/** Inputs changed and asked at once: few, because large pictures are large. */
const TOGETHER = 16;
const OPUS_KILOBITS = 12;

interface Asked<T> {
  readonly model: string;
  readonly rows: readonly { readonly input: T; readonly label: string }[];
  readonly ask: (inputs: readonly T[]) => Promise<Opinion[]>;
}

async function pointOf<T>(condition: Condition<T>, { rows, ask }: Asked<T>): Promise<CurvePoint> {
  let right = 0;
  for (let from = 0; from < rows.length; from += TOGETHER) {
    const own = rows.slice(from, from + TOGETHER);
    const opinions = await ask(own.map(({ input }, index) => condition.change(input, from + index)));
    for (const [index, opinion] of opinions.entries()) {
      if (scoresOf(opinion, toEkman)[0]?.label === own[index]?.label) right++;
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

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      root: TABLE_OPTIONS.root,
      faces: { type: "string", default: "240" },
      clips: { type: "string", default: "160" },
      write: TABLE_OPTIONS.write,
    },
  });
  const { face, speech, models, close } = await openFaceAndSpeech();
  const faces = await faceRows(values.root, Number(values.faces));
  const sounds = await soundRows(values.root, Number(values.clips));
  const noises = (await soundRows(values.root, 80, { dataset: "esc10_noise" })).map(({ input }) => input);
  const ofFaces = {
    model: "face",
    rows: faces,
    ask: (inputs: readonly (typeof faces)[number]["input"][]) =>
      face.opinions(inputs.map((input) => face.prepare(input, null))),
  };
  const ofSounds = {
    model: "speech",
    rows: sounds,
    ask: (inputs: readonly Waveform[]) => speech.opinions(inputs.map((input) => speech.prepare(input))),
  };
  const curves: Curve[] = [];
  for (const conditions of FACE_CONDITIONS) curves.push(await curveOf(conditions, ofFaces));
  for (const conditions of await withOpus(soundConditions(noises), sounds)) {
    curves.push(await curveOf(conditions, ofSounds));
  }
  await close();
  if (!values.write) return;
  const rows = `${faces.length} test faces of FER2013 and ${sounds.length} test clips of RAVDESS`;
  const results: RobustnessResults = { models, rows, curves };
  await writeFile(`${RESULTS}/robustness.json`, `${JSON.stringify(results, null, 2)}\n`);
  await mkdir(`${RESULTS}/robustness`, { recursive: true });
  for (const curve of curves) await writeFile(`${RESULTS}/robustness/${curve.id}.svg`, curveChart(curve));
  await writeFile(`${RESULTS}/robustness.md`, robustnessPage(results));
}
