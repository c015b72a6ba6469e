/**
 * Training rows for TweetEval's emotion task: its own tweets, several times each, and comments of GoEmotions and lines of
 * XED whose labels name one of its four emotions. Validation rows are its own alone.
 *
 *   npm run bench -- tweeteval --root DATA
 *
 * writes runs/tweeteval/rows.jsonl, from which `affekt train bench/quality/tweeteval/train.json` trains.
 */
import { parseArgs } from "node:util";
import { ManifestHeader } from "../../../src/data/manifest.ts";
import { prepareDataset, writeManifest } from "../../../src/data/prepare.ts";
import type { Row } from "../../../src/data/row.ts";
import { nodeFiles } from "../../../src/platform/node/files.ts";
import { TABLE_OPTIONS } from "../arguments.ts";

const FOLDER = "runs/tweeteval";
/** Times that a tweet stands among the training rows, so that the comments do not drown it. */
const TIMES = 4;
const LABELS = ["anger", "joy", "optimism", "sadness"];
/** Labels of GoEmotions (28) and XED (Plutchik's eight) that name one of the four; rows with any other are left out. */
const NAMES: Readonly<Record<string, string>> = {
  anger: "anger",
  annoyance: "anger",
  disgust: "anger",
  joy: "joy",
  amusement: "joy",
  excitement: "joy",
  love: "joy",
  pride: "joy",
  optimism: "optimism",
  caring: "optimism",
  sadness: "sadness",
  grief: "sadness",
  disappointment: "sadness",
  remorse: "sadness",
};

function tweets(row: Row): Row[] {
  if (row.split === "test") return [];
  const text = (row.text ?? "").replaceAll("\\n", " ");
  const own = { text, label: row.label as string, language: "en", extra: {} };
  if (row.split === "validation") return [{ ...own, id: row.id, split: "validation" }];
  return Array.from({ length: TIMES }, (_, at) => ({ ...own, id: `${row.id}-${at}`, split: "train" as const }));
}

/** A row of another corpus, where all its labels name the same of the four emotions. */
function named(row: Row): Row[] {
  const { fine } = row.extra;
  const labels = Array.isArray(fine) ? fine.map(String) : (row.labels ?? []);
  const [label, ...others] = [...new Set(labels.map((one) => NAMES[one]))];
  if (row.split === "test" || row.language !== "en" || row.text === undefined) return [];
  if (label === undefined || others.length > 0) return [];
  return [{ id: row.id, text: row.text, label, language: "en", split: "train", extra: {} }];
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { root: TABLE_OPTIONS.root } });
  const files = nodeFiles();
  const sets = await Promise.all(
    ["tweeteval_emotion", "goemotions", "xed"].map((name) => prepareDataset(name, files, { root: values.root })),
  );
  const rows = sets.flatMap(({ manifest }, at) => manifest.rows.flatMap(at === 0 ? tweets : named));
  const header = ManifestHeader.parse({
    name: "tweeteval-rows",
    labels: LABELS,
    licence: sets.map(({ manifest }) => manifest.header.licence).join("; "),
    terms: "research",
    source: sets.map(({ manifest }) => manifest.header.source).join("; "),
  });
  await writeManifest(files, `${FOLDER}/rows.jsonl`, { header, rows, base: FOLDER });
  const counts = LABELS.map((label) => `${label} ${rows.filter((row) => row.label === label).length}`);
  console.log(`${FOLDER}/rows.jsonl: ${counts.join(", ")}`);
}
