/** The command line as a whole: declares every command, turns every failure into an exit code. */
import { Command, CommanderError } from "commander";
import { AffektError } from "../core/errors.ts";
import { addBackup } from "./commands/backup.ts";
import { addData } from "./commands/data.ts";
import { addDemo } from "./commands/demo.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addEvaluate } from "./commands/evaluate.ts";
import { addExplain } from "./commands/explain.ts";
import { addJobs } from "./commands/jobs.ts";
import { addKeys } from "./commands/keys.ts";
import { addModels } from "./commands/models.ts";
import { addPool } from "./commands/pool.ts";
import { addRecognize } from "./commands/recognize.ts";
import { addReport } from "./commands/report.ts";
import { addServe } from "./commands/serve.ts";
import { addTrain } from "./commands/train.ts";
import { addTune } from "./commands/tune.ts";
import { addWorker } from "./commands/worker.ts";
import { asAffektError, EXIT_CODES } from "./exit-codes.ts";
import { renderError } from "./render/error.ts";
import type { Tools } from "./tools.ts";

export function buildProgram(tools: Tools): Command {
  const { terminal } = tools;
  const program = new Command("affekt")
    .description("Recognizes the emotion that a person appears to express in text, face and speech.")
    .version(tools.version)
    .option("--debug", "print stack traces")
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: () => {},
      getOutHelpWidth: () => terminal.columns,
    })
    .helpCommand("help [command]", "show the help of a command")
    .exitOverride();
  addRecognize(program, tools);
  addExplain(program, tools);
  addDemo(program, tools);
  addData(program, tools);
  addServe(program, tools);
  addWorker(program, tools);
  addJobs(program, tools);
  addKeys(program, tools);
  addBackup(program, tools);
  addTrain(program, tools);
  addTune(program, tools);
  addPool(program, tools);
  addEvaluate(program, tools);
  addReport(program, tools);
  addModels(program, tools);
  addDoctor(program, tools);
  return program;
}

function hintFor({ argv }: Tools): string {
  const command = argv.find((word) => !word.startsWith("-"));
  return command === undefined ? "--help" : `help ${command}`;
}

function usageError(error: CommanderError, tools: Tools): AffektError {
  const [first, second] = tools.argv.filter((word) => !word.startsWith("-"));
  if (error.code === "commander.help" && first === "help") {
    return new AffektError("usage", `Unknown command '${second}'.`, "See: affekt --help");
  }
  if (error.code === "commander.help") {
    return new AffektError(
      "usage",
      `The command \`${tools.argv.join(" ")}\` needs to be told more.`,
      `See: affekt ${hintFor(tools)}`,
    );
  }
  const [message = "", ...suggestion] = error.message.replace(/^error: /u, "").split("\n");
  const help = suggestion.join(" ").replace(/^\(|\)$/gu, "");
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1).replace(/\.?$/u, ".")}`;
  return new AffektError(
    "usage",
    sentence,
    help === "" ? `See: affekt ${hintFor(tools)}` : `${help} See: affekt --help`,
  );
}

/** Runs one command line. Never throws. @returns the exit code */
export async function runProgram(tools: Tools): Promise<number> {
  try {
    if (tools.argv.length === 0) {
      tools.terminal.print(buildProgram(tools).helpInformation().trimEnd());
      return EXIT_CODES.usage;
    }
    await buildProgram(tools).parseAsync([...tools.argv], { from: "user" });
    return 0;
  } catch (cause) {
    if (cause instanceof CommanderError && cause.exitCode === 0) return 0;
    const error = cause instanceof CommanderError ? usageError(cause, tools) : asAffektError(cause);
    tools.terminal.note(renderError(error, tools.terminal, tools.argv.includes("--debug")));
    return EXIT_CODES[error.code];
  }
}
