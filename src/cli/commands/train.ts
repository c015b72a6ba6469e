/** `affekt train`: from a configuration to a model file with its contract. */
import { type Command, Option } from "commander";
import { AffektError } from "../../core/errors.ts";
import type { FoldSummary, Range } from "../../train/folds.ts";
import type { RunOptions, RunResult } from "../../train/run.ts";
import { renderTable } from "../render/table.ts";
import type { Tools } from "../tools.ts";
import { epochLine, trainingProgress } from "../training-progress.ts";

export interface TrainOptions {
  /** Folder that holds the data sets. */
  readonly root: string;
  /** Folder for checkpoints. */
  readonly out?: string;
  /** Where the model goes. */
  readonly model?: string;
  /** Insist on a checkpoint to go on from. */
  readonly resume?: boolean;
  readonly strict?: boolean;
  /** What the report shows first. */
  readonly language?: "en" | "zh";
  readonly json?: boolean;
}

function summary(result: RunResult, report: string): Record<string, unknown> {
  const { model, bytes, best, history, folds, undecodable, caveats } = result;
  const more = { ...(undecodable === undefined ? {} : { undecodable }), ...(caveats === undefined ? {} : { caveats }) };
  if (folds) return { ...folds, ...more };
  return { model, bytes, epochs: history.length, best, report, ...more };
}

function foldTable({ folds, metrics }: FoldSummary): string {
  const names = Object.keys(metrics);
  const rows = folds.map((fold) => [
    `fold ${fold.fold}`,
    String(fold.epoch),
    ...names.map((name) => (fold.metrics[name] ?? Number.NaN).toFixed(4)),
  ]);
  const range = (of: (range: Range) => number) => names.map((name) => of(metrics[name] as Range).toFixed(4));
  rows.push(["mean", "", ...range(({ mean }) => mean)]);
  rows.push(["lowest", "", ...range(({ low }) => low)], ["highest", "", ...range(({ high }) => high)]);
  const columns = ["", "epoch", ...names];
  return renderTable(columns, rows, [...columns.keys()].slice(1));
}

/** As a shell takes it. */
function quoted(word: string): string {
  return /^[\w./:@%+=,-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The options that decide where data are read and results are written. */
function givenText({ root, out, model, strict }: TrainOptions, { dataFolder }: Pick<Tools, "dataFolder">): string {
  const paths = { root: root === dataFolder ? undefined : root, out, model };
  const words = Object.entries(paths).flatMap(([name, path]) =>
    path === undefined ? [] : [`--${name} ${quoted(path)}`],
  );
  return [...words, ...(strict ? ["--strict"] : [])].join(" ");
}

/** @throws AffektError `checkpoint` if `resume` is set and there is none; whatever the training throws */
export async function runTrain(config: string, options: TrainOptions, tools: Tools): Promise<void> {
  const { terminal, files } = tools;
  const { readTrainConfig } = await import("../../train/read-config.ts");
  const { id, folds } = await readTrainConfig(files, config);
  const folder = options.out ?? `runs/${id}`;
  const first = folds === undefined ? folder : `${folder}/fold1`;
  if (options.resume === true && !(await files.exists(`${first}/checkpoint.safetensors`))) {
    throw new AffektError("checkpoint", `${first} holds no checkpoint to go on from.`, "Leave out --resume to start.");
  }
  if (options.model !== undefined && folds !== undefined) {
    throw new AffektError("usage", "With folds there is no single model.", "Leave out --model, or folds.");
  }
  const given = givenText(options, tools);
  const run: RunOptions = {
    config,
    root: options.root,
    out: folder,
    command: `affekt train ${config}`,
    ...(given === "" ? {} : { given }),
    ...(options.model === undefined ? {} : { model: options.model }),
    ...(options.strict ? { strict: true } : {}),
    ...(options.language === undefined ? {} : { language: options.language }),
  };
  const result = await tools.train(run, trainingProgress(terminal));
  const report = `${folds === undefined ? folder : `${folder}/fold*`}/report.html`;
  if (options.json || !terminal.interactive) {
    terminal.print(JSON.stringify(summary(result, report), null, 2));
    return;
  }
  const { length: lost } = result.undecodable ?? [];
  if (lost > 0) {
    const which = lost === 1 ? "1 row whose media" : `${lost} rows whose media`;
    terminal.note(`trained without ${which} cannot be decoded; --strict makes it an error\n`);
  }
  if (result.folds) terminal.print(foldTable(result.folds));
  else {
    terminal.print(`${terminal.paint("bold", result.model ?? "")}, ${((result.bytes ?? 0) / 1e6).toFixed(2)} MB`);
    terminal.print(`  ${epochLine(result.best)}`);
  }
  for (const caveat of result.caveats ?? []) terminal.print(`  ${caveat}`);
  terminal.print(`curves: ${report}`);
}

export function addTrain(program: Command, tools: Tools): void {
  program
    .command("train <config>")
    .summary("train a model from its configuration")
    .description(
      "Trains a model from its configuration, such as models/<id>/train.json, and writes it with its contract.\n\n" +
        "A checkpoint is kept after every epoch; the same command goes on from it, bit for bit. With `folds` in the " +
        "configuration, as many models are trained and their scores summed up.\n\n" +
        "AFFEKT_CACHE names the folder for features that are kept, AFFEKT_MEMORY the megabytes of them that are held at " +
        "once (default 1024); neither changes the model.",
    )
    .option("--root <folder>", "where the data sets lie", tools.dataFolder)
    .option("--out <folder>", "where checkpoints, log and report go (default: runs/<id>)")
    .option("--model <file>", "where the model goes (default: model.onnx beside the configuration)")
    .option("--resume", "insist on a checkpoint to go on from")
    .option("--strict", "stop at the first broken row of the data, or one whose media cannot be decoded")
    .addOption(new Option("--language <language>", "what the report shows first").choices(["en", "zh"]))
    .option("--json", "print JSON on a terminal too")
    .action((config: string, options: TrainOptions) => runTrain(config, options, tools));
}
