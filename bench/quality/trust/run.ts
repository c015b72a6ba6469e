/**
 * How often each shipped model names no label, in its domain and outside.
 *
 *   npm run bench -- trust --root DATA [--rows N] [--write]
 *
 * `--rows` is the number of test rows of each set. `--write` stores docs/benchmarks/trust.{json,md}. Nothing is chosen
 * here: thresholds are those of the contracts, from validation rows.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { Picture, Waveform } from "../../../src/core/media.ts";
import type { Inputs } from "../../../src/core/prediction.ts";
import { wilson } from "../../../src/metrics/wilson.ts";
import { openRecognizer } from "../../../src/platform/node/open.ts";
import { logProbabilities, type Opinion } from "../../../src/recognize/opinion.ts";
import type { Recognizer } from "../../../src/recognize/recognizer.ts";
import { type Experts, openExperts } from "../experts.ts";
import { RESULTS, type TrustResults } from "../results.ts";
import { faceRows, soundRows, textRows } from "../sampled-rows.ts";
import { trustPage } from "./page.ts";
import { drawnPictures, PICTURE_KINDS } from "./pictures.ts";
import { madeSounds, SOUND_KINDS } from "./sounds.ts";
import { CODE_AND_NUMBERS, keyboard, LOOKS_CHINESE, lorem, OTHER_LANGUAGES, shuffledHan } from "./texts.ts";

type SetResult = TrustResults["sets"][number];

/** Inputs of each set that is made here. */
const MADE = 40;

interface Shown<T> {
  readonly title: string;
  readonly inDomain: boolean;
  readonly inputs: readonly T[];
}

function counted(model: string, { title, inDomain }: Shown<unknown>, opinions: readonly Opinion[]): SetResult {
  const confidences = opinions.map((opinion) => Math.exp(Math.max(...logProbabilities(opinion))));
  const silent = opinions.filter(({ contract }, at) => (confidences[at] as number) < contract.abstainBelow).length;
  const rows = opinions.length;
  const confidence = confidences.reduce((sum, value) => sum + value, 0) / rows;
  return { model, title, inDomain, rows, share: silent / rows, ...wilson(silent, rows), confidence };
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

async function textSets(root: string, rows: number): Promise<Record<"text-en" | "text-zh", Shown<string>[]>> {
  const english = (await textRows(root, "goemotions", rows)).map(({ input }) => input);
  const chinese = (await textRows(root, "smp2020_ewect", rows)).map(({ input }) => input);
  const out = (title: string, inputs: readonly string[]) => ({ title, inDomain: false, inputs });
  return {
    "text-en": [
      { title: "GoEmotions test rows", inDomain: true, inputs: english },
      out("eight other languages", OTHER_LANGUAGES),
      out("Chinese posts", chinese.slice(0, MADE)),
      out("lorem ipsum", lorem(MADE)),
      out("letters at random", keyboard(MADE)),
      out("code and numbers", CODE_AND_NUMBERS),
    ],
    "text-zh": [
      { title: "SMP2020-EWECT test rows", inDomain: true, inputs: chinese },
      out("Japanese and classical Chinese", LOOKS_CHINESE),
      out("English comments", english.slice(0, MADE)),
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
    { title: "FER2013 test rows", inDomain: true, inputs: (await faceRows(root, rows)).map(({ input }) => input) },
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
      inputs: (await soundRows(root, rows)).map(({ input }) => input),
    },
    {
      title: "environmental sounds (ESC-10)",
      inDomain: false,
      inputs: (await soundRows(root, MADE, { dataset: "esc10_noise" })).map(({ input }) => input),
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
      root: { type: "string", default: process.env.AFFEKT_DATA ?? "../shared/data" },
      rows: { type: "string", default: "240" },
      write: { type: "boolean", default: false },
    },
  });
  const experts = await openExperts();
  const sets = await measure(experts, values.root, Number(values.rows));
  await experts.close();
  if (!values.write) return;
  const results: TrustResults = { models: experts.models, sets };
  await writeFile(`${RESULTS}/trust.json`, `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(`${RESULTS}/trust.md`, trustPage(results));
}
