/**
 * Fits the pool of the shipped experts on validation rows, clean and spoilt, and measures it on test rows, clean and spoilt.
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
import { fitLogLinearPool, type PoolRow } from "../../../src/fuse/fit-pool.ts";
import { addNoise } from "../../../src/preprocess/speech/augment-sound.ts";
import { TABLE_OPTIONS } from "../arguments.ts";
import { type Experts, openExperts } from "../experts.ts";
import { type PoolResults, RESULTS } from "../results.ts";
import { blurred, darkened } from "../robustness/pictures.ts";
import { faceRows, type HeldOut, soundRows, textRows } from "../sampled-rows.ts";
import { composed, type Judged } from "./compose.ts";
import { poolAnswer } from "./measure.ts";
import { poolPage } from "./page.ts";

const INDEPENDENCE = 0.5;
const PER_LABEL = 60;
const TOGETHER = 16;
/** Rows looked at of each channel. */
const ROWS = { text: 700, face: 280, speech: 240 } as const;

type Change<T> = (input: T, index: number) => T;

/** What is done to a face: the deviation of a blur in percent of its side; the share of the light that is left. */
const FACES: Readonly<Record<string, Change<Picture>>> = {
  "face blurred by 2 % of its side": blurred(2),
  "face blurred by 5 % of its side": blurred(5),
  "face in a quarter of the light": darkened(0.25),
  "face in a sixteenth of the light": darkened(0.06),
};

const inNoise =
  (decibels: number): Change<Waveform> =>
  (sound, index) =>
    addNoise(sound, null, decibels, random(index));

/** What is done to a voice: decibels of speech over white noise. */
const VOICES: Readonly<Record<string, Change<Waveform>>> = {
  "voice in white noise, 20 dB": inNoise(20),
  "voice in white noise, 10 dB": inNoise(10),
  "voice in white noise, 0 dB": inNoise(0),
};

/** Conditions of both at once. */
const BOTH: readonly (readonly [face: string, voice: string])[] = [
  ["face blurred by 2 % of its side", "voice in white noise, 20 dB"],
  ["face blurred by 5 % of its side", "voice in white noise, 0 dB"],
];

const FITTED_ON =
  "validation rows of GoEmotions, FER2013 and RAVDESS, composed by label, half of the faces and voices clean and half spoilt; the weight of text by the English model, used for the Chinese one too; independence not fitted: composed channels are independent by design";

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

async function judgedFaces({ face }: Experts, rows: Rows<Picture>, change: Change<Picture>): Promise<Judged[]> {
  const opinions = await inParts(rows, (part, from) =>
    face.opinions(part.map(({ input }, at) => face.prepare(change(input, from + at), null))),
  );
  return labelled(rows, opinions);
}

async function judgedSounds({ speech }: Experts, rows: Rows<Waveform>, change: Change<Waveform>): Promise<Judged[]> {
  const opinions = await inParts(rows, (part, from) =>
    speech.opinions(part.map(({ input }, at) => speech.prepare(change(input, from + at)))),
  );
  return labelled(rows, opinions);
}

interface Channel {
  readonly clean: readonly Judged[];
  /** The same rows in the same order, by what was done to them. */
  readonly spoilt: Readonly<Record<string, readonly Judged[]>>;
}

async function channel<T>(
  judge: (change: Change<T>) => Promise<Judged[]>,
  changes: Readonly<Record<string, Change<T>>>,
): Promise<Channel> {
  const spoilt: Record<string, readonly Judged[]> = {};
  for (const [name, change] of Object.entries(changes)) spoilt[name] = await judge(change);
  return { clean: await judge((input) => input), spoilt };
}

/** Half of the opinions are of clean signals, the other half of spoilt ones. */
const halfSpoilt = ({ clean, spoilt }: Channel): Judged[] =>
  Object.values(spoilt).flatMap((judged) => [...clean, ...judged]);

async function channels(experts: Experts, root: string, split: HeldOut) {
  const faces = await faceRows(root, ROWS.face, { split });
  const sounds = await soundRows(root, ROWS.speech, { split });
  return {
    text: await judgedTexts(experts, root, split),
    face: await channel((change) => judgedFaces(experts, faces, change), FACES),
    speech: await channel((change) => judgedSounds(experts, sounds, change), VOICES),
  };
}

const SUBSETS: readonly (readonly Modality[])[] = [1, 2, 4, 3, 5, 6, 7].map((bits) =>
  MODALITIES.filter((_, at) => (bits >> at) & 1),
);

async function fitted(experts: Experts, root: string): Promise<PoolResults["pool"]> {
  const { text, face, speech } = await channels(experts, root, "validation");
  const rows = composed({ text, face: halfSpoilt(face), speech: halfSpoilt(speech) }, EMOTIONS, 3 * PER_LABEL, 1);
  const { weights, qualityPower } = fitLogLinearPool(rows, { independence: INDEPENDENCE, quality: true });
  return { independence: INDEPENDENCE, weights, ...(qualityPower === undefined ? {} : { qualityPower }) };
}

async function measure(experts: Experts, root: string): Promise<PoolResults> {
  const pool = await fitted(experts, root);
  const { text, face, speech } = await channels(experts, root, "test");
  const rowsOf = (faces: string | null, voices: string | null): PoolRow[] =>
    composed(
      {
        text,
        face: (faces === null ? undefined : face.spoilt[faces]) ?? face.clean,
        speech: (voices === null ? undefined : speech.spoilt[voices]) ?? speech.clean,
      },
      EMOTIONS,
      PER_LABEL,
      2,
    );
  const clean = rowsOf(null, null);
  const conditions = [
    { condition: "clean", rows: clean },
    ...Object.keys(FACES).map((name) => ({ condition: name, rows: rowsOf(name, null) })),
    ...Object.keys(VOICES).map((name) => ({ condition: name, rows: rowsOf(null, name) })),
    ...BOTH.map(([faces, voices]) => ({ condition: `${faces}, ${voices}`, rows: rowsOf(faces, voices) })),
  ];
  const alone = (rows: readonly PoolRow[], modality: Modality): number =>
    poolAnswer(rows, pool, { subset: [modality] }).accuracy;
  return {
    models: experts.models,
    pool,
    rows: clean.length,
    subsets: SUBSETS.map((subset) => ({
      subset,
      accuracy: poolAnswer(clean, pool, { subset }).accuracy,
      unfitted: poolAnswer(clean, {}, { subset }).accuracy,
      bestAlone: Math.max(...subset.map((modality) => alone(clean, modality))),
    })),
    conditions: conditions.map(({ condition, rows }) => {
      const bestAlone = Math.max(...MODALITIES.map((modality) => alone(rows, modality)));
      return {
        condition,
        ...poolAnswer(rows, pool),
        ignoringQuality: poolAnswer(rows, pool, { byQuality: false }).accuracy,
        best: MODALITIES.find((modality) => alone(rows, modality) === bestAlone) ?? "text",
        bestAlone,
      };
    }),
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
  console.log(JSON.stringify(results.pool));
  for (const { subset, accuracy } of results.subsets) console.log(`${subset.join(" + ")}: ${accuracy.toFixed(3)}`);
  for (const { condition, accuracy, ignoringQuality, best, bestAlone, weights } of results.conditions) {
    console.log(
      `${condition}: ${accuracy.toFixed(3)}, ignoring quality ${ignoringQuality.toFixed(3)}, ${best} alone ${bestAlone.toFixed(3)}, ${JSON.stringify(weights)}`,
    );
  }
  if (!values.write) return;
  await writeFile("models/pool.json", `${JSON.stringify({ ...results.pool, fittedOn: FITTED_ON }, null, 2)}\n`);
  await writeFile(`${RESULTS}/pool.json`, `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(`${RESULTS}/pool.md`, poolPage(results));
}
