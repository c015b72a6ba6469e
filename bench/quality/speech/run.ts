/**
 * Fits the shipped speech model: a pool of the spectral network, trained by `affekt train models/speech/train.json`, and
 * a linear discriminant over the functionals of clean and spoilt utterances of RAVDESS, nEMO and TESS.
 *
 *   npm run bench -- speech-model --root DATA --spectrum runs/speech/model.onnx [--out models/speech/model.onnx]
 *     [--keep FOLDER] [--rows CORPUS,CORPUS]
 *
 * What is made of the sounds is kept in a folder, by default runs/speech; `--rows` only makes that, of some corpora.
 *
 * Everything is chosen by answers about speakers that their models do not know: the actors of RAVDESS' folds 2 to 6, each
 * fold answered by a discriminant of all other rows and by the spectral network of that fold (bench/quality/ravdess). The
 * actors of fold 1, which test the model, are not read; the spectral networks of the other folds were trained on them.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { EMOTIONS } from "../../../src/core/emotion.ts";
import { prepareDataset } from "../../../src/data/prepare.ts";
import { poolModels } from "../../../src/graph/onnx-pool.ts";
import { decodeModel } from "../../../src/graph/onnx-read.ts";
import { encodeModel } from "../../../src/graph/onnx-write.ts";
import { nodeFiles } from "../../../src/platform/node/files.ts";
import type { SpeechContract } from "../../../src/recognize/contract.ts";
import { contractToMetadata } from "../../../src/recognize/contract-file.ts";
import { singleCalibration } from "../../../src/train/validation.ts";
import { TABLE_OPTIONS } from "../arguments.ts";
import { readModel } from "../model-file.ts";
import { type Answer, choose, summed, told } from "../ravdess/shares.ts";
import { discriminantModel, fit, logitsOf } from "./discriminant.ts";
import { FOLDS, fittingRows, type Utterance } from "./rows.ts";

const VERSION = "0.2.0";
const COMMAND = `affekt train models/speech/train.json --out runs/speech --model runs/speech/model.onnx
npm run bench -- speech-model --root DATA`;
const OUTPUTS = { logits: "logits", embedding: "embedding" };

/** What spectral networks and discriminants say of actors whom they do not know. */
function crossed(utterances: readonly Utterance[]): { clean: Answer[]; spoilt: Answer[] } {
  const clean: Answer[] = [];
  const spoilt: Answer[] = [];
  for (const fold of FOLDS) {
    const fitted = fit(utterances.filter((utterance) => utterance.fold !== fold));
    for (const { fold: own, subject, label, versions } of utterances) {
      if (own !== fold) continue;
      for (const [at, { functionals, spectrum }] of versions.entries()) {
        if (spectrum === undefined) continue;
        (at === 0 ? clean : spoilt).push({ subject, label, logits: [spectrum, logitsOf(fitted, functionals)] });
      }
    }
  }
  return { clean, spoilt };
}

/** `temperature`, `abstainBelow` and `metrics` by the clean answers. */
function judged(answers: readonly Answer[], weights: readonly number[]) {
  return singleCalibration({ ...summed(answers, weights), classes: EMOTIONS.length });
}

/** Whom the shipped model shall not know either, so that the weights of the pool of all experts can be fitted on them. */
async function validationSpeakers(root: string): Promise<ReadonlySet<string>> {
  const { manifest } = await prepareDataset("ravdess", nodeFiles(), { root });
  return new Set(manifest.rows.flatMap(({ split, subject = "" }) => (split === "validation" ? [subject] : [])));
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      root: TABLE_OPTIONS.root,
      spectrum: { type: "string", default: "runs/speech/model.onnx" },
      out: { type: "string", default: "models/speech/model.onnx" },
      keep: { type: "string", default: "runs/speech" },
      rows: { type: "string" },
    },
  });
  const { content, contract: spectral } = await readModel(values.spectrum);
  if (spectral.modality !== "speech" || spectral.input.functionals !== undefined) {
    throw new Error(`${values.spectrum} is no spectral network`);
  }
  if (spectral.labels.join() !== EMOTIONS.join()) throw new Error(`${values.spectrum} has other labels`);
  const nothing: number[] = [];
  const input = { ...spectral.input, functionals: { mean: nothing, deviation: nothing } };
  const utterances = await fittingRows(values.root, input, EMOTIONS, values.keep, values.rows?.split(","));
  if (values.rows !== undefined) process.exit(0);
  const { clean, spoilt } = crossed(utterances);
  // Two versions of each utterance are spoilt.
  const { best, alone } = choose([...clean, ...clean, ...spoilt]);
  console.log(`clean and spoilt, each alone ${alone.map(told).join("; ")}`);
  console.log(`chosen ${told(best)}`);
  const { temperature, abstainBelow, metrics } = judged(clean, best.weights);
  console.log(`clean ${JSON.stringify(metrics)}, spoilt ${JSON.stringify(judged(spoilt, best.weights).metrics)}`);
  const selecting = await validationSpeakers(values.root);
  const fitted = fit(utterances.filter(({ subject }) => !selecting.has(subject)));
  const spectrum = decodeModel(content);
  const model = poolModels(
    [spectrum, discriminantModel(fitted, spectrum.opset ?? 17)].map((member, at) => ({
      model: member,
      weight: best.weights[at] as number,
    })),
    OUTPUTS,
  );
  const contract: SpeechContract = {
    ...spectral,
    version: VERSION,
    temperature,
    abstainBelow,
    metrics,
    input: {
      ...spectral.input,
      normalization: "speaker",
      inputs: { ...spectral.input.inputs, functionals: "functionals" },
      functionals: fitted.scale as NonNullable<SpeechContract["input"]["functionals"]>,
    },
    sources: [...spectral.sources, { name: "esc10_noise", terms: "CC BY 3.0", commercial: true, rows: 40 }],
    trained: { ...spectral.trained, command: COMMAND },
  };
  await writeFile(values.out, encodeModel({ ...model, metadata: contractToMetadata(contract) }));
  console.log(`${values.out}: temperature ${temperature.toFixed(3)}, no label below ${abstainBelow.toFixed(3)}`);
  process.exit(0);
}
