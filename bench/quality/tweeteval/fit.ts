/**
 * Fits the model of TweetEval's emotion task: a logistic regression over words, pairs of words and pieces of words, over
 * what classifiers of GoEmotions' 28 labels and XED's nine say of the tweet, and over two lexicons of valences. All that is
 * linear in the n-grams becomes one table of them.
 *
 *   npm run bench -- tweeteval --root DATA [--write]
 *
 * tells macro-F1 over four folds of the training rows and on the validation rows; `--write` stores model.onnx beside this
 * file. Test rows are not read.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { Runtime } from "../../../src/core/ports.ts";
import { type Random, random } from "../../../src/core/random.ts";
import { floats } from "../../../src/core/tensor.ts";
import type { Manifest } from "../../../src/data/manifest.ts";
import { prepareDataset } from "../../../src/data/prepare.ts";
import type { Row } from "../../../src/data/row.ts";
import { inferenceModel } from "../../../src/graph/inference.ts";
import { askModel } from "../../../src/platform/node/open-expert.ts";
import { nodeTrainingPorts } from "../../../src/platform/node/training-ports.ts";
import { type SubwordTokenizer, subwordTokenizer, trainSubwords } from "../../../src/preprocess/text/subwords.ts";
import { contractToMetadata } from "../../../src/recognize/contract-file.ts";
import {
  decisions,
  type LogisticModel,
  logisticRegression,
  type SparseRows,
} from "../../../src/train/logistic-regression.ts";
import { manifestHash } from "../../../src/train/sources.ts";
import { judgeSingle, singleCalibration } from "../../../src/train/validation.ts";
import { TABLE_OPTIONS } from "../arguments.ts";
import { readModel } from "../model-file.ts";
import { bagsOf, NGRAMS, rarity, sparseRows } from "./bags.ts";
import { tokenTable } from "./lexicons.ts";
import { READINGS, readingsOf, tweetNetwork, type Widths } from "./network.ts";
import { type Teacher, teachersOf } from "./teachers.ts";

const MODEL = "bench/quality/tweeteval/model.onnx";
const LABELS = ["anger", "joy", "optimism", "sadness"];
const SEED = 1;
const FOLDS = 4;
const MAX_TOKENS = 96;
const VOCABULARY = 14_000;
/** Of the classifier of tweets and of the teachers; chosen by the folds. */
const COST = 12;
const TEACHERS_COST = 3;
/** Deviation of what a teacher says, beside n-grams whose rarest weighs 1.6 of the root of their number. */
const TEACHERS_SIZE = 0.1;
const RARITY = 0.2;
const TEACHERS_RARITY = 0.12;
const LEXICON_TERMS = ["MIT (VADER)", "Apache-2.0 (AFINN)"];

/** Columns `[rows]` as rows, each of mean 0 and the deviation `size`; and what did it. */
function standardized(columns: readonly Float32Array[], size: number) {
  const scales = columns.map((column) => {
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
    return { mean, factor: size / Math.sqrt(variance) };
  });
  const rows = Array.from({ length: columns[0]?.length ?? 0 }, (_, row) =>
    Float32Array.from(scales, ({ mean, factor }, at) => ((columns[at]?.[row] as number) - mean) * factor),
  );
  return { scales, rows };
}

/** A classifier for each label against the others, in which the rows of the label weigh as much as those of any other. */
function fitted(rows: SparseRows, truth: Int32Array, dice: Random): LogisticModel[] {
  return LABELS.map((_, label) => {
    const flags = Array.from(truth, (one) => (one === label ? 1 : 0));
    const share = flags.reduce<number>((sum, flag) => sum + flag, 0) / flags.length;
    return logisticRegression(rows, flags, { cost: COST, weights: [1 / (LABELS.length * share), 1], random: dice });
  });
}

/** `[rows, labels]`. */
function logitsOf(rows: SparseRows, models: readonly LogisticModel[]): Float32Array {
  const all = models.map((model) => decisions(rows, model));
  return Float32Array.from(
    { length: (rows.starts.length - 1) * models.length },
    (_, at) => all[at % models.length]?.[Math.floor(at / models.length)] as number,
  );
}

/** Fold of each row: the rows of a label take turns, in random order. */
function foldsOf(truth: Int32Array, dice: Random): Int32Array {
  const folds = new Int32Array(truth.length);
  for (const label of LABELS.keys()) {
    const rows = [...truth.keys()].filter((row) => truth[row] === label);
    for (let at = rows.length - 1; at > 0; at--) {
      const other = dice.integer(at + 1);
      [rows[at], rows[other]] = [rows[other] as number, rows[at] as number];
    }
    for (const [at, row] of rows.entries()) folds[row] = at % FOLDS;
  }
  return folds;
}

/** Numbers that the network reads of each text's tokens. */
async function readTokens(
  texts: readonly string[],
  tokenizer: SubwordTokenizer,
  weights: ReadonlyMap<string, Float32Array>,
  runtime: Runtime,
): Promise<Float32Array[]> {
  const session = await runtime.open(inferenceModel((graph) => readingsOf(graph, widths(tokenizer)), weights));
  const tokens = new Int32Array(texts.length * MAX_TOKENS);
  for (const [row, text] of texts.entries()) tokens.set(tokenizer.encode(text, MAX_TOKENS), row * MAX_TOKENS);
  const feeds = { tokens: { type: "int32", data: tokens, dims: [texts.length, MAX_TOKENS] } } as const;
  const read = floats((await session.run(feeds, { readings: null })).readings);
  await session.release();
  return texts.map((_, row) => read.slice(row * READINGS, (row + 1) * READINGS));
}

const widths = (tokenizer: SubwordTokenizer): Widths => ({
  maxTokens: MAX_TOKENS,
  vocabulary: tokenizer.size,
  limit: NGRAMS.limit,
  buckets: NGRAMS.buckets,
  labels: LABELS.length,
});

/** The classifiers and their teachers as weights of the network. */
function collapsed(
  models: readonly LogisticModel[],
  teachers: readonly Teacher[],
  scales: readonly { readonly mean: number; readonly factor: number }[],
  { rare, teachersRare }: { readonly rare: Float32Array; readonly teachersRare: Float32Array },
): Map<string, Float32Array> {
  const labels = models.length;
  const { buckets } = NGRAMS;
  const wide = new Float32Array(buckets * labels);
  const bias = new Float32Array(labels);
  const read = new Float32Array(READINGS * labels);
  for (const [label, model] of models.entries()) {
    const trust = scales.map(({ factor }, at) => factor * (model.weights[buckets + at] as number));
    for (let id = 1; id < buckets; id++) {
      const taught = teachers.reduce(
        (sum, { weights }, at) => sum + (trust[at] as number) * (weights[id] as number),
        0,
      );
      wide[id * labels + label] =
        (rare[id] as number) * (model.weights[id] as number) + (teachersRare[id] as number) * taught;
    }
    const start = teachers.reduce(
      (sum, one, at) => sum + (trust[at] as number) * (one.bias - (scales[at]?.mean ?? 0)),
      0,
    );
    bias[label] = model.bias + start;
    for (let at = 0; at < READINGS; at++) {
      read[at * labels + label] = model.weights[buckets + teachers.length + at] as number;
    }
  }
  return new Map([
    ["wide.weight", wide],
    ["read.weight", read],
    ["read.bias", bias],
  ]);
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: TABLE_OPTIONS });
  const { files, runtime, sha256, today } = nodeTrainingPorts();
  const { root } = values;
  const sets = await Promise.all(
    ["tweeteval_emotion", "goemotions", "xed"].map((name) => prepareDataset(name, files, { root })),
  );
  const manifests = sets.map(({ manifest }) => manifest);
  const [tweets, comments, lines] = manifests.map(({ rows }) =>
    rows.filter(({ split, language }) => split === "train" && (language ?? "en") === "en"),
  ) as [Row[], Row[], Row[]];
  const held = (manifests[0]?.rows ?? []).filter(({ split }) => split === "validation");
  const textOf = ({ text = "" }: Row): string => text;
  const labelOf = ({ label = "" }: Row): number => LABELS.indexOf(label);

  const tokenizerModel = trainSubwords([...tweets, ...comments, ...lines].map(textOf), { vocabularySize: VOCABULARY });
  const tokenizer = subwordTokenizer(tokenizerModel);
  const signs = await tokenTable(tokenizer, root, files);
  const own = [...tweets, ...held];
  const bags = bagsOf(own.map(textOf));
  const rare = rarity(bags.slice(0, tweets.length), RARITY);
  const teachersRare = rarity(bagsOf([...tweets, ...comments, ...lines].map(textOf)), TEACHERS_RARITY);
  const dice = random(SEED);
  const teachers = [
    ...teachersOf("goemotions", comments, teachersRare, { cost: TEACHERS_COST, random: dice }),
    ...teachersOf("xed", lines, teachersRare, { cost: TEACHERS_COST, random: dice }),
  ];
  const asTaught = sparseRows(bags, teachersRare);
  const said = standardized(
    teachers.map((teacher) => decisions(asTaught, teacher)),
    TEACHERS_SIZE,
  );
  const read = await readTokens(own.map(textOf), tokenizer, new Map([["signs.weight", signs]]), runtime);
  const dense = own.map((_, row) => Float32Array.from([...(said.rows[row] ?? []), ...(read[row] ?? [])]));
  const part = (rows: readonly number[]): SparseRows =>
    sparseRows(
      rows.map((row) => bags[row] as Int32Array),
      rare,
      rows.map((row) => dense[row] as Float32Array),
    );
  const truth = Int32Array.from(own, labelOf);
  const of = (rows: readonly number[]): Int32Array => Int32Array.from(rows, (row) => truth[row] as number);
  const judged = (models: readonly LogisticModel[], rows: readonly number[]) => ({
    logits: logitsOf(part(rows), models),
    truth: of(rows),
    classes: LABELS.length,
  });

  const trained = [...tweets.keys()];
  const folds = foldsOf(of(trained), random(SEED));
  const scores = Array.from({ length: FOLDS }, (_, fold) => {
    const [within, without] = [true, false].map((one) => trained.filter((row) => (folds[row] === fold) === one));
    const models = fitted(part(without ?? []), of(without ?? []), dice);
    return judgeSingle(judged(models, within ?? []), "macroF1").score;
  });
  const models = fitted(part(trained), of(trained), dice);
  const validation = judged(
    models,
    held.map((_, at) => tweets.length + at),
  );
  const calibration = singleCalibration(validation);
  console.log(
    `macro-F1 over ${FOLDS} folds ${(scores.reduce((a, b) => a + b, 0) / FOLDS).toFixed(4)} ` +
      `(${scores.map((one) => one.toFixed(3)).join(", ")}), validation ${calibration.metrics.macroF1?.toFixed(4)}; ` +
      `${teachers.length} teachers`,
  );
  if (!values.write) return;
  const weights = collapsed(models, teachers, said.scales, { rare, teachersRare });
  weights.set("signs.weight", signs);
  const metadata = contractToMetadata({
    ...calibration,
    contract: 1,
    id: "tweeteval-emotion",
    version: "0.2.0",
    modality: "text",
    task: "single",
    labels: LABELS,
    outputs: { logits: "logits", embedding: "embedding" },
    input: {
      inputs: { tokens: "tokens", ngrams: "ngrams" },
      maxTokens: MAX_TOKENS,
      tokenizer: { model: JSON.parse(JSON.stringify(tokenizerModel)) },
      ngrams: { ...NGRAMS },
      languages: ["en"],
    },
    licence: {
      terms: [...new Set([...manifests.map(({ header }) => header.licence), ...LEXICON_TERMS])].join("; "),
      commercial: false,
    },
    sources: manifests.map(({ header }, at) => ({
      name: header.name,
      terms: header.licence,
      commercial: header.terms === "permissive",
      rows: [tweets, comments, lines][at]?.length ?? 0,
    })),
    trainingManifestHash: manifestHash(manifests, sha256),
    trained: { date: today, command: "npm run bench -- tweeteval --write", seed: SEED },
  });
  const bytes = inferenceModel((graph) => tweetNetwork(graph, widths(tokenizer)), weights, {
    precision: "float16",
    metadata,
  });
  await writeFile(MODEL, bytes);
  const { contract } = await readModel(MODEL);
  const stored = await askModel({ path: MODEL, contract }, held, manifests[0] as Manifest);
  const logits = Float32Array.from(stored.answers.flatMap(({ answer }) => [...answer.logits]));
  const { score } = judgeSingle({ ...validation, logits }, "macroF1");
  console.log(`${MODEL}: ${bytes.length} bytes, validation as stored ${score.toFixed(4)}`);
}
