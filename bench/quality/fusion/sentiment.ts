/**
 * A network for negative, neutral and positive that has never seen MOSI: trained on GoEmotions' 28 labels and on XED's
 * eight, each taken as good or bad, in the spelling of MOSI's transcripts.
 */
import { ManifestHeader } from "../../../src/data/manifest.ts";
import { prepareDataset, writeManifest } from "../../../src/data/prepare.ts";
import type { Row } from "../../../src/data/row.ts";
import { nodeFiles } from "../../../src/platform/node/files.ts";
import { nodeTrainingPorts } from "../../../src/platform/node/training-ports.ts";
import { runTraining } from "../../../src/train/run.ts";

const CONFIG = "bench/quality/fusion/sentiment.json";
const FOLDER = "runs/fusion";
/** Goes by what Demszky et al. (2020, figure 2) group as positive and negative, and by Plutchik's dyads for XED. */
const GOOD = new Set(
  "admiration amusement approval caring desire excitement gratitude joy love optimism pride relief trust".split(" "),
);
const BAD = new Set(
  "anger annoyance disappointment disapproval disgust embarrassment fear grief nervousness remorse sadness".split(" "),
);

/** Small letters, digits and spaces, as MOSI's transcripts have no punctuation: `Didn't!` becomes `didnt`. */
export function spoken(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/['’]/gu, "")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** `negative`, `positive` or both; `neutral` where the labels are neither. */
export function sentimentsOf(labels: readonly string[]): string[] {
  const found = [
    ...(labels.some((label) => BAD.has(label)) ? ["negative"] : []),
    ...(labels.some((label) => GOOD.has(label)) ? ["positive"] : []),
  ];
  return found.length > 0 ? found : ["neutral"];
}

function judged(row: Row): Row[] {
  const { fine } = row.extra;
  const labels = Array.isArray(fine) ? fine.map(String) : (row.labels ?? []);
  const text = spoken(row.text ?? "");
  if (text === "" || row.split === "test" || row.language !== "en") return [];
  return [{ id: row.id, text, labels: sentimentsOf(labels), language: "en", split: row.split ?? "train", extra: {} }];
}

/**
 * Trains it, or goes on where an earlier call ended.
 *
 * @param root folder of the data sets
 * @returns path of the model file
 */
export async function trainSentiment(root: string): Promise<string> {
  const files = nodeFiles();
  const sources = await Promise.all(["goemotions", "xed"].map((name) => prepareDataset(name, files, { root })));
  const rows = sources.flatMap(({ manifest }) => manifest.rows.flatMap(judged));
  const header = ManifestHeader.parse({
    name: "sentiment-en",
    labels: ["negative", "neutral", "positive"],
    licence: "Apache-2.0; CC BY 4.0",
    terms: "permissive",
    source: sources.map(({ manifest }) => manifest.header.source).join("; "),
  });
  await writeManifest(files, `${FOLDER}/sentiment.jsonl`, { header, rows, base: FOLDER });
  const model = `${FOLDER}/sentiment.onnx`;
  const command = "npm run bench -- fusion --only mosi";
  const options = { config: CONFIG, root, out: `${FOLDER}/sentiment`, model, command };
  await runTraining(options, nodeTrainingPorts(), {
    epoch: ({ epoch, score }) => void process.stderr.write(`sentiment: epoch ${epoch}, score ${score.toFixed(4)}\n`),
  });
  return model;
}
