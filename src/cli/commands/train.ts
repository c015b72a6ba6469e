/** `affekt train`: from a configuration to a model file with its contract. */
import type { Command } from "commander";
import { AffektError } from "../../core/errors.ts";
import type { RunOptions, RunResult } from "../../train/run.ts";
import type { EpochReport, TrainerEvents } from "../../train/trainer.ts";
import { duration, type Progress, startProgress } from "../progress.ts";
import type { Terminal } from "../terminal.ts";
import type { Tools } from "../tools.ts";

export interface TrainOptions {
  /** Folder that holds the data sets. */
  readonly root: string;
  /** Folder for checkpoints. */
  readonly out?: string;
  /** Where the model goes. */
  readonly model?: string;
  /** Insist on a checkpoint to go on from. */
  readonly resume?: boolean;
  readonly json?: boolean;
}

function epochLine({ epoch, loss, metrics, best, seconds }: EpochReport): string {
  const numbers = Object.entries(metrics).map(([name, value]) => `${name} ${value.toFixed(4)}`);
  return `epoch ${epoch}  loss ${loss.toFixed(4)}  ${numbers.join("  ")}  ${duration(seconds * 1000)}${best ? "  best" : ""}`;
}

/** A progress line within each epoch, and a line that stays after it. */
function reporter(terminal: Terminal): TrainerEvents {
  let progress: Progress | undefined;
  return {
    resumed: (epoch) => terminal.note(`going on after epoch ${epoch}\n`),
    step({ epoch, step, steps, loss }) {
      progress ??= startProgress(terminal, `epoch ${epoch}`, steps);
      progress.update(step, `loss ${loss.toFixed(4)}`);
    },
    epoch(report) {
      progress?.end();
      progress = undefined;
      terminal.note(`${epochLine(report)}\n`);
    },
  };
}

function summary({ model, bytes, best, history }: RunResult): Record<string, unknown> {
  return { model, bytes, epochs: history.length, best };
}

/** @throws AffektError `checkpoint` if `resume` is set and there is none; whatever the training throws */
export async function runTrain(config: string, options: TrainOptions, tools: Tools): Promise<void> {
  const { terminal, files } = tools;
  const folder = options.out ?? (await defaultFolder(config, tools));
  if (options.resume === true && !(await files.exists(`${folder}/checkpoint.safetensors`))) {
    throw new AffektError("checkpoint", `${folder} holds no checkpoint to go on from.`, "Leave out --resume to start.");
  }
  const run: RunOptions = {
    config,
    root: options.root,
    out: folder,
    command: `affekt train ${config}`,
    ...(options.model === undefined ? {} : { model: options.model }),
  };
  const result = await tools.train(run, reporter(terminal));
  if (options.json || !terminal.interactive) terminal.print(JSON.stringify(summary(result), null, 2));
  else {
    terminal.print(`${terminal.paint("bold", result.model)}, ${(result.bytes / 1e6).toFixed(2)} MB`);
    terminal.print(`  ${epochLine(result.best)}`);
  }
}

async function defaultFolder(config: string, { files }: Tools): Promise<string> {
  const { parseTrainConfig } = await import("../../train/config.ts");
  let json: unknown;
  try {
    json = JSON.parse(await files.readText(config));
  } catch (cause) {
    if (cause instanceof AffektError) throw cause;
    throw new AffektError("config", `${config} is not JSON.`, "Check its commas and quotes.", { cause });
  }
  return `runs/${parseTrainConfig(json, config).id}`;
}

export function addTrain(program: Command, tools: Tools): void {
  program
    .command("train <config>")
    .summary("train a model from its configuration")
    .description(
      "Trains a model from its configuration, such as models/<id>/train.json, and writes it with its contract.\n\n" +
        "A checkpoint is kept after every epoch; the same command goes on from it, bit for bit.",
    )
    .option("--root <folder>", "where the data sets lie", tools.dataFolder)
    .option("--out <folder>", "where checkpoints go (default: runs/<id>)")
    .option("--model <file>", "where the model goes (default: model.onnx beside the configuration)")
    .option("--resume", "insist on a checkpoint to go on from")
    .option("--json", "print JSON on a terminal too")
    .action((config: string, options: TrainOptions) => runTrain(config, options, tools));
}
