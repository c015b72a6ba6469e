/**
 * Measures the committed models on the test rows and writes the accuracy table.
 *
 *   npm run bench -- quality --root DATA [--only ID,ID] [--write]
 *
 * `--write` stores docs/benchmarks/quality.{json,md} and fills the README's table. Rows whose data are not below the
 * root, or whose model is not there, are named and left as they were.
 */
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { random } from "../../src/core/random.ts";
import { prepareDataset } from "../../src/data/prepare.ts";
import { evaluateOpinions, type Report, type RowPrediction } from "../../src/evaluate/evaluate.ts";
import { chanceCalibrationError, ece } from "../../src/metrics/calibration-error.ts";
import { wilson } from "../../src/metrics/wilson.ts";
import { nodeFiles } from "../../src/platform/node/files.ts";
import { askModel } from "../../src/platform/node/open-expert.ts";
import { among, TABLE_OPTIONS } from "./arguments.ts";
import { readModel } from "./model-file.ts";
import { QUALITY_ROWS, type QualityRow } from "./rows.ts";
import { writeTables } from "./tables.ts";

/** One line of the table. Over folds: mean, with the lowest and highest fold; else the 95 % interval. */
export interface QualityResult {
  readonly id: string;
  readonly metric: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly range: "95 % interval" | "over folds";
  readonly rows: number;
  readonly accuracy?: number;
  readonly uar?: number;
  readonly macroF1: number;
  /** Over all rows, those of all folds together; with several labels a row, over all pairs of a row and a label. */
  readonly ece?: number;
  /** What it would be on as many rows if every confidence were true. */
  readonly eceByChance?: number;
  readonly models: readonly { readonly path: string; readonly bytes: number; readonly sha256?: string }[];
  /** Of one model, by label: recall with its 95 % interval (Wilson), precision and F1. */
  readonly perClass?: Readonly<Record<string, ClassResult>>;
  /** Of one model with one label a row: accuracy with its 95 % interval, by field and value of the rows. */
  readonly groups?: Readonly<Record<string, Readonly<Record<string, GroupResult>>>>;
  /** At the threshold of the contract. */
  readonly abstention?: { readonly threshold: number; readonly coverage: number; readonly accuracy: number | null };
}

interface ClassResult {
  readonly recall: number;
  readonly low: number;
  readonly high: number;
  readonly precision: number;
  readonly f1: number;
  readonly rows: number;
}

interface GroupResult {
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
  readonly rows: number;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function metricOf(report: Report, metric: QualityRow["metric"]): number {
  const value = (report as unknown as Record<string, unknown>)[metric];
  if (typeof value !== "number") throw new Error(`the report has no ${metric}`);
  return value;
}

/** What the card of a model says beside the one number of the table. */
function details(report: Report): Pick<QualityResult, "perClass" | "groups" | "abstention"> {
  const perClass = Object.entries(report.perClass).map(([label, { precision, recall, f1, support }]) => {
    const { low, high } = support === 0 ? { low: 0, high: 1 } : wilson(recall * support, support);
    return [label, { recall, low, high, precision, f1, rows: support }] as const;
  });
  const groups = Object.entries(report.groups ?? {}).map(
    ([field, values]) =>
      [
        field,
        Object.fromEntries(
          Object.entries(values).map(([value, { n, accuracy }]) => [
            value,
            { accuracy, ...wilson(accuracy * n, n), rows: n },
          ]),
        ),
      ] as const,
  );
  return {
    perClass: Object.fromEntries(perClass),
    ...(groups.length > 0 ? { groups: Object.fromEntries(groups) } : {}),
    ...(report.task === "single" && report.abstention !== undefined ? { abstention: report.abstention } : {}),
  };
}

/** Of a row with one label, what was named; with several, each label of its own, as the report counts them. */
export function calibrationOf(
  task: Report["task"],
  predictions: readonly RowPrediction[],
): { ece: number; eceByChance: number } {
  const stated =
    task === "single"
      ? predictions
      : predictions.flatMap(({ scores = {}, truth }) =>
          Object.entries(scores).map(([label, confidence]) => ({ confidence, right: truth.includes(label) })),
        );
  const confidences = stated.map(({ confidence }) => confidence);
  return {
    ece: ece(
      confidences,
      stated.map(({ right }) => right),
    ),
    eceByChance: chanceCalibrationError(confidences, random(1)),
  };
}

async function measure(row: QualityRow, root: string): Promise<QualityResult> {
  const files = nodeFiles();
  const reports: Report[] = [];
  const predictions: RowPrediction[] = [];
  const models: { path: string; bytes: number; sha256: string }[] = [];
  for (const [index, path] of row.models.entries()) {
    const { content, sha256, contract } = await readModel(path);
    models.push({ path, bytes: content.length, sha256 });
    const fold = row.models.length > 1 ? { fold: index + 1 } : {};
    const { manifest } = await prepareDataset(row.dataset, files, { root, ...fold });
    const test = manifest.rows.filter(
      (entry) => (row.everySplit || entry.split === "test") && (row.keep?.(entry) ?? true),
    );
    const statistics = row.statistics === undefined ? {} : { statistics: row.statistics };
    const asked = await askModel({ path, contract }, test, manifest, { threads: 2, ...statistics });
    if (asked.skipped.length > 0) process.stderr.write(`${row.id}: ${asked.skipped.length} rows skipped\n`);
    const resamples = row.models.length > 1 ? 0 : 1000;
    const { report, predictions: own } = evaluateOpinions(asked, manifest, contract, {
      resamples,
      groupBy: row.groupBy,
    });
    reports.push(report);
    predictions.push(...own);
  }
  const values = reports.map((report) => metricOf(report, row.metric));
  const [first] = reports as [Report];
  const interval = (first.intervals as Record<string, { low: number; high: number } | null>)[row.metric];
  const overFolds = reports.length > 1;
  const average = (metric: QualityRow["metric"]): number => mean(reports.map((report) => metricOf(report, metric)));
  return {
    id: row.id,
    metric: row.metric,
    value: mean(values),
    low: overFolds ? Math.min(...values) : (interval?.low ?? Number.NaN),
    high: overFolds ? Math.max(...values) : (interval?.high ?? Number.NaN),
    range: overFolds ? "over folds" : "95 % interval",
    rows: reports.reduce((sum, { n }) => sum + n, 0),
    macroF1: average("macroF1"),
    ...(first.task === "single"
      ? {
          accuracy: average("accuracy"),
          uar: average("uar"),
        }
      : {}),
    ...calibrationOf(first.task, predictions),
    models,
    ...(overFolds ? {} : details(first)),
  };
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: TABLE_OPTIONS });
  const wanted = among(values.only);
  const results: QualityResult[] = [];
  for (const row of QUALITY_ROWS) {
    if (!wanted(row.id)) continue;
    try {
      const result = await measure(row, values.root);
      results.push(result);
      const { value, low, high, rows } = result;
      console.log(
        `${row.id}: ${row.metric} ${value.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)}), ${rows} rows`,
      );
    } catch (error) {
      console.log(`${row.id}: left out: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (values.write) await writeTables(results, { readFile: (path) => readFile(path, "utf8"), writeFile });
}
