/**
 * Writes docs/models/<id>.md, the card of each shipped model, from the model file and what the benchmarks measured.
 *
 *   npm run bench -- cards [--measure] [--write]
 *
 * `--measure` also takes the processor time of an answer anew. Without `--write` the cards are printed.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { markdownTable } from "../markdown.ts";
import { readModel, SHIPPED, shippedPath } from "../model-file.ts";
import {
  type BehaviourResults,
  RESULTS,
  type RobustnessResults,
  readResults,
  type SpeedResults,
  type TrustResults,
} from "../results.ts";
import { QUALITY_ROWS } from "../rows.ts";
import type { QualityResult } from "../run.ts";
import { modelCard } from "./card.ts";
import type { CardFacts } from "./facts.ts";
import { measureSpeed } from "./speed.ts";

const FOLDER = "docs/models";

/** Of a configuration and those that it starts from, in the order in which they are trained. */
async function configuredEpochs(path: string): Promise<number[]> {
  const { training } = JSON.parse(await readFile(path, "utf8")) as {
    readonly training: { readonly epochs: number; readonly stopAfter?: number; readonly start?: string };
  };
  const { epochs, stopAfter = epochs, start } = training;
  const earlier = start?.endsWith(".json") ? await configuredEpochs(join(dirname(path), start)) : [];
  return [...earlier, stopAfter];
}

async function factsOf(id: string): Promise<CardFacts> {
  const { path, content, sha256, contract } = await readModel(shippedPath(id));
  const results = (await readResults<readonly QualityResult[]>("quality")) ?? [];
  const quality = QUALITY_ROWS.flatMap((row) => {
    const result = results.find((one) => one.id === row.id);
    return result === undefined || row.models.length !== 1 || row.models[0] !== path ? [] : [{ row, result }];
  });
  return {
    contract,
    file: path,
    bytes: content.length,
    sha256,
    quality,
    behaviour: await readResults<BehaviourResults>("behaviour"),
    robustness: await readResults<RobustnessResults>("robustness"),
    trust: await readResults<TrustResults>("trust"),
    speed: await readResults<SpeedResults>("speed"),
    configuredEpochs: await configuredEpochs(join(dirname(path), "train.json")),
  };
}

function index(cards: readonly CardFacts[]): string {
  return [
    "# Model cards",
    "",
    "Written by `npm run bench -- cards --write` from the model files and the benchmarks.",
    "",
    markdownTable(
      ["Model", "Reads", "Size", "Commercial use", "Trained on"],
      cards.map(({ contract, bytes }) => [
        `[${contract.id}](${contract.id}.md)`,
        contract.modality,
        `${(bytes / 1e6).toFixed(1)} MB`,
        contract.licence.commercial ? "yes" : "no",
        contract.sources.map(({ name, terms }) => `${name} (${terms})`).join(", "),
      ]),
    ),
    "",
  ].join("\n");
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { measure: { type: "boolean", default: false }, write: { type: "boolean", default: false } },
  });
  if (values.measure) {
    const speed = await measureSpeed();
    for (const { model, input, ms } of speed.times) console.log(`${model}, ${input}: ${ms.toFixed(1)} ms`);
    if (values.write) await writeFile(`${RESULTS}/speed.json`, `${JSON.stringify(speed, null, 2)}\n`);
  }
  const cards = await Promise.all(SHIPPED.map(factsOf));
  if (!values.write) {
    for (const card of cards) console.log(modelCard(card));
    return;
  }
  await mkdir(FOLDER, { recursive: true });
  for (const card of cards) await writeFile(`${FOLDER}/${card.contract.id}.md`, modelCard(card));
  await writeFile(`${FOLDER}/README.md`, index(cards));
}
