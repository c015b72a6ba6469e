/**
 * What the shipped speech model is fitted on: functionals of utterances of three corpora, clean and spoilt, made the way
 * a recognizer makes them; and what spectral networks that do not know the speaker say of those of RAVDESS.
 */
import type { Waveform } from "../../../src/core/media.ts";
import { random } from "../../../src/core/random.ts";
import { prepareDataset } from "../../../src/data/prepare.ts";
import type { Row } from "../../../src/data/row.ts";
import { poolMember } from "../../../src/graph/onnx-pool.ts";
import { decodeModel } from "../../../src/graph/onnx-read.ts";
import { encodeModel } from "../../../src/graph/onnx-write.ts";
import { nodeFiles } from "../../../src/platform/node/files.ts";
import { nodeRuntime } from "../../../src/platform/node/runtime.ts";
import { FUNCTIONALS_VERSION } from "../../../src/preprocess/speech/utterance-functionals.ts";
import { toEkman } from "../../../src/recognize/answer.ts";
import type { SpeechContract } from "../../../src/recognize/contract.ts";
import { openSpeechExpert, type SpeechExpert, speechPreparer } from "../../../src/recognize/speech-expert.ts";
import { decodeSafetensors, encodeSafetensors } from "../../../src/train/safetensors.ts";
import { readModel } from "../model-file.ts";
import { throughOpus } from "../robustness/opus.ts";
import { noiseRows, soundsOf } from "../sampled-rows.ts";
import { inNoise, overLine } from "./spoil.ts";

/** One recording of an utterance. */
export interface Version {
  /** `[310]`, as they are. */
  readonly functionals: Float32Array;
  /** `[labels]`: log-odds of a spectral network that does not know the speaker. */
  readonly spectrum?: Float32Array;
}

export interface Utterance {
  readonly corpus: string;
  readonly subject: string;
  readonly label: number;
  /** Counted from 2; 0 for corpora without folds. */
  readonly fold: number;
  /** Clean first, then in noise, then over a line. */
  readonly versions: readonly Version[];
}

/** Every so many rows: neighbouring rows of these corpora differ in the sentence alone. */
const CORPORA = { ravdess: 1, nemo: 4, tess: 8 } as const;
const TOGETHER = 400;
/** Raised whenever what is made of the rows changes: what was kept is then made anew. */
const VERSION = 1;
const KILOBITS = 12;
/** EmoBox's fold whose actors test the shipped model. */
const TESTED = 1;
export const FOLDS = [2, 3, 4, 5, 6] as const;
const OUTPUTS = { logits: "logits", embedding: "embedding" };

/** The spectral network in the pool of a fold, alone. */
async function spectralExpert(fold: number): Promise<SpeechExpert> {
  const { content, contract } = await readModel(`bench/quality/ravdess/fold${fold}.onnx`);
  if (contract.modality !== "speech") throw new Error("no speech model");
  const { functionals: _, ...input } = contract.input;
  const { features = "features" } = input.inputs;
  const alone: SpeechContract = { ...contract, input: { ...input, inputs: { features } } };
  return openSpeechExpert(nodeRuntime(), encodeModel(poolMember(decodeModel(content), 1, OUTPUTS)), alone);
}

/** Of finer labels to those of the shipped model: calm counts as neutral. */
function merged(logits: Float32Array, from: readonly string[], to: readonly string[]): Float32Array {
  const sums = new Float64Array(to.length);
  for (const [index, label] of from.entries()) sums[to.indexOf(toEkman(label))]! += Math.exp(logits[index] as number);
  return Float32Array.from(sums, Math.log);
}

type Prepare = ReturnType<typeof speechPreparer>;

interface Part {
  readonly corpus: string;
  readonly fold: number;
  readonly base: string;
  readonly rows: readonly Row[];
}

async function versionsOf(
  sounds: readonly Waveform[],
  prepare: Prepare,
  expert: SpeechExpert | undefined,
  labels: readonly string[],
): Promise<Version[]> {
  const prepared = sounds.map(prepare);
  const opinions = expert === undefined ? [] : await expert.opinions(prepared);
  return prepared.map(({ features: { functionals = new Float32Array() } }, at) => {
    const opinion = opinions[at];
    if (opinion === undefined) return { functionals };
    return { functionals, spectrum: merged(opinion.logits, opinion.contract.labels, labels) };
  });
}

async function made(
  { corpus, fold, base, rows }: Part,
  prepare: Prepare,
  noises: readonly Waveform[],
  labels: readonly string[],
): Promise<Utterance[]> {
  const expert = fold === 0 ? undefined : await spectralExpert(fold);
  const generator = random(fold);
  const utterances: Utterance[] = [];
  for (let from = 0; from < rows.length; from += TOGETHER) {
    const part = rows.slice(from, from + TOGETHER);
    const clean = await soundsOf(base, part);
    const coded = await throughOpus(clean, KILOBITS);
    const noisy = clean.map((sound) => inNoise(sound, noises, generator));
    const remote = clean.map((sound, at) => overLine(sound, coded?.[at], noises, generator));
    const all: Version[][] = [];
    for (const sounds of [clean, noisy, remote]) all.push(await versionsOf(sounds, prepare, expert, labels));
    for (const [at, { subject = "", label = "" }] of part.entries()) {
      const versions = all.map((own) => own[at] as Version);
      utterances.push({ corpus, subject, label: labels.indexOf(toEkman(label)), fold, versions });
    }
    console.log(`${corpus}${fold > 0 ? `, fold ${fold}` : ""}: ${from + part.length} of ${rows.length}`);
  }
  await expert?.close();
  return utterances;
}

/** Keeps what took minutes to make. */
async function kept(path: string, make: () => Promise<Utterance[]>): Promise<Utterance[]> {
  const files = nodeFiles();
  if (await files.exists(path)) {
    const { arrays, metadata } = decodeSafetensors(await files.readBytes(path));
    const utterances = JSON.parse(metadata.utterances ?? "[]") as (Omit<Utterance, "versions"> & {
      versions: number;
    })[];
    return utterances.map((utterance, row) => ({
      ...utterance,
      versions: Array.from({ length: utterance.versions }, (_, at): Version => {
        const spectrum = arrays.get(`spectrum ${row} ${at}`);
        const functionals = arrays.get(`functionals ${row} ${at}`) as Float32Array;
        return { functionals, ...(spectrum === undefined ? {} : { spectrum }) };
      }),
    }));
  }
  const utterances = await make();
  const arrays = new Map<string, Float32Array>();
  for (const [row, { versions }] of utterances.entries()) {
    for (const [at, { functionals, spectrum }] of versions.entries()) {
      arrays.set(`functionals ${row} ${at}`, functionals);
      if (spectrum !== undefined) arrays.set(`spectrum ${row} ${at}`, spectrum);
    }
  }
  const told = utterances.map(({ versions, ...rest }) => ({ ...rest, versions: versions.length }));
  await files.write(path, encodeSafetensors({ arrays, metadata: { utterances: JSON.stringify(told) } }));
  return utterances;
}

/**
 * @param input of the contract that the shipped model will have; its functionals are only counted
 * @param folder where parts are kept between runs
 * @param only these corpora
 */
export async function fittingRows(
  root: string,
  input: SpeechContract["input"],
  labels: readonly string[],
  folder: string,
  only?: readonly string[],
): Promise<Utterance[]> {
  const prepare = speechPreparer(input);
  const noises = (await noiseRows(root, "fitted")).map(({ input: noise }) => noise);
  const utterances: Utterance[] = [];
  for (const [corpus, every] of Object.entries(CORPORA)) {
    if (only !== undefined && !only.includes(corpus)) continue;
    const { manifest } = await prepareDataset(corpus, nodeFiles(), { root });
    const foldOf = ({ extra }: Row): number => Number(extra.emoboxTestFold ?? 0);
    const all = manifest.rows.filter((row, at) => at % every === 0 && foldOf(row) !== TESTED);
    for (const fold of new Set(all.map(foldOf))) {
      const rows = all.filter((row) => foldOf(row) === fold);
      const path = `${folder}/fitting-${VERSION}.${FUNCTIONALS_VERSION}-${corpus}-${fold}-${every}.safetensors`;
      const part = { corpus, fold, base: manifest.base, rows };
      utterances.push(...(await kept(path, () => made(part, prepare, noises, labels))));
    }
  }
  return utterances;
}
