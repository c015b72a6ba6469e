/**
 * Fits the pool of the shipped experts on validation rows, and measures it on test rows, clean and spoilt.
 *
 *   npm run bench -- pool --root DATA [--write]
 *
 * `--write` stores models/pool.json, which a recognizer reads, and docs/benchmarks/pool.{json,md}. The rows are composed:
 * a text, a face and a voice of the same label, from different people. Their channels are independent by design, so
 * that the independence of the pool cannot be fitted on them; it stays at one half.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { EMOTIONS } from "../../../src/core/emotion.ts";
import type { Picture, Waveform } from "../../../src/core/media.ts";
import { MODALITIES, type Modality } from "../../../src/core/modality.ts";
import { random } from "../../../src/core/random.ts";
import { fitLogLinearPool } from "../../../src/fuse/fit-pool.ts";
import { addNoise } from "../../../src/preprocess/speech/augment-sound.ts";
import { TABLE_OPTIONS } from "../arguments.ts";
import { type Experts, openExperts } from "../experts.ts";
import { type PoolResults, RESULTS } from "../results.ts";
import { blurred } from "../robustness/pictures.ts";
import { faceRows, type HeldOut, soundRows, textRows } from "../sampled-rows.ts";
import { composed, type Judged } from "./compose.ts";
import { poolAnswer } from "./measure.ts";
import { poolPage } from "./page.ts";

const INDEPENDENCE = 0.5;
const PER_LABEL = 60;
const TOGETHER = 16;
/** Rows looked at of each channel. */
const ROWS = { text: 700, face: 280, speech: 240 } as const;
/** Deviation of the blur in percent of the face's side, and decibels of speech over white noise. */
const BLUR = 5;
const NOISE_DB = 0;

const FITTED_ON =
  "validation rows of GoEmotions, FER2013 and RAVDESS, composed by label; independence not fitted: composed channels are independent by design";

async function inParts<T, R>(
  items: readonly T[],
  work: (part: readonly T[], from: number) => Promise<R[]>,
): Promise<R[]> {
  const done: R[] = [];
  for (let from = 0; from < items.length; from += TOGETHER) {
    done.push(...(await work(items.slice(from, from + TOGETHER), from)));
  }
  return done;
}

const labelled = <T>(rows: readonly { readonly label: string }[], opinions: readonly (T | null)[]) =>
  rows.flatMap(({ label }, at) => {
    const opinion = opinions[at];
    return opinion === null || opinion === undefined ? [] : [{ opinion, label }];
  });

async function judgedTexts({ text }: Experts, root: string, split: HeldOut): Promise<Judged[]> {
  const rows = await textRows(root, "goemotions", ROWS.text, split);
  return labelled(rows, await text["text-en"].opinions(rows.map(({ input }) => input)));
}

type Rows<T> = readonly { readonly input: T; readonly label: string }[];

async function judgedFaces(
  { face }: Experts,
  rows: Rows<Picture>,
  change = (input: Picture) => input,
): Promise<Judged[]> {
  const opinions = await inParts(rows, (part) =>
    face.opinions(part.map(({ input }) => face.prepare(change(input), null))),
  );
  return labelled(rows, opinions);
}

async function judgedSounds(
  { speech }: Experts,
  rows: Rows<Waveform>,
  change = (input: Waveform, _index: number) => input,
): Promise<Judged[]> {
  const opinions = await inParts(rows, (part, from) =>
    speech.opinions(part.map(({ input }, at) => speech.prepare(change(input, from + at)))),
  );
  return labelled(rows, opinions);
}

const SUBSETS: readonly (readonly Modality[])[] = [1, 2, 4, 3, 5, 6, 7].map((bits) =>
  MODALITIES.filter((_, at) => (bits >> at) & 1),
);

async function measure(experts: Experts, root: string): Promise<PoolResults> {
  const validation = {
    text: await judgedTexts(experts, root, "validation"),
    face: await judgedFaces(experts, await faceRows(root, ROWS.face, { split: "validation" })),
    speech: await judgedSounds(experts, await soundRows(root, ROWS.speech, { split: "validation" })),
  };
  const { weights } = fitLogLinearPool(composed(validation, EMOTIONS, PER_LABEL, 1), { independence: INDEPENDENCE });
  const pool = { independence: INDEPENDENCE, weights };
  const [faces, sounds] = [await faceRows(root, ROWS.face), await soundRows(root, ROWS.speech)];
  const clean = {
    text: await judgedTexts(experts, root, "test"),
    face: await judgedFaces(experts, faces),
    speech: await judgedSounds(experts, sounds),
  };
  const blurry = await judgedFaces(experts, faces, blurred(BLUR));
  const noisy = await judgedSounds(experts, sounds, (sound, index) => addNoise(sound, null, NOISE_DB, random(index)));
  const rowsOf = (judged: typeof clean) => composed(judged, EMOTIONS, PER_LABEL, 2);
  const conditions = [
    { condition: "clean", rows: rowsOf(clean) },
    { condition: `face blurred by ${BLUR} % of its side`, rows: rowsOf({ ...clean, face: blurry }) },
    { condition: `voice in white noise, ${NOISE_DB} dB`, rows: rowsOf({ ...clean, speech: noisy }) },
    { condition: "both", rows: rowsOf({ ...clean, face: blurry, speech: noisy }) },
  ];
  return {
    models: experts.models,
    pool,
    rows: conditions[0]?.rows.length ?? 0,
    subsets: SUBSETS.map((subset) => ({
      subset,
      accuracy: poolAnswer(conditions[0]?.rows ?? [], pool, { subset }).accuracy,
      unfitted: poolAnswer(conditions[0]?.rows ?? [], {}, { subset }).accuracy,
    })),
    conditions: conditions.map(({ condition, rows }) => ({
      condition,
      ...poolAnswer(rows, pool),
      ignoringQuality: poolAnswer(rows, pool, { byQuality: false }).accuracy,
      bestAlone: Math.max(...MODALITIES.map((modality) => poolAnswer(rows, pool, { subset: [modality] }).accuracy)),
    })),
  };
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      root: TABLE_OPTIONS.root,
      write: TABLE_OPTIONS.write,
    },
  });
  const experts = await openExperts();
  const results = await measure(experts, values.root);
  await experts.close();
  console.log(`weights ${JSON.stringify(results.pool.weights)}`);
  for (const { subset, accuracy } of results.subsets) console.log(`${subset.join(" + ")}: ${accuracy.toFixed(3)}`);
  for (const { condition, accuracy, ignoringQuality, weights } of results.conditions) {
    console.log(
      `${condition}: ${accuracy.toFixed(3)}, ignoring quality ${ignoringQuality.toFixed(3)}, ${JSON.stringify(weights)}`,
    );
  }
  if (!values.write) return;
  await writeFile("models/pool.json", `${JSON.stringify({ ...results.pool, fittedOn: FITTED_ON }, null, 2)}\n`);
  await writeFile(`${RESULTS}/pool.json`, `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(`${RESULTS}/pool.md`, poolPage(results));
}
