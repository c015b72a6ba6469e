/**
 * Makes one speech model of several: networks over the spectrogram and over the functionals of the utterance, trained by
 * `affekt train`, and a discriminant over the functionals (discriminant.ts). Their logits, each divided by a temperature
 * of its own, are added.
 *
 *   npm run bench -- speech-pool --root DATA --members A/fold{fold}.onnx,B/fold{fold}.onnx,C/fold{fold}.onnx
 *     --out bench/quality/ravdess/fold{fold}.onnx --command TEXT
 *
 * With `{fold}` in the paths, all six folds of RAVDESS are made. Two validation actors a fold are too few to choose by, so
 * a fold's shares are those that are best for the validation actors of all six folds (each answered by the members of his
 * own fold, which did not train on him), without the actors that are tested in this one. Members chose their epochs by the
 * same actors and are too sure on them: the temperature of the pool is fitted to what the other five folds' members say of
 * their own test actors. Nothing of a fold's own test actors is used for it, except that the other five trained on them.
 *
 * Without `{fold}`, shares and temperature are chosen on the validation rows of fold 1.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { prepareDataset } from "../../../src/data/prepare.ts";
import type { Row } from "../../../src/data/row.ts";
import { poolModels } from "../../../src/graph/onnx-pool.ts";
import { decodeModel } from "../../../src/graph/onnx-read.ts";
import { encodeModel } from "../../../src/graph/onnx-write.ts";
import { nodeFiles } from "../../../src/platform/node/files.ts";
import { askModel } from "../../../src/platform/node/open-expert.ts";
import { toEkman } from "../../../src/recognize/answer.ts";
import type { SpeechContract } from "../../../src/recognize/contract.ts";
import { contractToMetadata } from "../../../src/recognize/contract-file.ts";
import { singleCalibration } from "../../../src/train/validation.ts";
import { TABLE_OPTIONS } from "../arguments.ts";
import { readModel } from "../model-file.ts";
import { type Answer, choose, summed, told } from "./shares.ts";

interface Member {
  readonly contract: SpeechContract;
  readonly content: Uint8Array;
}

interface Fold {
  readonly members: readonly Member[];
  readonly validation: readonly Answer[];
  readonly test: readonly Answer[];
  readonly tested: ReadonlySet<string>;
}

async function openMember(path: string): Promise<Member> {
  const { contract, content } = await readModel(path);
  if (contract.modality !== "speech") throw new Error(`${path} is no speech model`);
  return { contract, content };
}

async function openFold(
  paths: readonly string[],
  root: string,
  fold: number,
  statistics: "subject" | "clip",
): Promise<Fold> {
  const members = await Promise.all(paths.map(openMember));
  const { manifest } = await prepareDataset("ravdess", nodeFiles(), { root, fold });
  const labels = members[0]?.contract.labels ?? [];
  if (members.some(({ contract }) => contract.labels.join() !== labels.join())) throw new Error("labels differ");
  async function ask(split: Row["split"]): Promise<Answer[]> {
    const rows = manifest.rows.filter((row) => row.split === split);
    const told = new Map<string, Float32Array[]>();
    for (const [index, { contract }] of members.entries()) {
      const { answers } = await askModel({ path: paths[index] as string, contract }, rows, manifest, { statistics });
      for (const { row, answer } of answers) told.set(row.id, [...(told.get(row.id) ?? []), answer.logits]);
    }
    return rows.flatMap(({ id, subject = id, label = "" }) => {
      const logits = told.get(id) ?? [];
      const exact = labels.indexOf(label);
      const known = exact < 0 ? labels.indexOf(toEkman(label)) : exact;
      return logits.length === members.length ? [{ subject, label: known, logits }] : [];
    });
  }
  const tested = new Set(manifest.rows.flatMap(({ split, subject }) => (split === "test" && subject ? [subject] : [])));
  return { members, validation: await ask("validation"), test: await ask("test"), tested };
}

/** What the pool reads: the spectrum as the member for it does, and the functionals. */
function pooledInput(members: readonly Member[], normalization: "clip" | "speaker"): SpeechContract["input"] {
  const inputs = members.map(({ contract }) => contract.input);
  const [first] = inputs.filter(({ inputs: names }) => names.features !== undefined);
  const scales = inputs.flatMap(({ functionals }) => functionals ?? []);
  if (scales.some((scale) => JSON.stringify(scale) !== JSON.stringify(scales[0]))) {
    throw new Error("the members were trained on other rows: their functionals have different scales");
  }
  return {
    ...(first ?? (inputs[0] as SpeechContract["input"])),
    normalization,
    inputs: Object.assign({}, ...inputs.map(({ inputs: names }) => names)),
    ...(scales[0] === undefined ? {} : { functionals: scales[0] }),
  };
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      root: TABLE_OPTIONS.root,
      members: { type: "string", default: "" },
      out: { type: "string", default: "" },
      command: { type: "string", default: "npm run bench -- speech-pool" },
      statistics: { type: "string", default: "subject" },
      version: { type: "string" },
    },
  });
  const { root, out, command } = values;
  const statistics = values.statistics === "clip" ? "clip" : "subject";
  const numbers = out.includes("{fold}") ? [1, 2, 3, 4, 5, 6] : [1];
  const at = (path: string, fold: number): string => path.replaceAll("{fold}", String(fold));
  const folds: Fold[] = [];
  for (const fold of numbers) {
    const paths = values.members.split(",").map((path) => at(path, fold));
    folds.push(await openFold(paths, root, fold, statistics));
  }
  for (const [index, own] of folds.entries()) {
    const selection = folds.flatMap(({ validation }) => validation.filter(({ subject }) => !own.tested.has(subject)));
    const { best, alone } = choose(selection);
    console.log(`fold ${index + 1}, ${selection.length} validation rows: each alone ${alone.map(told).join("; ")}`);
    const held = folds.length > 1 ? folds.filter((fold) => fold !== own).flatMap(({ test }) => test) : selection;
    const [{ contract }] = own.members as [Member];
    const classes = contract.labels.length;
    const { temperature, abstainBelow } = singleCalibration({ ...summed(held, best.weights), classes });
    const { metrics } = singleCalibration({ ...summed(selection, best.weights), classes });
    const model = poolModels(
      own.members.map(({ content }, member) => ({
        model: decodeModel(content),
        weight: best.weights[member] as number,
      })),
      { logits: "logits", embedding: "embedding" },
    );
    const { version = contract.version } = values;
    const pooled = {
      ...contract,
      temperature,
      abstainBelow,
      metrics,
      version,
      input: pooledInput(own.members, "speaker"),
      trained: { ...contract.trained, command },
    };
    const bytes = encodeModel({ ...model, metadata: contractToMetadata(pooled) });
    await writeFile(at(out, index + 1), bytes);
    console.log(`${at(out, index + 1)}: ${told(best)}, temperature ${temperature.toFixed(3)}`);
  }
}
