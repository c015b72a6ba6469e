/** The further columns that multi-task models answer beside their labels. */
import { MODALITY_NAMES } from "../../core/modality.ts";
import type { Interval } from "../../metrics/bootstrap.ts";
import type { CategoryScore, ColumnScores, NumberScore } from "../column-scores.ts";
import { count, decimal, percent, percentInterval } from "./format.ts";
import { both, html, type Markup, type Piece } from "./markup.ts";
import { type Cell, type Column, table } from "./table.ts";

const signed = (value: number): string => decimal(value).replace("-", "−");

function valueCell(value: number | null, interval: Interval | null | undefined): Piece {
  if (value === null) return "–";
  return html`${signed(value)}${interval && html` <span class="soft">${signed(interval.low)} – ${signed(interval.high)}</span>`}`;
}

function shareCell(value: number | null, interval: Interval | null | undefined): Piece {
  if (value === null) return "–";
  return html`${percent(value)}${interval && html` <span class="soft">${percentInterval(interval)}</span>`}`;
}

const head = (names: readonly Piece[]): Column[] => [
  { name: both("Column", "列"), kind: "id" },
  { name: both("Rows", "样本数"), kind: "number" },
  { name: both("Without it", "缺失"), kind: "number" },
  ...names.map((name) => ({ name, kind: "number" as const })),
];

/** Where it is of a recognizer, the modality whose models say it, and which these are. */
function nameCell(name: string, { field = name, modality, models = [] }: NumberScore | CategoryScore): Piece {
  if (modality === undefined) return name;
  const { en, zh } = MODALITY_NAMES[modality];
  return html`${field} <span class="soft">${both(en, zh)} · ${models.join(", ")}</span>`;
}

const numberRow = ([name, score]: readonly [string, NumberScore]): Cell[] => {
  const { n, without, intervals, ccc, pearson, mae } = score;
  return [
    nameCell(name, score),
    count(n),
    count(without),
    valueCell(ccc, intervals["ccc"]),
    valueCell(pearson, intervals["pearson"]),
    valueCell(mae, intervals["mae"]),
  ];
};

const categoryRow = ([name, score]: readonly [string, CategoryScore]): Cell[] => {
  const { n, without, intervals, accuracy, uar, macroF1 } = score;
  return [
    nameCell(name, score),
    count(n),
    count(without),
    shareCell(accuracy, intervals["accuracy"]),
    shareCell(uar, intervals["uar"]),
    shareCell(macroF1, intervals["macroF1"]),
  ];
};

export function columnsSection(columns: ColumnScores): Markup {
  const numbers: [string, NumberScore][] = [];
  const categories: [string, CategoryScore][] = [];
  for (const [name, score] of Object.entries(columns)) {
    if (score.kind === "number") numbers.push([name, score]);
    else categories.push([name, score]);
  }
  return html`<section id="columns"><h2>${both("Further columns", "其他标注列")}</h2><p>${both(
    "What the model answers beside its label, on the rows that have it, with 95 % intervals. Concordance (CCC) asks for the same value, correlation only for the same trend; the mean error is in the unit of the column.",
    "模型在标签之外给出的其他结果，只在有该列的样本上计算，附 95 % 区间。一致性相关系数（CCC）要求数值一致，相关系数只要求趋势一致；平均误差以该列的单位计。",
  )}</p>${
    numbers.length > 0 &&
    table(
      null,
      head(["CCC", both("Correlation", "相关系数"), both("Mean error", "平均绝对误差")]),
      numbers.map(numberRow),
    )
  }${
    categories.length > 0 &&
    table(null, head([both("Accuracy", "准确率"), "UAR", both("Macro F1", "宏平均 F1")]), categories.map(categoryRow))
  }</section>`;
}
