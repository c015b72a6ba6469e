/**
 * How often each shipped model names no label, in its domain and outside.
 *
 *   npm run bench -- trust --root DATA [--rows N] [--write]
 *
 * `--rows` is the number of test rows of each set. `--write` stores docs/benchmarks/trust.{json,md}. Nothing is chosen
 * here: thresholds are those of the contracts, from validation rows.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { Picture, Waveform } from "../../../src/core/media.ts";
import type { Inputs } from "../../../src/core/prediction.ts";
import { evenlySpread } from "../../../src/evaluate/analysis/evenly-spread.ts";
import { wilson } from "../../../src/metrics/wilson.ts";
import { openRecognizer } from "../../../src/platform/node/open.ts";
import { scoresOf, toEkman } from "../../../src/recognize/answer.ts";
import { logProbabilities, type Opinion } from "../../../src/recognize/opinion.ts";
import type { Recognizer } from "../../../src/recognize/recognizer.ts";
import { TABLE_OPTIONS } from "../arguments.ts";
import { curveChart } from "../chart.ts";
import { type Experts, openExperts } from "../experts.ts";
import { type CurvePoint, RESULTS, type TrustResults } from "../results.ts";
import { faceRows, noiseRows, soundRows, textRows } from "../sampled-rows.ts";
import { trustPage } from "./page.ts";
import { drawnPictures, PICTURE_KINDS } from "./pictures.ts";
import { madeSounds, SOUND_KINDS } from "./sounds.ts";
import {
  addresses,
  CODE_AND_NUMBERS,
  keyboard,
  LOOKS_CHINESE,
  logLines,
  lorem,
  OTHER_LANGUAGES,
  shuffledHan,
} from "./texts.ts";

type SetResult = TrustResults["sets"][number];

/** Inputs of each set that is made here. */
const MADE = 40;

interface Shown<T> {
  readonly title: string;
  readonly inDomain: boolean;
  readonly inputs: readonly T[];
  /** Of each input, where it is known. */
  readonly labels?: readonly string[];
}

const COVERAGES = [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2];

/** Accuracy of the most confident rows, fewer and fewer of them: the risk-coverage curve, upside down. */
export function surestRows(confidences: readonly number[], right: readonly boolean[]): CurvePoint[] {
  const order = confidences
    .map((_, row) => row)
    .sort((a, b) => (confidences[b] as number) - (confidences[a] as number));
  return COVERAGES.map((coverage) => {
    const rows = Math.max(1, Math.round(coverage * order.length));
    const hits = order.slice(0, rows).filter((row) => right[row]).length;
    const condition = `${Math.round(100 * coverage)} %`;
    return { condition, at: -coverage, rows, share: hits / rows, ...wilson(hits, rows) };
  });
}

function counted(model: string, { title, inDomain, labels }: Shown<unknown>, opinions: readonly Opinion[]): SetResult {
  const confidences = opinions.map((opinion) => Math.exp(Math.max(...logProbabilities(opinion))));
  const silent = opinions.filter(
    ({ contract, doubt }, at) => doubt !== undefined || (confidences[at] as number) < contract.abstainBelow,
  ).length;
  const rows = opinions.length;
  const confidence = confidences.reduce((sum, value) => sum + value, 0) / rows;
  const right = opinions.map((opinion, at) => scoresOf(opinion, toEkman)[0]?.label === labels?.[at]);
  return {
    model,
    title,
    inDomain,
    rows,
    share: silent / rows,
    ...wilson(silent, rows),
    confidence,
    ...(labels === undefined ? {} : { surest: surestRows(confidences, right) }),
  };
}

/** Of the whole recognizer, which also refuses what holds no face, no speech and no language that a model reads. */
async function refused(
  recognizer: Recognizer,
  title: string,
  inDomain: boolean,
  inputs: readonly Inputs[],
): Promise<SetResult> {
  const results = await recognizer.recognizeSettled(inputs);
  const silent = results.filter((result) => result.status === "rejected" || result.value.label === null).length;
  const rows = results.length;
  const confident = results.flatMap((result) => (result.status === "fulfilled" ? [result.value.confidence] : []));
  const confidence = confident.reduce((sum, value) => sum + value, 0) / Math.max(1, confident.length);
  return {
    model: "recognizer",
    title,
    inDomain,
    rows,
    share: silent / rows,
    ...wilson(silent, rows),
    confidence,
  };
}

const apart = <T>(rows: readonly { readonly input: T; readonly label: string }[]) => ({
  inputs: rows.map(({ input }) => input),
  labels: rows.map(({ label }) => label),
});

/** Lines of a part of the source that nothing was developed on, comments left out. */
async function programLines(count: number): Promise<readonly string[]> {
  const folder = new URL("../../../src/server/", import.meta.url);
  const files = (await readdir(folder)).filter((name) => name.endsWith(".ts")).sort();
  const sources = await Promise.all(files.map((name) => readFile(new URL(name, folder), "utf8")));
  const lines = sources.flatMap((source) => source.split("\n").map((line) => line.trim()));
  return evenlySpread(
    lines.filter((line) => line.length >= 12 && !/^(?:\/\/|\/\*|\*)/.test(line)),
    count,
  );
}

async function textSets(root: string, rows: number): Promise<Record<"text-en" | "text-zh", Shown<string>[]>> {
  const english = apart(await textRows(root, "goemotions", rows));
  const chinese = apart(await textRows(root, "smp2020_ewect", rows));
  const out = (title: string, inputs: readonly string[]) => ({ title, inDomain: false, inputs });
  return {
    "text-en": [
      { title: "GoEmotions test rows", inDomain: true, ...english },
      out("eight other languages", OTHER_LANGUAGES),
      out("Chinese posts", chinese.inputs.slice(0, MADE)),
      out("lorem ipsum", lorem(MADE)),
      out("letters at random", keyboard(MADE)),
      out("code and numbers", CODE_AND_NUMBERS),
      out("lines of this program", await programLines(MADE)),
      out("lines of logs", logLines(MADE)),
      out("addresses and paths", addresses(MADE)),
    ],
    "text-zh": [
      { title: "SMP2020-EWECT test rows", inDomain: true, ...chinese },
      out("Japanese and classical Chinese", LOOKS_CHINESE),
      out("English comments", english.inputs.slice(0, MADE)),
      out("Chinese characters at random", shuffledHan(MADE)),
      out("lorem ipsum", lorem(MADE)),
      out("code and numbers", CODE_AND_NUMBERS),
    ],
  };
}

async function measure(experts: Experts, root: string, rows: number): Promise<SetResult[]> {
  const sets: SetResult[] = [];
  const add = (result: SetResult): void => {
    sets.push(result);
    console.log(`${result.model}, ${result.title}: ${result.share.toFixed(3)} of ${result.rows}`);
  };
  const texts = await textSets(root, rows);
  for (const [model, shown] of Object.entries(texts) as ["text-en" | "text-zh", Shown<string>[]][]) {
    for (const set of shown) {
      const opinions = await experts.text[model].opinions(set.inputs);
      add(
        counted(
          model,
          set,
          opinions.filter((opinion) => opinion !== null),
        ),
      );
    }
  }
  const faces: Shown<Picture>[] = [
    { title: "FER2013 test rows", inDomain: true, ...apart(await faceRows(root, rows)) },
    ...PICTURE_KINDS.map((kind) => ({ title: kind, inDomain: false, inputs: drawnPictures(kind, MADE) })),
  ];
  for (const set of faces) {
    add(
      counted("face", set, await experts.face.opinions(set.inputs.map((input) => experts.face.prepare(input, null)))),
    );
  }
  const sounds: Shown<Waveform>[] = [
    {
      title: "RAVDESS, unseen speakers",
      inDomain: true,
      ...apart(await soundRows(root, rows)),
    },
    {
      title: "environmental sounds (ESC-10)",
      inDomain: false,
      inputs: (await noiseRows(root, "unheard")).map(({ input }) => input),
    },
    ...SOUND_KINDS.map((kind) => ({ title: kind, inDomain: false, inputs: madeSounds(kind, MADE) })),
  ];
  for (const set of sounds) {
    add(
      counted("speech", set, await experts.speech.opinions(set.inputs.map((input) => experts.speech.prepare(input)))),
    );
  }
  const recognizer = await openRecognizer();
  const whole = async (name: string, { title, inDomain }: Shown<unknown>, inputs: readonly Inputs[]): Promise<void> =>
    add(await refused(recognizer, `${name}: ${title}`, inDomain, inputs));
  // Each language's texts are asked once, those of the other model among its own.
  const distinct = Object.values(texts).flatMap((sets) => sets.filter(({ title }) => !title.includes("comments")));
  const titles = distinct.map(({ title }) => title);
  for (const [at, set] of distinct.entries()) {
    if (titles.indexOf(set.title) !== at || set.title === "Chinese posts") continue;
    await whole(
      "text",
      set,
      set.inputs.map((text) => ({ text })),
    );
  }
  for (const set of faces.filter(({ inDomain }) => !inDomain)) {
    await whole(
      "picture",
      set,
      set.inputs.slice(0, MADE / 2).map((image) => ({ image })),
    );
  }
  for (const set of sounds)
    await whole(
      "sound",
      set,
      set.inputs.slice(0, MADE / 2).map((audio) => ({ audio })),
    );
  await recognizer.close();
  return sets;
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      root: TABLE_OPTIONS.root,
      rows: { type: "string", default: "240" },
      write: TABLE_OPTIONS.write,
    },
  });
  const experts = await openExperts();
  const sets = await measure(experts, values.root, Number(values.rows));
  await experts.close();
  if (!values.write) return;
  const results: TrustResults = { models: experts.models, sets };
  await writeFile(`${RESULTS}/trust.json`, `${JSON.stringify(results, null, 2)}\n`);
  await mkdir(`${RESULTS}/trust`, { recursive: true });
  for (const { model, surest } of sets) {
    if (surest === undefined) continue;
    const chart = {
      title: `${model}, answering the surest`,
      axis: "share of the test rows that is answered",
      points: surest,
    };
    await writeFile(`${RESULTS}/trust/${model}.svg`, curveChart(chart));
  }
  await writeFile(`${RESULTS}/trust.md`, trustPage(results));
}
