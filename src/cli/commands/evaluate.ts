/** `affekt evaluate`: how good a model, or the whole recognizer, is on labelled rows, alone or beside another. */
import { createHash } from "node:crypto";
import { type Command, Option } from "commander";
import { AffektError } from "../../core/errors.ts";
import { MODALITIES, type Modality } from "../../core/modality.ts";
import { random } from "../../core/random.ts";
import type { Manifest } from "../../data/manifest.ts";
import { type Row, SPLITS } from "../../data/row.ts";
import type { AskedBy, SubsetRow } from "../../evaluate/analysis/subsets.ts";
import type { Evaluation, EvaluateOptions as MetricOptions } from "../../evaluate/evaluate.ts";
import type { Contract } from "../../recognize/contract.ts";
import { nonNegativeInteger, positiveInteger } from "../arguments.ts";
import { findModel, naming } from "../find-model.ts";
import { chosenRows, openManifest, type RowsOptions } from "../labelled-rows.ts";
import { startProgress } from "../progress.ts";
import { renderComparison } from "../render/comparison.ts";
import { renderReport, renderSubsets } from "../render/report.ts";
import { findModels } from "../shelf.ts";
import { toldApart } from "../told-apart.ts";
import type { RecognizerOptions, Tools } from "../tools.ts";
import { withRecognizerOptions } from "./recognize.ts";

export interface EvaluateOptions extends RecognizerOptions, RowsOptions {
  /** Id or path of a model; the whole recognizer without it. */
  readonly model?: string;
  /** Two models, or `recognizer`, on the same rows. */
  readonly compare?: readonly string[];
  /** Every subset of the modalities, for the whole recognizer or a network of several. */
  readonly subsets?: boolean;
  readonly resamples?: number;
  readonly seed?: number;
  readonly groupBy?: readonly string[];
  readonly bySubject?: boolean;
  readonly labels?: "as-trained" | "ekman7";
  readonly statistics?: "subject" | "earlier" | "clip";
  /** JSONL file for what was said about each row. */
  readonly predictions?: string;
  /** JSON file for all of it, which `affekt report` reads. */
  readonly out?: string;
  readonly json?: boolean;
}

/** What the whole recognizer is called among models. */
const WHOLE = "recognizer";

interface Rows {
  readonly rows: readonly Row[];
  readonly manifest: Manifest;
  /** What the contract of a model calls the data that it was trained on, of which the rows are. */
  readonly hash: string;
}

function metricOptions(options: EvaluateOptions, trainedOn: boolean): MetricOptions {
  const { resamples, seed, groupBy, bySubject, labels } = options;
  return { resamples, seed, groupBy, bySubject, labelSpace: labels, trainedOn } as MetricOptions;
}

/** @throws AffektError `usage` */
function checkOptions({ model, compare, subsets, out, predictions }: EvaluateOptions): void {
  const refused = (message: string, hint: string) => new AffektError("usage", message, hint);
  if (compare !== undefined) {
    if (compare.length !== 2) {
      throw refused(`Expected two models to compare; received ${compare.length}.`, "Pass --compare A B.");
    }
    if (model !== undefined || subsets || out !== undefined || predictions !== undefined) {
      throw refused(
        "--compare goes without --model, --subsets, --out and --predictions.",
        "For a page about two models, evaluate each with --out, then: affekt report --compare A.json B.json.",
      );
    }
  }
}

/** Whether a model has learned from the data that the rows are of: the very same, or some of their name. */
function learnedFrom({ trainingManifestHash, sources }: Contract, { manifest, hash }: Rows): boolean {
  return trainingManifestHash === hash || sources.some(({ name }) => name === manifest.header.name);
}

/** What was answered, measured in one way or another. */
type Answered = (options: EvaluateOptions) => Evaluation;

/** Those that the recognizer of these options uses. */
async function usedModels(options: RecognizerOptions, tools: Tools): Promise<Contract[]> {
  const { chooseModels } = await import("../../recognize/choose-models.ts");
  const shelf = await findModels(options.models ?? tools.modelFolder, tools.files);
  const used = chooseModels(
    shelf.filter((entry) => entry.ok),
    { license: options.license },
  );
  return MODALITIES.flatMap((modality) => used[modality].map(({ contract }) => contract));
}

/**
 * Asks one model, or the whole recognizer, with each of these subsets of the modalities; where none is named, with all
 * that it knows.
 */
async function answersOf(
  model: string,
  chosen: Rows,
  options: EvaluateOptions,
  tools: Tools,
  subsets?: readonly (readonly Modality[])[],
): Promise<Answered[]> {
  const { evaluateOpinions, evaluatePredictions } = await import("../../evaluate/evaluate.ts");
  const { rows, manifest } = chosen;
  const { threads, statistics } = options;
  const title = subsets === undefined ? "asked" : "asked by every subset";
  const progress = startProgress(tools.terminal, title, rows.length);
  const onProgress = (done: number): void => progress.update(done);
  try {
    if (model === WHOLE) {
      const all = await tools.askAll(options, rows, manifest, subsets ?? [MODALITIES], { onProgress });
      const trainedOn = (await usedModels(options, tools)).some((contract) => learnedFrom(contract, chosen));
      return all.map((asked) => (own) => evaluatePredictions(asked, manifest, WHOLE, metricOptions(own, trainedOn)));
    }
    const ask = {
      onProgress,
      ...(threads === undefined ? {} : { threads }),
      ...(statistics === undefined ? {} : { statistics }),
    };
    const file = await findModel(model, options, tools);
    const all = await naming(file.path, async () =>
      subsets === undefined
        ? [await tools.askModel(file, rows, manifest, ask)]
        : tools.askModelSubsets(file, rows, manifest, subsets, ask),
    );
    const trainedOn = learnedFrom(file.contract, chosen);
    return all.map((asked) => (own) => evaluateOpinions(asked, manifest, file.contract, metricOptions(own, trainedOn)));
  } finally {
    progress.end();
  }
}

/** With all that it knows. */
async function evaluateOne(model: string, chosen: Rows, options: EvaluateOptions, tools: Tools): Promise<Evaluation> {
  const [answered] = await answersOf(model, chosen, options, tools);
  return (answered as Answered)(options);
}

/**
 * With every subset of what the rows have and the model knows; all of it together is the evaluation itself.
 *
 * @throws AffektError `usage` if the model has a single modality
 */
async function everySubset(
  chosen: Rows,
  options: EvaluateOptions,
  tools: Tools,
): Promise<{ evaluation: Evaluation; subsets: SubsetRow[] }> {
  const { evaluateSubsets, modalitiesOf, subsetsOf } = await import("../../evaluate/analysis/subsets.ts");
  const { model = WHOLE } = options;
  const { by, modalities } = await knownBy(model, options, tools);
  const all = modalitiesOf(chosen.rows, by).filter((one) => modalities.includes(one));
  if (all.length === 0) return { evaluation: await evaluateOne(model, chosen, options, tools), subsets: [] };
  const wanted = subsetsOf(all);
  const answered = await answersOf(model, chosen, options, tools, wanted);
  const evaluation = (answered.at(-1) as Answered)(options);
  // Of the others only the predictions are used, so no intervals.
  const quick = new Map(wanted.map((subset, at) => [subset.join(), answered[at] as Answered]));
  const subsets = await evaluateSubsets(
    async (subset) =>
      subset.length === all.length ? evaluation : (quick.get(subset.join()) as Answered)({ ...options, resamples: 0 }),
    all,
  );
  return { evaluation, subsets };
}

/** Which modalities a model can be shown one by one, and what of the rows it reads. @throws AffektError `usage` */
async function knownBy(
  model: string,
  options: EvaluateOptions,
  tools: Tools,
): Promise<{ readonly by: AskedBy; readonly modalities: readonly Modality[] }> {
  if (model === WHOLE) return { by: "media", modalities: MODALITIES };
  const { contract } = await findModel(model, options, tools);
  if (contract.modality === "multimodal") return { by: "pictures", modalities: MODALITIES };
  if (contract.modality === "fusion") {
    return { by: "features", modalities: contract.input.features.map(({ modality }) => modality) };
  }
  throw new AffektError(
    "usage",
    `${contract.id} is a model of ${contract.modality} alone, so it has no subsets.`,
    "Leave out --subsets, or --model for the whole recognizer.",
  );
}

async function compareTwo(
  [first = "", second = ""]: readonly string[],
  chosen: Rows,
  options: EvaluateOptions,
  tools: Tools,
): Promise<void> {
  const { compareEvaluations } = await import("../../evaluate/analysis/compare.ts");
  const { resamples, seed = 1, bySubject } = options;
  const [one, other] = toldApart(
    await evaluateOne(first, chosen, options, tools),
    await evaluateOne(second, chosen, options, tools),
    [first, second],
  );
  const comparison = compareEvaluations(one, other, random(seed), {
    ...(resamples === undefined ? {} : { resamples }),
    ...(bySubject
      ? { clusterOf: new Map(chosen.rows.flatMap(({ id, subject }) => (subject === undefined ? [] : [[id, subject]]))) }
      : {}),
  });
  const { terminal } = tools;
  if (terminal.interactive && !options.json) {
    const notes = new Set([...one.report.notes, ...other.report.notes]);
    terminal.print([renderComparison(comparison, terminal), [...notes].join("\n")].filter(Boolean).join("\n\n"));
  } else terminal.print(JSON.stringify({ first: one.report, second: other.report, comparison }, null, 2));
}

export async function runEvaluate(options: EvaluateOptions, tools: Tools): Promise<void> {
  checkOptions(options);
  const { terminal, files } = tools;
  const manifest = await openManifest(options, tools);
  const rows = chosenRows(manifest, options.split);
  const { checkFields, checkSubjects } = await import("../../evaluate/row-groups.ts");
  checkFields(rows, options.groupBy ?? []);
  if (options.bySubject === true) checkSubjects(rows);
  const { manifestHash } = await import("../../train/sources.ts");
  const hash = manifestHash([manifest], (text) => createHash("sha256").update(text).digest("hex"));
  const chosen: Rows = { rows, manifest: { ...manifest, rows }, hash };
  if (options.compare !== undefined) return compareTwo(options.compare, chosen, options, tools);
  const { evaluation, subsets } = options.subsets
    ? await everySubset(chosen, options, tools)
    : { evaluation: await evaluateOne(options.model ?? WHOLE, chosen, options, tools), subsets: undefined };
  const { report, predictions } = evaluation;
  if (options.predictions !== undefined) {
    await files.write(
      options.predictions,
      predictions.map((row) => `${JSON.stringify(row)}\n`),
    );
  }
  if (options.out !== undefined) {
    await files.write(options.out, `${JSON.stringify({ report, predictions, ...(subsets ? { subsets } : {}) })}\n`);
  }
  if (options.json || !terminal.interactive) {
    terminal.print(JSON.stringify(subsets === undefined ? report : { report, subsets }, null, 2));
    return;
  }
  terminal.print(renderReport(report, terminal));
  if (subsets !== undefined) terminal.print(`\n${renderSubsets(subsets)}`);
}

export function addEvaluate(program: Command, tools: Tools): void {
  withRecognizerOptions(program.command("evaluate"))
    .summary("measure a model, or the whole recognizer, on labelled rows")
    .description(
      "Measures a model, or the whole recognizer, on labelled rows: accuracy, UAR, F1, ROC-AUC, calibration error, each " +
        "class, the confusion matrix, and 95 % bootstrap intervals. `affekt report` makes a page of what --out wrote.",
    )
    .option("--manifest <file>", "labelled rows: JSONL, CSV, TSV, Parquet, or a folder of class folders")
    .option("--dataset <name>", "a known data set below --root instead")
    .option("--root <folder>", "where the data sets lie", tools.dataFolder)
    .addOption(new Option("--fold <number>", "test fold, with --dataset").argParser(positiveInteger))
    .option("--strict", "stop at the first broken row")
    .addOption(
      new Option("--split <split>", "which rows (default: test, or all where there are no splits)").choices([
        ...SPLITS,
        "all",
      ]),
    )
    .option("--model <id>", "id or path of one model; the whole recognizer without it")
    .option("--compare <models...>", "two models on the same rows, by id or path; `recognizer` is the whole one")
    .option("--subsets", "every subset of the modalities too, for the whole recognizer or a network of several")
    .addOption(new Option("--resamples <count>", "of the bootstrap; 0 for no intervals").argParser(nonNegativeInteger))
    .addOption(new Option("--seed <number>", "of the bootstrap").argParser(nonNegativeInteger))
    .option("--group-by <field...>", "give the main metrics by these fields, such as language or sex")
    .option("--by-subject", "draw whole subjects in the bootstrap")
    .addOption(
      new Option("--labels <space>", "which labels are compared (default: chosen by the rows)").choices([
        "as-trained",
        "ekman7",
      ]),
    )
    .addOption(
      new Option(
        "--statistics <of>",
        "what speech is normalized by: all clips of the subject, the clip and earlier ones, or the clip",
      ).choices(["subject", "earlier", "clip"]),
    )
    .option("--predictions <file>", "write what was said about each row, as JSONL")
    .option("--out <file>", "write report, rows and subsets as one JSON file, for `affekt report`")
    .option("--json", "print JSON on a terminal too")
    .action((options: EvaluateOptions) => runEvaluate(options, tools));
}
