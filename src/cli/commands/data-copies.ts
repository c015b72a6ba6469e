/** `affekt data split` and `affekt data convert`: copies of a manifest, row by row, so that its length does not matter. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { CopyOptions, CopyReport } from "../../data/copy.ts";
import { type Problem, SPLITS, type Split } from "../../data/row.ts";
import { nonNegativeInteger } from "../arguments.ts";
import { startProgress } from "../progress.ts";
import { noteProblems } from "../render/problems.ts";
import type { Tools } from "../tools.ts";

/** Problems that are written out; the rest is counted. */
const SHOWN = 20;

interface CopyCommandOptions {
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** Runs a copy with a progress line, then tells what was left out and what was written. */
async function tellCopy<R extends CopyReport>(
  { strict, json }: CopyCommandOptions,
  { terminal }: Tools,
  copy: (options: CopyOptions) => Promise<R>,
  detail: (report: R) => string,
): Promise<void> {
  const problems: Problem[] = [];
  const progress = startProgress(terminal, "rows");
  const report = await copy({
    strict: strict === true,
    onProgress: (rows) => progress.update(rows),
    onProblem: (problem) => void (problems.length < SHOWN && problems.push(problem)),
  }).finally(() => progress.end());
  await noteProblems(problems, terminal, SHOWN);
  if (report.leftOut > problems.length) terminal.note(`… ${report.leftOut - problems.length} more\n`);
  if (json || !terminal.interactive) {
    terminal.print(JSON.stringify(report, null, 2));
    return;
  }
  const missing = report.leftOut > 0 ? `, ${report.leftOut} left out` : "";
  terminal.print(`${report.rows} rows in ${report.path}${missing}${detail(report)}`);
}

export async function runConvert(from: string, to: string, options: CopyCommandOptions, tools: Tools): Promise<void> {
  const { convertManifest } = await import("../../data/copy.ts");
  await tellCopy(
    options,
    tools,
    (copy) => convertManifest(tools.files, from, to, copy),
    () => "",
  );
}

export interface SplitCommandOptions extends CopyCommandOptions {
  readonly out: string;
  readonly shares?: Readonly<Record<Split, number>>;
  readonly seed?: number;
}

export async function runSplit(from: string, options: SplitCommandOptions, tools: Tools): Promise<void> {
  const { splitManifest } = await import("../../data/copy.ts");
  const { out, shares, seed } = options;
  const how = { ...(shares === undefined ? {} : { shares }), ...(seed === undefined ? {} : { seed }) };
  await tellCopy(
    options,
    tools,
    (copy) => splitManifest(tools.files, from, out, { ...copy, ...how }),
    ({ splits }) => `: ${SPLITS.map((split) => `${split} ${splits[split] ?? 0}`).join(", ")}`,
  );
}

/** `0.8,0.1,0.1` */
function parseShares(value: string): Record<Split, number> {
  const shares = value.split(",").map((share) => (share.trim() === "" ? Number.NaN : Number(share)));
  const valid = shares.length === SPLITS.length && shares.every((share) => share >= 0) && shares.some((one) => one > 0);
  if (!valid) throw new InvalidArgumentError(`Expected three shares (${SPLITS.join(", ")}), such as 0.8,0.1,0.1.`);
  const [train = 0, validation = 0, test = 0] = shares;
  return { train, validation, test };
}

export function addDataCopies(data: Command, tools: Tools): void {
  data
    .command("split <manifest>")
    .description("Writes a copy with new splits: no subject stands in two, classes keep their proportions.")
    .requiredOption("--out <file>", "where the copy goes: a .jsonl or .parquet file")
    .addOption(new Option("--shares <train,validation,test>", "default 0.8,0.1,0.1").argParser(parseShares))
    .addOption(new Option("--seed <number>", "another seed, another split; default 0").argParser(nonNegativeInteger))
    .option("--strict", "stop at the first broken row")
    .option("--json", "print JSON on a terminal too")
    .action((from: string, options: SplitCommandOptions) => runSplit(from, options, tools));
  data
    .command("convert <from> <to>")
    .description(
      "Writes a manifest (JSONL, CSV, TSV, Parquet, or a folder of class folders) as JSONL or Parquet, by the ending of " +
        "the new path. Parquet needs the optional package @duckdb/node-api.",
    )
    .option("--strict", "stop at the first broken row")
    .option("--json", "print JSON on a terminal too")
    .action((from: string, to: string, options: CopyCommandOptions) => runConvert(from, to, options, tools));
}
