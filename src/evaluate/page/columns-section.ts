/** The further columns that multi-task models answer beside their labels, of one model or of two. */
import { MODALITY_NAMES } from "../../core/modality.ts";
import type { Interval } from "../../metrics/bootstrap.ts";
import type { ColumnComparison } from "../analysis/compare-columns.ts";
import { COLUMN_METRICS, type ColumnKind } from "../column-metrics.ts";
import type { CategoryScore, ColumnScores, NumberScore } from "../column-scores.ts";
import type { Report } from "../evaluate.ts";
import { count, decimal, percent, percentInterval, points } from "./format.ts";
import { both, html, type Markup, type Piece } from "./markup.ts";
import { METRICS } from "./metrics-section.ts";
import { type Cell, type Column, table } from "./table.ts";

type Of = Pick<Report, "model" | "columns">;
type Score = ColumnScores[string];

/** A column as one of the models answered it. */
interface Told {
  readonly name: string;
  readonly score: Score;
  readonly model: string;
}

const NAMES: Readonly<Record<string, Piece>> = {
  ...METRICS,
  ccc: "CCC",
  pearson: both("Correlation", "相关系数"),
  mae: both("Mean error", "平均绝对误差"),
};

const signed = (value: number): string => decimal(value).replace("-", "−");

const VALUE: Readonly<Record<ColumnKind, (value: number) => string>> = { number: signed, category: percent };
const INTERVAL: Readonly<Record<ColumnKind, (interval: Interval) => string>> = {
  number: ({ low, high }) => `${signed(low)} – ${signed(high)}`,
  category: percentInterval,
};
/** With its sign: in the unit of the metric, or in points. */
const DIFFERENCE: Readonly<Record<ColumnKind, (value: number) => string>> = {
  number: (value) => {
    const text = decimal(Math.abs(value));
    return `${Number(text) === 0 ? "±" : value < 0 ? "−" : "+"}${text}`;
  },
  category: points,
};

const numberColumn = (name: Piece): Column => ({ name, kind: "number" });

/** Where it is of a recognizer, the modality whose models say it, and which these are. */
function nameCell(name: string, { field = name, modality, models = [] }: Score): Piece {
  if (modality === undefined) return name;
  const { en, zh } = MODALITY_NAMES[modality];
  return html`${field} <span class="soft">${both(en, zh)} · ${models.join(", ")}</span>`;
}

function valueCells({ kind, intervals, ...own }: NumberScore | CategoryScore): Piece[] {
  const values: Readonly<Record<string, unknown>> = own;
  return COLUMN_METRICS[kind].map((metric) => {
    const [value, interval] = [values[metric], intervals[metric]];
    if (typeof value !== "number") return "–";
    return html`${VALUE[kind](value)}${interval && html` <span class="soft">${INTERVAL[kind](interval)}</span>`}`;
  });
}

/** Those of a kind, and beside what the first answers what the second answers of the same name. */
function toldOf(kind: ColumnKind, first: Of, second?: Of): Told[] {
  const of = ({ model, columns = {} }: Of, names: readonly string[]): Told[] =>
    names.flatMap((name) => {
      const score = columns[name];
      return score?.kind === kind ? [{ name, score, model }] : [];
    });
  const [own, others] = [first, second].map((one) => Object.keys(one?.columns ?? {})) as [string[], string[]];
  return [...new Set([...own, ...others])].flatMap((name) => [
    ...of(first, [name]),
    ...(second === undefined ? [] : of(second, [name])),
  ]);
}

function scoresTable(kind: ColumnKind, first: Of, second?: Of): Markup | null {
  const told = toldOf(kind, first, second);
  if (told.length === 0) return null;
  return table(
    null,
    [
      { name: both("Column", "列"), kind: "id" },
      ...(second === undefined ? [] : [{ name: both("Model", "模型"), kind: "id" as const }]),
      numberColumn(both("Rows", "样本数")),
      numberColumn(both("Without it", "缺失")),
      ...COLUMN_METRICS[kind].map((metric) => numberColumn(NAMES[metric])),
    ],
    told.map(({ name, score, model }): Cell[] => [
      nameCell(name, score),
      ...(second === undefined ? [] : [model]),
      count(score.n),
      count(score.without),
      ...valueCells(score),
    ]),
  );
}

const shown = (value: number | null, write: (value: number) => string): string => (value === null ? "–" : write(value));

/** Paired differences of the columns that both answered; nothing where they answered none of the same rows. */
function differencesTable(comparisons: readonly ColumnComparison[], first: Of, second: Of): Markup | null {
  const rows = comparisons.flatMap(({ kind, n, metrics, first: name, second: otherName }) =>
    Object.entries(metrics).map(([metric, { first: before, second: after, difference, interval }]): Cell[] => [
      name === otherName ? name : `${name} · ${otherName}`,
      NAMES[metric],
      count(n),
      shown(before, VALUE[kind]),
      shown(after, VALUE[kind]),
      shown(difference, DIFFERENCE[kind]),
      interval === null ? "–" : `${DIFFERENCE[kind](interval.low)} … ${DIFFERENCE[kind](interval.high)}`,
    ]),
  );
  if (rows.length === 0) return null;
  return table(
    both(
      "Difference: second minus first on the rows that both answered, 95 % by a paired bootstrap; shares in points, numbers as they are. An interval that does not hold 0 is more than chance. Of the mean error, lower is better.",
      "差值：在两者都回答的样本上，第二个减第一个，95 % 区间由配对自助法得到；比例以百分点计，数值按原样。区间不含 0 即超出偶然。平均绝对误差越低越好。",
    ),
    [
      { name: both("Column", "列"), kind: "id" },
      { name: both("Metric", "指标") },
      numberColumn(both("Rows", "样本数")),
      numberColumn(html`<span class="id">${first.model}</span>`),
      numberColumn(html`<span class="id">${second.model}</span>`),
      numberColumn(both("Difference", "差值")),
      numberColumn(both("95 % interval", "95 % 区间")),
    ],
    rows,
  );
}

/** Nothing where no model answers such columns. */
export function columnsSection(first: Of, second?: Of, comparisons: readonly ColumnComparison[] = []): Markup | null {
  if (first.columns === undefined && second?.columns === undefined) return null;
  return html`<section id="columns"><h2>${both("Further columns", "其他标注列")}</h2><p>${both(
    "What the model answers beside its label, on the rows that have it, with 95 % intervals. Concordance (CCC) asks for the same value, correlation only for the same trend; the mean error is in the unit of the column.",
    "模型在标签之外给出的其他结果，只在有该列的样本上计算，附 95 % 区间。一致性相关系数（CCC）要求数值一致，相关系数只要求趋势一致；平均误差以该列的单位计。",
  )}</p>${scoresTable("number", first, second)}${scoresTable("category", first, second)}${
    second && differencesTable(comparisons, first, second)
  }</section>`;
}
