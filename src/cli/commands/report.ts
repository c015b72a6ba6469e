/** `affekt report`: an evaluation as a page that can be read, sent and printed, and the numbers behind it as JSON. */
import { type Command, Option } from "commander";
import { AffektError } from "../../core/errors.ts";
import type { EvaluationFile } from "../../evaluate/analysis/evaluation-file.ts";
import type { RowFacts } from "../../evaluate/analysis/row-facts.ts";
import { nonNegativeInteger, positiveInteger } from "../arguments.ts";
import { startProgress } from "../progress.ts";
import { toldApart } from "../told-apart.ts";
import type { Tools } from "../tools.ts";

export interface ReportOptions {
  /** The page; the JSON lies beside it. */
  readonly out: string;
  /** JSONL of what was said about each row, where the evaluation does not hold it. */
  readonly predictions?: string;
  /** Evaluation of another model on the same rows; or both, where none is named before. */
  readonly compare?: readonly string[];
  readonly comparePredictions?: string;
  /** The rows that were evaluated: gives texts, lengths and languages. */
  readonly manifest?: string;
  /** Decodes the media of the manifest for length, brightness and noise. */
  readonly measure?: boolean;
  /** False leaves what people wrote out of the page. */
  readonly text?: boolean;
  readonly language?: "en" | "zh";
  readonly resamples?: number;
  readonly seed?: number;
  /** Draws whole subjects of the manifest in the bootstrap of the comparison. */
  readonly bySubject?: boolean;
}

/** The evaluations named, one or two. @throws AffektError `usage` */
function namedEvaluations(path: string | undefined, compare: readonly string[] = []): [string, string?] {
  const named = path === undefined ? compare : [path, ...compare];
  const [first, second, ...more] = named;
  if (first === undefined || more.length > 0 || (path === undefined && second === undefined)) {
    throw new AffektError(
      "usage",
      `Expected one evaluation, or two to compare; received ${named.length}.`,
      "Try: affekt report a.json --out report.html, or: affekt report --compare a.json b.json --out report.html",
    );
  }
  return second === undefined ? [first] : [first, second];
}

async function openEvaluation(path: string, predictions: string | undefined, tools: Tools): Promise<EvaluationFile> {
  const { parseEvaluation, parsePrediction } = await import("../../evaluate/analysis/evaluation-file.ts");
  const evaluation = parseEvaluation(await tools.files.readText(path), path);
  if (predictions === undefined) return evaluation;
  const rows = [];
  let number = 0;
  for await (const line of tools.files.lines(predictions)) {
    number++;
    if (line.trim() !== "") rows.push(parsePrediction(line, `${predictions}, line ${number},`));
  }
  return { ...evaluation, predictions: rows };
}

interface Known {
  readonly facts: readonly RowFacts[];
  /** Subject of each row, by its id. */
  readonly clusterOf?: ReadonlyMap<string, string>;
}

/** What is known of the rows that were answered. */
async function whatIsKnown(evaluation: EvaluationFile, options: ReportOptions, tools: Tools): Promise<Known> {
  const { manifest: path, measure, bySubject, text: withText = true } = options;
  if (path === undefined) {
    for (const [option, given] of [["--measure", measure] as const, ["--by-subject", bySubject] as const]) {
      if (given) throw new AffektError("usage", `${option} needs --manifest.`, "Pass the rows that were evaluated.");
    }
    const facts = evaluation.facts.map(({ text, ...own }) => ({
      ...own,
      ...(text === undefined || !withText ? {} : { text }),
    }));
    return { facts };
  }
  const [{ readManifest }, { measureFacts, rowFacts }] = await Promise.all([
    import("../../data/read.ts"),
    import("../../evaluate/analysis/row-facts.ts"),
  ]);
  const { manifest } = await readManifest(tools.files, path);
  const answered = new Set(evaluation.predictions.map(({ id }) => id));
  const rows = manifest.rows.filter(({ id }) => answered.has(id));
  if (rows.length === 0 && answered.size > 0) {
    throw new AffektError(
      "data",
      `None of the rows that were evaluated stands in ${path}.`,
      `Pass the manifest that was evaluated; it is named ${evaluation.report.manifest.name}.`,
    );
  }
  if (bySubject) {
    const { checkSubjects } = await import("../../evaluate/row-groups.ts");
    checkSubjects(rows);
  }
  const clusters = bySubject
    ? { clusterOf: new Map(rows.flatMap(({ id, subject }) => (subject === undefined ? [] : [[id, subject] as const]))) }
    : {};
  if (!measure) return { facts: rows.map((row) => rowFacts(row, {}, { withText })), ...clusters };
  const [{ rowMedia }, { openDecoding }] = await Promise.all([
    import("../../evaluate/row-media.ts"),
    import("../../platform/node/decoding.ts"),
  ]);
  const progress = startProgress(tools.terminal, "measured", rows.length);
  const facts: RowFacts[] = [];
  const decoding = openDecoding(rows.length);
  try {
    for await (const own of measureFacts(rows, rowMedia(manifest, decoding.reader), { withText })) {
      progress.update(facts.push(own));
    }
  } finally {
    decoding.close();
    progress.end();
  }
  return { facts, ...clusters };
}

/** Whether the numbers of a page may stand there: nothing does, or those of an earlier page. */
async function isFree(path: string, files: Tools["files"]): Promise<boolean> {
  if (!(await files.exists(path))) return true;
  try {
    const value: unknown = JSON.parse(await files.readText(path));
    return typeof value === "object" && value !== null && "report" in value && "curves" in value && "errors" in value;
  } catch {
    return false;
  }
}

/**
 * Where the numbers of a page go: beside it, over nothing but those of an earlier page.
 *
 * @param given what the page is made of
 * @throws AffektError `usage`
 */
async function besidePage(out: string, given: readonly string[], files: Tools["files"]): Promise<string> {
  const stem = out.replace(/\.html?$/iu, "");
  const kept = new Set(given.map((path) => files.absolute(path)));
  for (const path of [`${stem}.json`, `${stem}.analysis.json`]) {
    if (!kept.has(files.absolute(path)) && (await isFree(path, files))) return path;
  }
  throw new AffektError(
    "usage",
    `The numbers of ${out} would go over ${stem}.analysis.json, which is read or does not hold those of a page.`,
    "Name another page with --out.",
  );
}

/** @throws AffektError `usage`, `input`, `file`, `data` */
export async function runReport(
  evaluationPath: string | undefined,
  options: ReportOptions,
  tools: Tools,
): Promise<void> {
  const { out, comparePredictions, language, resamples, seed } = options;
  const [path, compare] = namedEvaluations(evaluationPath, options.compare);
  if (!/\.html?$/iu.test(out)) {
    throw new AffektError("usage", `Expected --out to end in .html; received ${out}.`, "Try: --out report.html");
  }
  const [{ analyze }, { reportPage }] = await Promise.all([
    import("../../evaluate/analysis/analysis.ts"),
    import("../../evaluate/page/page.ts"),
  ]);
  const first = await openEvaluation(path, options.predictions, tools);
  const second = compare === undefined ? undefined : await openEvaluation(compare, comparePredictions, tools);
  const [evaluation, other] =
    compare === undefined || second === undefined ? [first] : toldApart(first, second, [path, compare]);
  for (const [name, one] of [
    [path, evaluation],
    [compare, other],
  ] as const) {
    if (other === undefined || one === undefined || one.predictions.length > 0) continue;
    throw new AffektError(
      "input",
      `${name} holds no predictions of rows, which a comparison needs.`,
      "Evaluate it with --out instead of --json.",
    );
  }
  const beside = await besidePage(out, compare === undefined ? [path] : [path, compare], tools.files);
  const analysis = analyze(evaluation, {
    ...(await whatIsKnown(evaluation, options, tools)),
    ...(other === undefined ? {} : { other }),
    ...(evaluation.subsets === undefined ? {} : { subsets: evaluation.subsets }),
    ...(resamples === undefined ? {} : { resamples }),
    ...(seed === undefined ? {} : { seed }),
  });
  await tools.files.write(
    out,
    reportPage(analysis, { generator: `affekt ${tools.version}`, ...(language === undefined ? {} : { language }) }),
  );
  await tools.files.write(beside, `${JSON.stringify(analysis, null, 2)}\n`);
  tools.terminal.print(
    tools.terminal.interactive ? `${out}\n${beside}` : JSON.stringify({ page: out, json: beside }, null, 2),
  );
}

export function addReport(program: Command, tools: Tools): void {
  program
    .command("report [evaluation]")
    .summary("write a page about an evaluation, alone or beside another")
    .description(
      "Writes one HTML file about an evaluation, in English and Chinese, and its numbers as JSON beside it.\n" +
        "The evaluation is what `affekt evaluate --out` writes; or what --json prints, with --predictions for curves and " +
        "mistakes.",
    )
    .requiredOption("--out <file>", "the page, such as report.html")
    .option("--predictions <file>", "what `affekt evaluate --predictions` wrote")
    .option(
      "--compare <evaluations...>",
      "another model on the same rows: a.json --compare b.json, or --compare a.json b.json",
    )
    .option("--compare-predictions <file>", "the predictions of the other model")
    .option("--manifest <file>", "the rows that were evaluated, for texts, lengths and languages")
    .option("--measure", "decode the media of the manifest for length, brightness and noise")
    .option("--no-text", "leave what people wrote out of the page")
    .addOption(new Option("--language <language>", "what the page shows first").choices(["en", "zh"]))
    .addOption(new Option("--resamples <count>", "of the comparison's bootstrap").argParser(positiveInteger))
    .addOption(new Option("--seed <number>", "of the comparison's bootstrap").argParser(nonNegativeInteger))
    .option("--by-subject", "draw whole subjects of the manifest in the comparison's bootstrap")
    .action((path: string | undefined, options: ReportOptions) => runReport(path, options, tools));
}
