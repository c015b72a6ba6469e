/** An evaluation as tables. */
import { MODALITIES } from "../../core/modality.ts";
import type { SubsetRow } from "../../evaluate/analysis/subsets.ts";
import type { ColumnScores } from "../../evaluate/column-scores.ts";
import type { Report } from "../../evaluate/evaluate.ts";
import type { MeanWeights, ModalityWeights } from "../../evaluate/modality-weights.ts";
import type { Interval } from "../../metrics/bootstrap.ts";
import type { Terminal } from "../terminal.ts";
import { renderTable } from "./table.ts";

const MAIN = ["accuracy", "uar", "macroF1", "weightedF1", "ece"] as const;

const number = (value: number | null | undefined): string => (typeof value === "number" ? value.toFixed(4) : "–");

const rangeText = (interval: Interval | null | undefined): string =>
  interval ? `${number(interval.low)} to ${number(interval.high)}` : "";

function mainRows(report: Report): string[][] {
  return MAIN.flatMap((name) => {
    if (!(name in report)) return [];
    const value = (report as Partial<Record<typeof name, number>>)[name];
    return [[name, number(value), rangeText(report.intervals[name])]];
  });
}

function confusionRows({ labels, counts }: { labels: readonly string[]; counts: readonly (readonly number[])[] }) {
  return renderTable(
    ["truth ↓  said →", ...labels],
    counts.map((row, index) => [labels[index] ?? "", ...row.map(String)]),
    labels.map((_, index) => index + 1),
  );
}

/** Of which split the rows are, or how many are of each; nothing where none has a split. */
function splitText({ split, splits = {} }: Report): string {
  if (split !== undefined && split !== "all") return ` (${split} rows)`;
  const counts = Object.entries(splits).map(([name, n]) => `${n} ${name}`);
  return counts.length === 0 ? "" : ` (${counts.join(", ")})`;
}

/** Mean share of each modality, by label and over all rows. */
function weightRows({ perLabel, ...all }: ModalityWeights): string {
  const modalities = MODALITIES.filter((modality) => all.weights[modality] !== undefined);
  const row = (name: string, { n, weights }: MeanWeights): string[] => [
    name,
    String(n),
    ...modalities.map((modality) => number(weights[modality])),
  ];
  const rows = [...Object.entries(perLabel).map(([label, own]) => row(label, own)), row("all", all)];
  return renderTable(
    ["mean weight", "rows", ...modalities],
    rows,
    ["rows", ...modalities].map((_, at) => at + 1),
  );
}

/** Each metric of each further column, on the rows that have it. */
function columnRows(columns: ColumnScores): string {
  const rows = Object.entries(columns).flatMap(([field, score]) => {
    const values =
      score.kind === "number"
        ? { ccc: score.ccc, pearson: score.pearson, mae: score.mae }
        : { accuracy: score.accuracy, uar: score.uar, macroF1: score.macroF1 };
    return Object.entries(values).map(([name, value]) => [
      field,
      name,
      number(value),
      rangeText(score.intervals[name]),
      `${score.n} of ${score.n + score.without}`,
    ]);
  });
  return renderTable(["column", "", "", "95 % interval", "rows"], rows, [2, 4]);
}

export function renderReport(report: Report, screen: Pick<Terminal, "paint">): string {
  const { skipped, notes, manifest } = report;
  const parts = [
    `${screen.paint("bold", report.model)} on ${manifest.name} ${manifest.version}: ${report.n} rows${splitText(report)}, ${skipped.n} skipped`,
    renderTable(
      ["", "", "95 % interval"],
      [...mainRows(report), ["rocAuc (macro)", number(report.rocAuc.macro), ""]],
      [1],
    ),
    renderTable(
      ["label", "precision", "recall", "F1", "rows"],
      Object.entries(report.perClass).map(([label, { precision, recall, f1, support }]) => [
        label,
        number(precision),
        number(recall),
        number(f1),
        String(support),
      ]),
      [1, 2, 3, 4],
    ),
  ];
  if (report.task === "single") parts.push(confusionRows(report.confusion));
  for (const [field, groups] of Object.entries(report.groups ?? {})) {
    parts.push(
      renderTable(
        [field, "rows", "accuracy", "uar", "macroF1"],
        Object.entries(groups).map(([value, { n, accuracy, uar, macroF1 }]) => [
          value,
          String(n),
          number(accuracy),
          number(uar),
          number(macroF1),
        ]),
        [1, 2, 3, 4],
      ),
    );
  }
  if (report.weights !== undefined) parts.push(weightRows(report.weights));
  if (report.columns !== undefined) parts.push(columnRows(report.columns));
  const codes = Object.entries(skipped.byCode).map(([code, count]) => `${code} ${count}`);
  if (codes.length > 0) parts.push(`skipped: ${codes.join(", ")}`);
  if (notes.length > 0) parts.push(notes.join("\n"));
  return parts.join("\n\n");
}

/** Each subset of the modalities, on the rows that all of them answered. */
export function renderSubsets(subsets: readonly SubsetRow[]): string {
  const rows = subsets.map((row) => {
    const name = row.modalities.join(" + ");
    if ("reason" in row) return [name, "0", "–", "–", "–", row.reason];
    const { n, accuracy, uar, macroF1, interval } = row.shared ?? row.answered;
    const range = `${number(interval.low)} to ${number(interval.high)}`;
    return [name, `${n} of ${row.answered.n}`, number(accuracy), number(uar), number(macroF1), range];
  });
  return renderTable(["inputs", "rows", "accuracy", "uar", "macroF1", "95 % interval of accuracy"], rows, [1, 2, 3, 4]);
}
