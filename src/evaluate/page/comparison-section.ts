/** Two models on the same rows. */
import type { Comparison } from "../analysis/compare.ts";
import { mistakeTable } from "./errors-section.ts";
import { count, percent, points, probability } from "./format.ts";
import { both, html, labelName, type Markup, type Piece } from "./markup.ts";
import { markOf, metricName } from "./metrics-section.ts";
import { type Cell, folded, SHARES, table } from "./table.ts";

/** Which is better, in a sentence, with what chance could do. */
function verdict({ first, second, metrics }: Comparison): Piece {
  const { accuracy } = metrics;
  if (accuracy?.interval === undefined || accuracy.interval === null) return null;
  const { difference, interval } = accuracy;
  const bounds = `${points(interval.low)} … ${points(interval.high)}`;
  if (interval.low <= 0 && interval.high >= 0) {
    return both(
      html`On these rows the two cannot be told apart: accuracy differs by ${points(difference)} points (95 %: ${bounds}).`,
      html`在这些样本上两者无法区分：准确率相差 ${points(difference)} 个百分点（95 %：${bounds}）。`,
    );
  }
  const better = difference > 0 ? second : first;
  return both(
    html`<b>${better}</b> is right more often, by more than chance: accuracy differs by ${points(difference)} points (95 %: ${bounds}).`,
    html`<b>${better}</b> 更常判对，且差异超出偶然：准确率相差 ${points(difference)} 个百分点（95 %：${bounds}）。`,
  );
}

/** A scale around nothing that holds every interval. */
function differenceScale({ metrics }: Comparison): number {
  const ends = Object.values(metrics).flatMap(({ difference, interval }) => [
    difference,
    interval?.low ?? 0,
    interval?.high ?? 0,
  ]);
  const most = Math.max(...ends.map(Math.abs));
  return [0.01, 0.02, 0.05, 0.1, 0.2, 0.5].find((end) => most <= end) ?? 1;
}

/** Which line and which mark belongs to which model. */
export function legend({ first, second }: Pick<Comparison, "first" | "second">): Markup {
  return html`<ul class="legend"><li>${markOf("first")}${first}</li><li>${markOf("second")}${second}</li></ul>`;
}

export function comparisonSection(comparison: Comparison): Markup {
  const { first, second, n, leftOut, metrics, recall, agreement, mcnemar, gained, lost } = comparison;
  const end = differenceScale(comparison);
  const left = leftOut.onlyFirst + leftOut.onlySecond + leftOut.otherTruth;
  const models: readonly [Piece, Piece] = [
    html`<span class="id">${first}</span>`,
    html`<span class="id">${second}</span>`,
  ];
  return html`<section id="comparison"><h2>${both("Comparison", "模型比较")}</h2><p class="lead">${verdict(comparison)}</p><p>${both(
    html`Both answered the same ${count(n)} rows and say the same on ${percent(agreement)} of them. Only ${first} is right on ${count(mcnemar.onlyFirst)}, only ${second} on ${count(mcnemar.onlySecond)}; McNemar's exact test: p ${probability(mcnemar.pValue)}.${left > 0 && html` ${count(left)} rows are left out: ${count(leftOut.onlyFirst)} only in the first, ${count(leftOut.onlySecond)} only in the second, ${count(leftOut.otherTruth)} with another truth.`}`,
    html`两者回答了相同的 ${count(n)} 个样本，其中 ${percent(agreement)} 回答一致。仅 ${first} 判对 ${count(mcnemar.onlyFirst)} 个，仅 ${second} 判对 ${count(mcnemar.onlySecond)} 个；McNemar 精确检验：p ${probability(mcnemar.pValue)}。${left > 0 && html`有 ${count(left)} 个样本未纳入：仅第一个模型有 ${count(leftOut.onlyFirst)} 个，仅第二个模型有 ${count(leftOut.onlySecond)} 个，真实标签不同 ${count(leftOut.otherTruth)} 个。`}`,
  )}</p>${table(
    both(
      "Difference: second minus first, in points, 95 % by a paired bootstrap. An interval that does not touch the line is more than chance. Of the calibration error, lower is better.",
      "差值：第二个减第一个，单位为百分点，95 % 区间由配对自助法得到。区间不触及竖线即超出偶然。校准误差越低越好。",
    ),
    [
      { name: both("Metric", "指标") },
      { name: models[0], kind: "number" },
      { name: models[1], kind: "number" },
      { name: both("Difference", "差值"), kind: "number" },
      { name: both("95 % interval", "95 % 区间"), kind: "number" },
      { name: "", scale: { from: -end, to: end, mark: 0 } },
    ],
    Object.entries(metrics).map(([key, { first: before, second: after, difference, interval }]): Cell[] => [
      metricName(key),
      percent(before),
      percent(after),
      points(difference),
      interval === null ? "–" : `${points(interval.low)} … ${points(interval.high)}`,
      { value: difference, interval },
    ]),
  )}${
    Object.keys(recall).length > 0 &&
    table(
      both("Recall of each label.", "各标签的召回率。"),
      [
        { name: both("Label", "标签") },
        { name: both("Rows", "样本数"), kind: "number" },
        { name: models[0], kind: "number" },
        { name: models[1], kind: "number" },
        { name: both("Difference", "差值"), kind: "number" },
        { name: "", scale: SHARES },
      ],
      Object.entries(recall).map(([label, { first: before, second: after, support }]): Cell[] => [
        labelName(label),
        count(support),
        percent(before),
        percent(after),
        points(after - before),
        { value: before, other: after },
      ]),
    )
  }${
    gained.length > 0 &&
    folded(
      both(html`Rows that only ${second} got right`, html`仅 ${second} 判对的样本`),
      mistakeTable(both(html`What ${first} said instead.`, html`${first} 的回答。`), gained),
    )
  }${
    lost.length > 0 &&
    folded(
      both(html`Rows that only ${first} got right`, html`仅 ${first} 判对的样本`),
      mistakeTable(both(html`What ${second} said instead.`, html`${second} 的回答。`), lost),
    )
  }</section>`;
}
