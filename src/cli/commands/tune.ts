/** `affekt tune`: searches for the settings of a training. */
import { createHash } from "node:crypto";
import { type Command, InvalidArgumentError } from "commander";
import type { Problem } from "../../data/row.ts";
import type { Undecodable } from "../../train/tasks/undecodable.ts";
import type { Outcome } from "../../train/tune/journal.ts";
import { duration } from "../progress.ts";
import { noteLeftOut } from "../render/problems.ts";
import { renderTable } from "../render/table.ts";
import type { Tools } from "../tools.ts";
import { trainingProgress } from "../training-progress.ts";

export interface TuneCommandOptions {
  /** File of the space to search. */
  readonly space: string;
  readonly trials: number;
  /** One trial in so many goes on to the next rung. */
  readonly keep: number;
  /** Epochs of the first rung at least. */
  readonly least: number;
  readonly seed: number;
  readonly root: string;
  readonly out?: string;
  readonly strict?: boolean;
  readonly json?: boolean;
}

const SHOWN = 10;

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError("Expected a whole number of at least 1.");
}

const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function board(outcomes: readonly Outcome[]): string {
  const paths = Object.keys(outcomes[0]?.settings ?? {});
  // The last field of a path names it well enough, unless two paths end alike.
  const short = paths.map((path) => path.split(".").at(-1) ?? path);
  const names = paths.map((path, at) =>
    short.indexOf(short[at] as string) === short.lastIndexOf(short[at] as string) ? (short[at] as string) : path,
  );
  const rows = outcomes.map((outcome, index) => [
    String(index + 1),
    String(outcome.trial),
    outcome.score === null ? "failed" : outcome.score.toFixed(4),
    `${outcome.epoch ?? "–"}/${outcome.epochs}`,
    ...paths.map((path) => shown(outcome.settings[path])),
  ]);
  const head = ["", "trial", "score", "epoch", ...names];
  return renderTable(head, rows, [...head.keys()]);
}

/** @throws AffektError `usage`, `config`, `checkpoint`, or whatever a training throws */
export async function runTune(config: string, options: TuneCommandOptions, tools: Tools): Promise<void> {
  const { terminal, files } = tools;
  const [{ tune }, { readTrainConfig }] = await Promise.all([
    import("../../train/tune/tune.ts"),
    import("../../train/read-config.ts"),
  ]);
  const { space, trials, keep, least, seed, root, strict = false } = options;
  const { id } = await readTrainConfig(files, config);
  const out = options.out ?? `runs/${id}-tune`;
  let told = false;
  /** Every trial reads the same rows: what is wrong with them is told once. */
  async function leftOut(problems: readonly Problem[]): Promise<void> {
    if (!told) await noteLeftOut(problems, terminal);
    told = true;
  }
  const undecodables = new Set<string>();
  function undecodable({ id, reason }: Undecodable): void {
    if (undecodables.has(id)) return;
    undecodables.add(id);
    if (undecodables.size <= SHOWN) terminal.note(`row ${id} is left out: ${reason}\n`);
  }
  const noted = new Set<string>();
  const result = await tune(
    { config, space, trials, keep, least, seed, out },
    {
      files,
      sha256: (text) => createHash("sha256").update(text).digest("hex"),
      now: terminal.now,
      train: (trial) =>
        tools.train(
          { ...trial, root, command: `affekt train ${trial.config}`, ...(strict ? { strict } : {}) },
          { ...(terminal.live ? trainingProgress(terminal) : {}), leftOut, undecodable },
        ),
    },
    {
      begun(plan, resumed) {
        const rungs = plan.map((rung) => `${rung.trials} × ${rung.epochs}`).join(", ");
        terminal.note(`trials × epochs: ${rungs}${resumed > 0 ? `; ${resumed} done before` : ""}\n`);
      },
      trial(trial, rung, settings) {
        const pairs = Object.entries(settings).map(([path, value]) => `${path} ${shown(value)}`);
        terminal.note(`trial ${trial}, rung ${rung}: ${pairs.join(", ")}\n`);
      },
      done({ trial, score, seconds, error, caveats = [] }) {
        const outcome = score === null ? `failed: ${error}` : `score ${score.toFixed(4)}`;
        terminal.note(`trial ${trial}: ${outcome}, ${duration(seconds * 1000)}\n`);
        for (const caveat of caveats) {
          // Beside the first score that needs it, and again beside the last.
          if (!noted.has(caveat)) terminal.note(`${caveat}\n`);
          noted.add(caveat);
        }
      },
    },
  );
  if (options.json || !terminal.interactive) {
    terminal.print(JSON.stringify(result, null, 2));
    return;
  }
  terminal.print(board(result.leaderboard.slice(0, SHOWN)));
  for (const caveat of result.caveats ?? []) terminal.print(caveat);
  terminal.print(`best, by validation rows alone: ${result.best}`);
}

export function addTune(program: Command, tools: Tools): void {
  program
    .command("tune <config>")
    .summary("search for the settings of a training")
    .description(
      "Draws settings at random from a declared space and trains each; few epochs first, and one trial in --keep goes " +
        "on (successive halving). Validation rows alone decide. The same command goes on after an interruption.\n\n" +
        'A space names fields of the configuration: { "training.learningRate": { "log": [1e-4, 1e-2] },\n' +
        '"network.dropout": { "uniform": [0, 0.5] }, "network.hidden": { "choice": [64, 128] } }.',
    )
    .requiredOption("--space <file>", "the space to search")
    .option("--trials <number>", "how many settings to draw", wholeNumber, 9)
    .option("--keep <number>", "one trial in so many goes on; 1 trains all to the end", wholeNumber, 3)
    .option("--least <epochs>", "epochs of the shortest trials", wholeNumber, 1)
    .option("--seed <number>", "of the draws", wholeNumber, 1)
    .option("--root <folder>", "where the data sets lie", tools.dataFolder)
    .option("--out <folder>", "where the journal and the trials go (default: runs/<id>-tune)")
    .option("--strict", "stop at the first broken row of the data, or one whose media cannot be decoded")
    .option("--json", "print JSON on a terminal too")
    .action((config: string, options: TuneCommandOptions) => runTune(config, options, tools));
}
