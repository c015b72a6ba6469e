/**
 * Makes one speech model of two that were trained by `affekt train`: a network over the spectrogram and one over the
 * functionals of the utterance. Their logits are added; the share of each, the temperature and the threshold of
 * abstention are chosen on validation rows.
 *
 *   npm run bench -- speech-pool --root DATA --spectral A/fold{fold}.onnx --functionals B/fold{fold}.onnx
 *     --out bench/quality/ravdess/fold{fold}.onnx --command TEXT
 *
 * The two come from `affekt train bench/quality/ravdess/fold1.json --model A/fold1.onnx` and
 * `affekt train bench/quality/ravdess/functionals1.json --model B/fold1.onnx`, and so on.
 *
 * With `{fold}` in the paths, all six folds of RAVDESS are made, with one share and one temperature for each fold: from the
 * validation rows of all folds but those whose speakers are tested in this one. Two actors a fold alone are too few.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { prepareDataset } from "../../../src/data/prepare.ts";
import { poolModels } from "../../../src/graph/onnx-pool.ts";
import { decodeModel } from "../../../src/graph/onnx-read.ts";
import { encodeModel } from "../../../src/graph/onnx-write.ts";
import { argmax } from "../../../src/metrics/argmax.ts";
import { uar } from "../../../src/metrics/uar.ts";
import { nodeFiles } from "../../../src/platform/node/files.ts";
import { askModel } from "../../../src/platform/node/open-expert.ts";
import { toEkman } from "../../../src/recognize/answer.ts";
import { fitTemperature, logSoftmax } from "../../../src/recognize/calibrate.ts";
import type { SpeechContract } from "../../../src/recognize/contract.ts";
import { contractToMetadata } from "../../../src/recognize/contract-file.ts";
import { singleCalibration } from "../../../src/train/validation.ts";
import { TABLE_OPTIONS } from "../arguments.ts";
import { readModel } from "../model-file.ts";

/** Shares of the functionals that are tried. */
const SHARES = [0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1] as const;

type Answers = ReadonlyMap<string, { readonly logits: Float32Array; readonly subject: string; readonly label: number }>;

interface Fold {
  readonly spectral: { readonly contract: SpeechContract; readonly content: Uint8Array; readonly answers: Answers };
  readonly functionals: { readonly contract: SpeechContract; readonly content: Uint8Array; readonly answers: Answers };
  readonly tested: ReadonlySet<string>;
}

async function open(path: string, root: string, fold: number, statistics: "subject" | "clip") {
  const { contract, content } = await readModel(path);
  if (contract.modality !== "speech") throw new Error(`${path} is no speech model`);
  const { manifest } = await prepareDataset("ravdess", nodeFiles(), { root, fold });
  const rows = manifest.rows.filter(({ split }) => split === "validation");
  const { answers } = await askModel({ path, contract }, rows, manifest, { statistics });
  const known = (label: string): number => {
    const exact = contract.labels.indexOf(label);
    return exact < 0 ? contract.labels.indexOf(toEkman(label)) : exact;
  };
  const tested = new Set(manifest.rows.flatMap(({ split, subject }) => (split === "test" && subject ? [subject] : [])));
  const told = answers.map(({ row: { id, subject = id, label = "" }, answer: { logits } }) => {
    return [id, { logits, subject, label: known(label) }] as const;
  });
  return { contract, content, answers: new Map(told), tested };
}

/** Logits of both together on the rows that every one of the models may be chosen by. */
function together(folds: readonly Fold[], share: number, hidden: ReadonlySet<string>) {
  const logits: number[] = [];
  const truth: number[] = [];
  for (const { spectral, functionals } of folds) {
    for (const [id, { logits: own, subject, label }] of spectral.answers) {
      const other = functionals.answers.get(id);
      if (other === undefined || hidden.has(subject)) continue;
      for (const [index, value] of own.entries()) {
        logits.push((1 - share) * value + share * (other.logits[index] as number));
      }
      truth.push(label);
    }
  }
  return { logits: Float32Array.from(logits), truth: Int32Array.from(truth) };
}

interface Tried {
  readonly share: number;
  readonly uar: number;
  /** Mean of −log p of the true label, after the best temperature. */
  readonly loss: number;
}

function attempt(folds: readonly Fold[], share: number, hidden: ReadonlySet<string>, classes: number): Tried {
  const { logits, truth } = together(folds, share, hidden);
  const temperature = fitTemperature(logits, truth);
  let loss = 0;
  for (const [row, label] of truth.entries()) {
    loss -= logSoftmax(logits.subarray(row * classes, (row + 1) * classes), temperature)[label]! / truth.length;
  }
  return { share, uar: uar(truth, argmax(logits, classes)), loss };
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      root: TABLE_OPTIONS.root,
      spectral: { type: "string" },
      functionals: { type: "string" },
      out: { type: "string" },
      command: { type: "string", default: "npm run bench -- speech-pool" },
      statistics: { type: "string", default: "subject" },
      version: { type: "string" },
    },
  });
  const { root, spectral = "", functionals = "", out = "", command } = values;
  const statistics = values.statistics === "clip" ? "clip" : "subject";
  const numbers = out.includes("{fold}") ? [1, 2, 3, 4, 5, 6] : [1];
  const at = (path: string, fold: number): string => path.replaceAll("{fold}", String(fold));
  const folds: Fold[] = [];
  for (const fold of numbers) {
    const first = await open(at(spectral, fold), root, fold, statistics);
    const second = await open(at(functionals, fold), root, fold, statistics);
    if (first.contract.labels.join() !== second.contract.labels.join())
      throw new Error("the two know different labels");
    folds.push({ spectral: first, functionals: second, tested: first.tested });
  }
  for (const [index, own] of folds.entries()) {
    const classes = own.spectral.contract.labels.length;
    const tried = SHARES.map((share) => attempt(folds, share, own.tested, classes));
    const best = tried.reduce((a, b) => (b.loss < a.loss ? b : a));
    const told = tried.map(({ share, uar: value, loss }) => `${share}: ${value.toFixed(3)} (${loss.toFixed(3)})`);
    console.log(`fold ${index + 1}: validation UAR (loss) by share of the functionals: ${told.join(", ")}`);
    const { share } = best;
    const model = poolModels(
      [
        { model: decodeModel(own.spectral.content), weight: 1 - share },
        { model: decodeModel(own.functionals.content), weight: share },
      ],
      { logits: "logits", embedding: "embedding" },
    );
    const calibration = singleCalibration({ ...together(folds, share, own.tested), classes });
    const { contract } = own.functionals;
    const { version = contract.version } = values;
    const { inputs, functionals: scale } = contract.input;
    const pooled = {
      ...contract,
      ...calibration,
      version,
      input: {
        ...own.spectral.contract.input,
        normalization: contract.input.normalization,
        inputs: { ...own.spectral.contract.input.inputs, ...inputs },
        ...(scale === undefined ? {} : { functionals: scale }),
      },
      trained: { ...contract.trained, command },
    };
    const bytes = encodeModel({ ...model, metadata: contractToMetadata(pooled) });
    const path = at(out, index + 1);
    await writeFile(path, bytes);
    console.log(`${path}: share ${share}, ${bytes.length} bytes, temperature ${calibration.temperature.toFixed(3)}`);
  }
}
