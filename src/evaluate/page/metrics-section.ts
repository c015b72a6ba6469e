/** The main numbers, each class and each group of rows. */
import type { Interval } from "../../metrics/bootstrap.ts";
import { wilson } from "../../metrics/wilson.ts";
import type { Report } from "../evaluate.ts";
import { count, decimal, percent, percentInterval } from "./format.ts";
import { both, html, labelName, type Markup, type Piece } from "./markup.ts";
import { type Cell, type Column, SHARES, table } from "./table.ts";

/** Names of the metrics, by their key in a report. */
export const METRICS = {
  accuracy: both("Accuracy", "准确率"),
  uar: both("UAR", "UAR"),
  macroF1: both("Macro F1", "宏平均 F1"),
  weightedF1: both("Weighted F1", "加权 F1"),
  rocAuc: both("ROC-AUC", "ROC-AUC"),
  ece: both("Calibration error", "校准误差"),
} as const;

export const metricName = (key: string): Piece => (key in METRICS ? METRICS[key as keyof typeof METRICS] : key);

/** Share of the most frequent class: what a model reaches that always says the same. */
export function majorityShare(report: Report): number {
  const supports = Object.values(report.perClass).map(({ support }) => support);
  return Math.max(...supports) / report.n;
}

function valuesOf(report: Report): readonly (readonly [keyof typeof METRICS, number | null])[] {
  return [
    ["accuracy", report.accuracy],
    ["uar", report.uar],
    ["macroF1", report.macroF1],
    ["weightedF1", report.weightedF1],
    ["rocAuc", report.rocAuc.macro],
    ["ece", report.ece],
  ];
}

const intervalText = (interval: Interval | null | undefined): string =>
  interval === null || interval === undefined ? "–" : percentInterval(interval);

const valueText = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : percent(value);

/** Which mark, and in a chart which line, belongs to which of two models. */
export function markOf(which: "first" | "second"): Markup {
  return which === "first"
    ? html`<svg viewBox="0 0 32 12" aria-hidden="true"><path class="line" d="M0 6H32"/><circle class="dot" cx="16" cy="6" r="4.5"/></svg>`
    : html`<svg viewBox="0 0 32 12" aria-hidden="true"><path class="line other" d="M0 6H32"/><rect class="dot other" x="12.5" y="2.5" width="7" height="7"/></svg>`;
}

/** The four numbers that are read first, of one model or of two. */
export function headline(report: Report, other?: Report): Markup {
  const cards = valuesOf(report).filter(([key]) => key !== "weightedF1" && key !== "rocAuc");
  const beside = new Map(other === undefined ? [] : valuesOf(other));
  const number = (own: Report, key: keyof typeof METRICS, value: number | null | undefined, mark: Piece): Markup => {
    const interval = own.intervals[key];
    return html`<dd>${mark}${valueText(value)}</dd>${interval && html`<dd class="soft">${percentInterval(interval)}</dd>`}`;
  };
  return html`<dl class="facts">${cards.map(
    ([key, value]) =>
      html`<div><dt>${METRICS[key]}</dt>${number(report, key, value, other && markOf("first"))}${
        other && number(other, key, beside.get(key), markOf("second"))
      }</div>`,
  )}</dl>`;
}

/** Heads a column with a model, where there are two. */
const named = ({ model }: Report, name: Piece): Markup => html`${name} <span class="id">${model}</span>`;

export function metricsSection(report: Report, other?: Report): Markup {
  const beside = new Map(other === undefined ? [] : valuesOf(other));
  const rows = valuesOf(report).map(([key, value]): Cell[] => [
    METRICS[key],
    valueText(value),
    intervalText(report.intervals[key]),
    ...(other === undefined ? [] : [valueText(beside.get(key)), intervalText(other.intervals[key])]),
    value === null
      ? null
      : {
          value,
          interval: report.intervals[key],
          other: beside.get(key) ?? undefined,
          ...(key === "accuracy" && report.task === "single" ? { mark: majorityShare(report) } : {}),
        },
  ]);
  return html`<section id="metrics"><h2>${both("Numbers", "指标")}</h2>${table(
    both(
      "Intervals are 95 %, from a bootstrap over the rows. The line marks the accuracy of always saying the most frequent label.",
      "区间为 95 %，由对样本行的自助抽样得到。竖线标出始终回答最常见标签时的准确率。",
    ),
    [
      { name: both("Metric", "指标") },
      { name: other === undefined ? both("Value", "数值") : named(report, null), kind: "number" },
      { name: both("95 % interval", "95 % 区间"), kind: "number" },
      ...(other === undefined
        ? []
        : [
            { name: named(other, null), kind: "number" as const },
            { name: both("95 % interval", "95 % 区间"), kind: "number" as const },
          ]),
      { name: "", scale: SHARES },
    ],
    rows,
  )}</section>`;
}

export function classSection(report: Report): Markup {
  const rows = report.labels.map((label): Cell[] => {
    const score = report.perClass[label];
    const area = report.rocAuc.perClass[label] ?? null;
    if (score === undefined) return [labelName(label)];
    const { precision, recall, f1, support } = score;
    return [
      labelName(label),
      count(support),
      percent(precision),
      percent(recall),
      percent(f1),
      area === null ? "–" : decimal(area),
      support === 0 ? null : { value: recall, interval: wilson(Math.round(recall * support), support) },
    ];
  });
  return html`<section id="classes"><h2>${both("Each label", "各标签")}</h2>${table(
    both(
      "Recall: found among the rows that have the label (drawn, with its 95 % interval by Wilson). Precision: right among the rows called so.",
      "召回率：该标签的样本中被找出的比例（图示，附 Wilson 95 % 区间）。精确率：被判为该标签的样本中判对的比例。",
    ),
    [
      { name: both("Label", "标签") },
      { name: both("Rows", "样本数"), kind: "number" },
      { name: both("Precision", "精确率"), kind: "number" },
      { name: both("Recall", "召回率"), kind: "number" },
      { name: "F1", kind: "number" },
      { name: "AUC", kind: "number" },
      { name: both("Recall", "召回率"), scale: SHARES },
    ],
    rows,
  )}</section>`;
}

const FIELDS: Readonly<Record<string, Markup>> = {
  language: both("Language", "语言"),
  subject: both("Subject", "被试"),
  sex: both("Sex", "性别"),
};

/** Nothing if the evaluation was not grouped. */
export function groupSection(report: Report, other?: Report): Markup | null {
  if (report.groups === undefined) return null;
  const second = other?.groups === undefined ? undefined : other;
  const columns = (field: string): Column[] => [
    { name: FIELDS[field] ?? field, kind: "id" },
    { name: both("Rows", "样本数"), kind: "number" },
    { name: second === undefined ? METRICS.accuracy : named(report, METRICS.accuracy), kind: "number" },
    { name: "UAR", kind: "number" },
    { name: METRICS.macroF1, kind: "number" },
    ...(second === undefined
      ? []
      : [
          { name: named(second, METRICS.accuracy), kind: "number" as const },
          { name: "UAR", kind: "number" as const },
          { name: METRICS.macroF1, kind: "number" as const },
        ]),
    { name: "", scale: { ...SHARES, mark: report.accuracy } },
  ];
  return html`<section id="groups"><h2>${both("Groups of rows", "分组结果")}</h2><p>${both(
    "Accuracy of each group with its 95 % interval (Wilson); the line marks all rows. Labels are not equally frequent in all groups, so a difference is a reason to look, not yet a proof of unfairness.",
    "每组的准确率及其 95 % 区间（Wilson）；竖线为全部样本。各组的标签分布不同，差异只说明值得查看，不等于证明不公平。",
  )}</p>${Object.entries(report.groups).map(([field, groups]) =>
    table(
      null,
      columns(field),
      Object.entries(groups).map(([value, { n, accuracy, uar, macroF1 }]): Cell[] => {
        const its = second?.groups?.[field]?.[value];
        return [
          value,
          count(n),
          percent(accuracy),
          percent(uar),
          percent(macroF1),
          ...(second === undefined ? [] : [its?.accuracy, its?.uar, its?.macroF1].map(valueText)),
          { value: accuracy, interval: wilson(Math.round(accuracy * n), n), other: its?.accuracy },
        ];
      }),
    ),
  )}</section>`;
}
