/** `affekt evaluate`: how good a model, or the whole recognizer, is on labelled rows. */
import { type Command, Option } from "commander";
import { AffektError } from "../../core/errors.ts";
import type { Manifest } from "../../data/manifest.ts";
import { type Row, SPLITS, type Split } from "../../data/row.ts";
import type { EvaluateOptions as MetricOptions } from "../../evaluate/evaluate.ts";
import type { ModelFile } from "../../platform/node/open.ts";
import { nonNegativeInteger, positiveInteger } from "../arguments.ts";
import { startProgress } from "../progress.ts";
import { noteProblems } from "../render/problems.ts";
import { renderReport } from "../render/report.ts";
import { findModels } from "../shelf.ts";
import type { RecognizerOptions, Tools } from "../tools.ts";
import { withRecognizerOptions } from "./recognize.ts";

export interface EvaluateOptions extends RecognizerOptions {
  readonly manifest?: string;
  /** A known data set below `root` instead of a manifest. */
  readonly dataset?: string;
  readonly root?: string;
  readonly fold?: number;
  /** A broken row is an error. */
  readonly strict?: boolean;
  readonly split?: Split | "all";
  /** Id or path of a model; the whole recognizer without it. */
  readonly model?: string;
  readonly resamples?: number;
  readonly seed?: number;
  readonly groupBy?: readonly string[];
  readonly bySubject?: boolean;
  readonly labels?: "as-trained" | "ekman7";
  readonly statistics?: "subject" | "clip";
  /** JSONL file for what was said about each row. */
  readonly predictions?: string;
  readonly json?: boolean;
}

/** Broken rows that are written out; `affekt data check` shows more. */
const PROBLEMS_SHOWN = 5;

async function openManifest(options: EvaluateOptions, tools: Tools): Promise<Manifest> {
  const { manifest: path, dataset, root = tools.dataFolder, fold, strict = false } = options;
  if ((path === undefined) === (dataset === undefined)) {
    throw new AffektError("usage", "Expected either --manifest or --dataset.", "Pass one of them.");
  }
  if (dataset !== undefined) {
    const { prepareDataset } = await import("../../data/prepare.ts");
    const chosen = { root, strict, ...(fold === undefined ? {} : { fold }) };
    return (await prepareDataset(dataset, tools.files, chosen)).manifest;
  }
  const { readManifest } = await import("../../data/read.ts");
  const { manifest, problems } = await readManifest(tools.files, path as string, { strict });
  if (problems.length > 0) {
    await noteProblems(problems, tools.terminal, PROBLEMS_SHOWN);
    tools.terminal.note(`${problems.length} broken rows are left out; see all: affekt data check ${path}\n`);
  }
  return manifest;
}

/** The test rows, where the manifest has splits. */
function chosenRows(manifest: Manifest, split: EvaluateOptions["split"]): readonly Row[] {
  const wanted = split ?? (manifest.rows.some((row) => row.split === "test") ? "test" : "all");
  const rows = wanted === "all" ? manifest.rows : manifest.rows.filter((row) => row.split === wanted);
  if (rows.length > 0) return rows;
  throw new AffektError("data", `${manifest.header.name} has no row in the split ${wanted}.`, "Pass --split all.");
}

/** What a model does, its failures with the path of its file in front: the network itself does not know it. */
async function naming<T>(path: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (cause) {
    const ofModel = cause instanceof AffektError && (cause.code === "model" || cause.code === "contract");
    if (!ofModel || cause.message.includes(path)) throw cause;
    throw new AffektError(cause.code, `${path}: ${cause.message}`, cause.hint, { cause });
  }
}

async function findModel(model: string, options: EvaluateOptions, tools: Tools): Promise<ModelFile> {
  if (model.endsWith(".onnx")) {
    const { contractFromModel } = await import("../../recognize/contract.ts");
    const bytes = await tools.files.readBytes(model);
    return naming(model, async () => ({ path: model, contract: contractFromModel(bytes) }));
  }
  const folder = options.models ?? tools.modelFolder;
  const entries = await findModels(folder, tools.files);
  for (const entry of entries) {
    if (entry.ok && entry.contract.id === model) return { path: `${folder}/${entry.file}`, contract: entry.contract };
  }
  const known = entries.flatMap((entry) => (entry.ok ? [entry.contract.id] : []));
  throw new AffektError(
    "model",
    `No model in ${folder} has the id ${model}.`,
    known.length === 0 ? "The folder holds no model; pass the path of one." : `There are: ${known.join(", ")}.`,
  );
}

function metricOptions(options: EvaluateOptions): MetricOptions {
  const { resamples, seed, groupBy, bySubject, labels } = options;
  return { resamples, seed, groupBy, bySubject, labelSpace: labels } as MetricOptions;
}

export async function runEvaluate(options: EvaluateOptions, tools: Tools): Promise<void> {
  const { terminal, files } = tools;
  const manifest = await openManifest(options, tools);
  const rows = chosenRows(manifest, options.split);
  const evaluate = await import("../../evaluate/evaluate.ts");
  const progress = startProgress(terminal, "asked", rows.length);
  const onProgress = (done: number): void => progress.update(done);
  const metrics = metricOptions(options);
  const chosen = { ...manifest, rows };
  const { threads, statistics } = options;
  const ask = {
    onProgress,
    ...(threads === undefined ? {} : { threads }),
    ...(statistics === undefined ? {} : { statistics }),
  };
  const { report, predictions } =
    options.model === undefined
      ? evaluate.evaluatePredictions(await tools.askAll(options, rows, chosen, ask), chosen, "recognizer", metrics)
      : await findModel(options.model, options, tools).then(async (model) =>
          evaluate.evaluateOpinions(
            await naming(model.path, () => tools.askModel(model, rows, chosen, ask)),
            chosen,
            model.contract,
            metrics,
          ),
        );
  progress.end();
  if (options.predictions !== undefined) {
    await files.write(
      options.predictions,
      predictions.map((row) => `${JSON.stringify(row)}\n`),
    );
  }
  if (options.json || !terminal.interactive) terminal.print(JSON.stringify(report, null, 2));
  else terminal.print(renderReport(report, terminal));
}

export function addEvaluate(program: Command, tools: Tools): void {
  withRecognizerOptions(program.command("evaluate"))
    .summary("measure a model, or the whole recognizer, on labelled rows")
    .description(
      "Measures a model, or the whole recognizer, on labelled rows: accuracy, UAR, F1, ROC-AUC, calibration error, each\n" +
        "class, the confusion matrix, and 95 % bootstrap intervals.",
    )
    .option("--manifest <file>", "labelled rows: JSONL, CSV, TSV, or a folder of class folders")
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
      new Option("--statistics <of>", "what speech is normalized by: all clips of the subject, or the clip").choices([
        "subject",
        "clip",
      ]),
    )
    .option("--predictions <file>", "write what was said about each row, as JSONL")
    .option("--json", "print JSON on a terminal too")
    .action((options: EvaluateOptions) => runEvaluate(options, tools));
}
