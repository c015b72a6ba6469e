/**
 * Rewrites what a model file says of its training, without touching a weight.
 *
 *   npm run bench -- metadata --model models/ID/model.onnx [--command TEXT] [--version X.Y.Z] [--log runs/ID/log.jsonl]
 *
 * `--command` is what a reader runs to get the same weights; `--log` is the training's log, from which epochs and minutes
 * are taken. Run `npm run bench -- cards --write` afterwards: the file has another checksum.
 */
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { replaceMetadata } from "../../src/graph/onnx-metadata.ts";
import type { Contract, ContractInput } from "../../src/recognize/contract.ts";
import { contractFromModel, withContract } from "../../src/recognize/contract-file.ts";

export interface TrainingFacts {
  readonly command?: string | undefined;
  readonly version?: string | undefined;
  /** Lines of the training's `log.jsonl`. */
  readonly log?: string | undefined;
}

function costOf(log: string): Pick<Contract["trained"], "epochs" | "minutes"> {
  const seconds = log
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { seconds: number }).seconds);
  const total = seconds.reduce((sum, one) => sum + one, 0);
  return { epochs: seconds.length, minutes: Math.max(0.1, Math.round(total / 6) / 10) };
}

/**
 * The same model with other facts about its training.
 *
 * @throws Error if anything but the metadata changed; AffektError `contract` if a fact is not allowed
 */
export function withTrainingFacts(model: Uint8Array, { command, version, log }: TrainingFacts): Uint8Array {
  const contract = contractFromModel(model);
  const trained = {
    ...contract.trained,
    ...(command === undefined ? {} : { command }),
    ...(log === undefined ? {} : costOf(log)),
  };
  const changed = withContract(model, {
    ...contract,
    trained,
    ...(version === undefined ? {} : { version }),
  } as ContractInput);
  if (Buffer.compare(replaceMetadata(model, {}), replaceMetadata(changed, {})) !== 0) {
    throw new Error("more than the metadata would change: the file is left as it is");
  }
  return changed;
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      model: { type: "string" },
      command: { type: "string" },
      version: { type: "string" },
      log: { type: "string" },
    },
  });
  const { model, command, version } = values;
  if (model === undefined) throw new Error("name the model file: --model models/ID/model.onnx");
  const log = values.log === undefined ? undefined : await readFile(values.log, "utf8");
  const changed = withTrainingFacts(await readFile(model), { command, version, log });
  await writeFile(model, changed);
  console.log(`${model}: ${JSON.stringify(contractFromModel(changed).trained)}`);
}
