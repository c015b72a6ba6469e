/** `affekt data`: prepare the data sets it knows, list them, and check any manifest. */
import { join } from "node:path";
import { type Command, Option } from "commander";
import { AffektError } from "../../core/errors.ts";
import type { Problem } from "../../data/row.ts";
import { positiveInteger } from "../arguments.ts";
import { startProgress } from "../progress.ts";
import { noteProblems } from "../render/problems.ts";
import { renderTable } from "../render/table.ts";
import type { Tools } from "../tools.ts";

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

export async function runPrepare(name: string, options: PrepareOptions, tools: Tools): Promise<void> {
  const { prepareDataset, writeManifest } = await import("../../data/prepare.ts");
  const { terminal, files } = tools;
  const { manifest, report } = await prepareDataset(name, files, options);
  await noteProblems(report.problems, terminal);
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

/**
 * Everything that is wrong with a manifest: rows that cannot be read, media that are missing or changed, subjects and
 * texts that stand in more than one split.
 *
 * @throws AffektError `manifest` if anything is wrong and `strict` is set, after all of it was told; or if no row is
 *   usable
 */
export async function runCheck(path: string, options: CheckOptions, tools: Tools): Promise<void> {
  const { terminal, files } = tools;
  const [{ readManifest }, { checkMedia }, { findLeaks, leakProblems }] = await Promise.all([
    import("../../data/read.ts"),
    import("../../data/checksums.ts"),
    import("../../data/leak.ts"),
  ]);
  const { manifest, problems: broken, lines } = await readManifest(files, path);
  const { rows, header } = manifest;
  const progress = startProgress(terminal, "checked", rows.length);
  const media = await checkMedia(files, manifest, { lines, file: path, onProgress: (done) => progress.update(done) });
  progress.end();
  const leaks = leakProblems(findLeaks(rows, { kinds: ["subject", "text"] }), lines, path);
  const problems = [...broken, ...media, ...leaks].sort((a, b) => a.line - b.line);
  await noteProblems(problems, terminal);
  if (options.json || !terminal.interactive) {
    terminal.print(JSON.stringify({ name: header.name, rows: rows.length, problems }, null, 2));
  } else {
    const sums = counts(tally(problems));
    terminal.print(`${header.name}: ${rows.length} rows are usable, ${problems.length} problems (${sums})`);
  }
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
    .description(
      "Reads a manifest (JSONL, CSV, TSV, or a folder of class folders) and reports, with line and reason, every broken\n" +
        "row, every medium that is missing or changed, and every subject or text that stands in more than one split.",
    )
    .option("--strict", "make a problem an error")
    .option("--json", "print JSON on a terminal too")
    .action((path: string, options: CheckOptions) => runCheck(path, options, tools));
  data
    .command("list")
    .description("Lists the data sets that can be prepared.")
    .option("--json", "print JSON on a terminal too")
    .action((options: { json?: boolean }) => runDataList(options, tools));
}
