/** `affekt data`: prepare the data sets it knows, list them, and check any manifest. */
import { join } from "node:path";
import { type Command, Option } from "commander";
import { AffektError } from "../../core/errors.ts";
import type { Problem } from "../../data/row.ts";
import { positiveInteger } from "../arguments.ts";
import { renderTable } from "../render/table.ts";
import type { Tools } from "../tools.ts";

const PROBLEMS_SHOWN = 20;

export interface PrepareOptions {
  /** Folder that holds the data sets, or this one. */
  readonly root: string;
  /** Folder for the manifest. */
  readonly out: string;
  readonly fold?: number;
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** Counts by their key, largest first: `joy 120, fear 7`. */
function counts(record: Readonly<Record<string, number | undefined>>): string {
  const entries = Object.entries(record).sort(([, a = 0], [, b = 0]) => b - a);
  return entries.length === 0 ? "none" : entries.map(([name, count]) => `${name} ${count}`).join(", ");
}

/** How many problems of each code. */
function tally(problems: readonly Problem[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { code } of problems) sums[code] = (sums[code] ?? 0) + 1;
  return sums;
}

async function noteProblems(problems: readonly Problem[], tools: Tools): Promise<void> {
  const { problemText } = await import("../../data/manifest.ts");
  const broken = problems.filter(({ code }) => code !== "dropped");
  for (const problem of broken.slice(0, PROBLEMS_SHOWN)) tools.terminal.note(`${problemText(problem)}\n`);
  if (broken.length > PROBLEMS_SHOWN) tools.terminal.note(`… ${broken.length - PROBLEMS_SHOWN} more\n`);
}

export async function runPrepare(name: string, options: PrepareOptions, tools: Tools): Promise<void> {
  const { prepareDataset, writeManifest } = await import("../../data/prepare.ts");
  const { terminal, files } = tools;
  const { manifest, report } = await prepareDataset(name, files, options);
  await noteProblems(report.problems, tools);
  const path = join(options.out, `${manifest.header.name}.jsonl`).replaceAll("\\", "/");
  const written = await writeManifest(files, path, manifest);
  if (options.json || !terminal.interactive) {
    const { problems, ...rest } = report;
    terminal.print(JSON.stringify({ ...rest, leftOut: tally(problems), path, sha256: written.header.sha256 }, null, 2));
    return;
  }
  terminal.print(
    [
      `${terminal.paint("bold", report.name)}: ${report.rows} rows in ${path}`,
      `  splits    ${counts(report.splits)}`,
      `  labels    ${counts(report.labels)}`,
      `  left out  ${counts(tally(report.problems))}`,
      `  licence   ${manifest.header.licence} (${manifest.header.terms})`,
    ].join("\n"),
  );
}

export interface CheckOptions {
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** Rows whose media are not where the manifest says. */
async function missingMedia(
  path: string,
  tools: Tools,
  strict: boolean,
): Promise<{ rows: number; name: string; problems: Problem[] }> {
  const { mediaPath, readManifest } = await import("../../data/read.ts");
  const { manifest, problems } = await readManifest(tools.files, path, { strict });
  const seen = new Map<string, boolean>();
  let line = 0;
  for (const row of manifest.rows) {
    line++;
    for (const field of ["image", "audio", "video"] as const) {
      const file = mediaPath(manifest, row, field)?.replace(/#.*$/u, "");
      if (file === undefined) continue;
      if (!seen.has(file)) seen.set(file, await tools.files.exists(file));
      if (seen.get(file) === true) continue;
      problems.push({
        code: "missing-file",
        line,
        file: path,
        id: row.id,
        reason: `names ${file}, which is not there`,
      });
    }
  }
  return { rows: manifest.rows.length, name: manifest.header.name, problems };
}

/** @throws AffektError `manifest` if rows are broken and `strict` is set, or if no row is usable */
export async function runCheck(path: string, options: CheckOptions, tools: Tools): Promise<void> {
  const { terminal } = tools;
  const { rows, name, problems } = await missingMedia(path, tools, options.strict === true);
  await noteProblems(problems, tools);
  if (options.json || !terminal.interactive) terminal.print(JSON.stringify({ name, rows, problems }, null, 2));
  else terminal.print(`${name}: ${rows} rows are usable, ${problems.length} problems (${counts(tally(problems))})`);
  if (options.strict === true && problems.length > 0) {
    throw new AffektError("manifest", `${path} has ${problems.length} problems.`, "Mend the rows listed above.");
  }
}

export async function runDataList(options: { readonly json?: boolean }, tools: Tools): Promise<void> {
  const { DATASETS } = await import("../../data/datasets/table.ts");
  const { terminal } = tools;
  if (options.json || !terminal.interactive) {
    const described = DATASETS.map(({ prepare: _prepare, ...facts }) => facts);
    terminal.print(JSON.stringify(described, null, 2));
    return;
  }
  const rows = DATASETS.map(({ name, modalities, languages, counts: splits, labels, terms }) => [
    name,
    modalities.join("+"),
    languages.join(" "),
    counts(splits),
    String(labels.length),
    terms,
  ]);
  terminal.print(renderTable(["data set", "modality", "language", "rows", "labels", "terms"], rows, [4]));
}

export function addData(program: Command, tools: Tools): void {
  const data = program.command("data").summary("prepare and check labelled data");
  data
    .command("prepare <name>")
    .description("Turns the files of a known data set into a manifest: checked, cleaned, split by subject.")
    .requiredOption("--root <folder>", "where the data sets lie")
    .requiredOption("--out <folder>", "where the manifest goes")
    .addOption(
      new Option("--fold <number>", "test fold, for data sets with a fold protocol").argParser(positiveInteger),
    )
    .option("--strict", "stop at the first broken row")
    .option("--json", "print JSON on a terminal too")
    .action((name: string, options: PrepareOptions) => runPrepare(name, options, tools));
  data
    .command("check <manifest>")
    .description("Reads a manifest (JSONL, CSV, TSV) and reports every broken row with its line and reason.")
    .option("--strict", "make a broken row an error")
    .option("--json", "print JSON on a terminal too")
    .action((path: string, options: CheckOptions) => runCheck(path, options, tools));
  data
    .command("list")
    .description("Lists the data sets that can be prepared.")
    .option("--json", "print JSON on a terminal too")
    .action((options: { json?: boolean }) => runDataList(options, tools));
}
