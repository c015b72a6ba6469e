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
import { addCompose } from "./compose.ts";
import { addDataCopies } from "./data-copies.ts";
import { addEmbed } from "./embed.ts";

export interface PrepareOptions {
  /** Folder that holds the data sets, or this one. */
  readonly root: string;
  /** Folder for the manifest. */
  readonly out: string;
  readonly fold?: number;
  /** With the SHA-256 of every medium. */
  readonly checksums?: boolean;
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
  const [{ prepareDataset, writeManifest }, { withChecksums }] = await Promise.all([
    import("../../data/prepare.ts"),
    import("../../data/checksums.ts"),
  ]);
  const { terminal, files } = tools;
  const { manifest, report } = await prepareDataset(name, files, options);
  await noteProblems(report.problems, terminal);
  const path = join(options.out, `${manifest.header.name}.jsonl`).replaceAll("\\", "/");
  const written = await writeManifest(files, path, options.checksums ? await withChecksums(files, manifest) : manifest);
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
 * Everything that is wrong with a manifest: rows that cannot be read, media that are missing or changed, subjects, texts
 * and media that stand in more than one split.
 *
 * @throws AffektError `manifest` if anything is wrong and `strict` is set, after all of it was told; or if no row is
 *   usable
 */
export async function runCheck(path: string, options: CheckOptions, tools: Tools): Promise<void> {
  const { terminal, files } = tools;
  const { checkManifest } = await import("../../data/check.ts");
  const progress = startProgress(terminal, "checked");
  const report = await checkManifest(files, path, { onProgress: (rows) => progress.update(rows) });
  progress.end();
  const { header, rows, problems, counts: sums } = report;
  await noteProblems(problems, terminal);
  const total = Object.values(sums).reduce((sum, count) => sum + count, 0);
  if (options.json || !terminal.interactive) {
    const more = total > problems.length ? { problemsNotListed: total - problems.length } : {};
    terminal.print(JSON.stringify({ name: header.name, rows, counts: sums, problems, ...more }, null, 2));
  } else {
    terminal.print(`${header.name}: ${rows} rows are usable, ${total} problems (${counts(sums)})`);
  }
  if (options.strict === true && total > 0) {
    throw new AffektError("manifest", `${path} has ${total} problems.`, "Mend the rows listed above.");
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
  const data = program.command("data").summary("prepare, check, split and convert labelled data");
  data
    .command("prepare <name>")
    .description("Turns the files of a known data set into a manifest: checked, cleaned, split by subject.")
    .option("--root <folder>", "where the data sets lie", tools.dataFolder)
    .requiredOption("--out <folder>", "where the manifest goes")
    .addOption(
      new Option("--fold <number>", "test fold, for data sets with a fold protocol").argParser(positiveInteger),
    )
    .option("--checksums", "add the SHA-256 of every medium, which `affekt data check` compares")
    .option("--strict", "stop at the first broken row")
    .option("--json", "print JSON on a terminal too")
    .action((name: string, options: PrepareOptions) => runPrepare(name, options, tools));
  data
    .command("check <manifest>")
    .description(
      "Reads a manifest (JSONL, CSV, TSV, Parquet, or a folder of class folders) row by row, of any length, and reports, " +
        "with line and reason, every broken row, every medium that is missing or changed, and every subject, text or " +
        "medium that stands in more than one split.",
    )
    .option("--strict", "make a problem an error")
    .option("--json", "print JSON on a terminal too")
    .action((path: string, options: CheckOptions) => runCheck(path, options, tools));
  addDataCopies(data, tools);
  addCompose(data, tools);
  addEmbed(data, tools);
  data
    .command("list")
    .description("Lists the data sets that can be prepared.")
    .option("--json", "print JSON on a terminal too")
    .action((options: { json?: boolean }) => runDataList(options, tools));
}
