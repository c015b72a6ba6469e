/**
 * Fits a linear discriminant over the functionals of utterances, by the configuration of a network over them: the same
 * rows, shares, labels and normalization. Rows count as often as a training draws them, `clipShare` of that normalized
 * by the clip alone.
 *
 *   npm run bench -- speech-discriminant --root DATA --config bench/quality/ravdess/functionals{fold}.json
 *     --out runs/discriminant{fold}.onnx [--shrinkage 0.2]
 *
 * With `{fold}` in the paths, for all six folds of RAVDESS.
 */
import { parseArgs } from "node:util";
import { caveatsOf } from "../../../src/data/caveats.ts";
import { nodeTrainingPorts } from "../../../src/platform/node/training-ports.ts";
import { normalizeFunctionals } from "../../../src/preprocess/speech/running-normalization.ts";
import { linearDiscriminant } from "../../../src/train/discriminant.ts";
import { exportModel } from "../../../src/train/export-model.ts";
import { readTrainConfig } from "../../../src/train/read-config.ts";
import { loadSources, manifestHash } from "../../../src/train/sources.ts";
import { configureSpeech, speechSet } from "../../../src/train/tasks/speech-config.ts";
import { countedSources } from "../../../src/train/training-data.ts";
import { withValidation } from "../../../src/train/validation-split.ts";
import { TABLE_OPTIONS } from "../arguments.ts";

/** One linear layer over the functionals. */
const LINEAR = { kind: "functionals", members: 1, hidden: [] };

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      root: TABLE_OPTIONS.root,
      config: { type: "string", default: "" },
      out: { type: "string", default: "" },
      shrinkage: { type: "string", default: "0.2" },
    },
  });
  const shrinkage = Number(values.shrinkage);
  const ports = nodeTrainingPorts();
  const folds = values.out.includes("{fold}") ? [1, 2, 3, 4, 5, 6] : [1];
  for (const fold of folds) {
    const at = (path: string): string => path.replaceAll("{fold}", String(fold));
    const config = { ...(await readTrainConfig(ports.files, at(values.config))), network: LINEAR };
    const options = { config: at(values.config), root: values.root, command: "" };
    const { manifests } = await loadSources(config, options, ports.files);
    const data = withValidation(manifests, config.validationShare, config.training.seed);
    const { train, scale, features } = await speechSet(config, data, ports);
    if (scale === undefined) throw new Error("a discriminant reads functionals");
    const width = scale.mean.length;
    const { utterances } = train;
    const rows = new Float32Array(2 * utterances.length * width);
    const weights: number[] = [];
    const labels: number[] = [];
    let index = 0;
    for await (const { functionals = new Float32Array() } of train.read(utterances.map(({ clip }) => clip))) {
      const { speaker, label, share } = utterances[index] as (typeof utterances)[number];
      rows.set(normalizeFunctionals(functionals, scale, speaker?.functionals), 2 * index * width);
      rows.set(normalizeFunctionals(functionals, scale), (2 * index + 1) * width);
      labels.push(label, label);
      weights.push(share * (1 - features.clipShare), share * features.clipShare);
      index++;
    }
    const fitted = linearDiscriminant(rows, labels, { classes: config.labels.length, shrinkage, weights });
    const task = await configureSpeech(config, data, ports);
    const path = at(values.out);
    const { validation } = await exportModel(
      task,
      new Map([
        ["member1.head.weight", fitted.weight],
        ["member1.head.bias", fitted.bias],
      ]),
      ports,
      {
        path,
        config: { ...config, precision: "float32" },
        sources: countedSources(data),
        caveats: caveatsOf(data),
        manifestHash: manifestHash(manifests, ports.sha256),
        today: ports.today,
        command: "npm run bench -- speech-discriminant",
      },
    );
    console.log(`${path}: validation UAR ${validation.metrics.uar?.toFixed(3)}`);
  }
  process.exit(0);
}
