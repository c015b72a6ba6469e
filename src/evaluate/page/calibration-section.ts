/** Whether confidence means what it says, and what leaving the unsure rows unanswered would gain. */

import { evenlySpread } from "../analysis/evenly-spread.ts";
import type { Report } from "../evaluate.ts";
import type { SingleReport } from "../report.ts";
import { count, decimal, percent } from "./format.ts";
import { both, bothInPicture, html, type Markup } from "./markup.ts";
import { bar, dot, type Frame, line, plot, shareAxis } from "./plot.ts";
import { folded, SHARES, table } from "./table.ts";

const WIDTH = 480;

interface Words {
  readonly x: Markup;
  readonly y: Markup;
  readonly reading: (ece: string) => Markup;
  readonly held: Markup;
  readonly mean: Markup;
  readonly right: Markup;
}

/** Of an answer, and of the yes or no to each label. */
const WORDS: Readonly<Record<Report["task"], Words>> = {
  single: {
    x: bothInPicture("confidence, %", "置信度，%"),
    y: bothInPicture("right, %", "判对，%"),
    reading: (ece) =>
      both(
        html`Expected calibration error: <b>${ece}</b>. Bars that end below the dotted line: the model is surer than it is right. Above: it is more often right than it says.`,
        html`期望校准误差：<b>${ece}</b>。柱顶低于点线：模型过于自信；高于点线：模型比它所说的更常判对。`,
      ),
    held: both("How many rows have which confidence", "各置信度的样本占比"),
    mean: both("Mean confidence", "平均置信度"),
    right: both("Right", "判对"),
  },
  multi: {
    x: bothInPicture("probability of a label, %", "标签概率，%"),
    y: bothInPicture("rows that have it, %", "实有该标签，%"),
    reading: (ece) =>
      both(
        html`Expected calibration error over all pairs of a row and a label: <b>${ece}</b>. Bars that end below the dotted line: the model gives labels a higher probability than they have. Above: a lower one.`,
        html`所有“样本–标签”对的期望校准误差：<b>${ece}</b>。柱顶低于点线：模型给出的概率偏高；高于点线：偏低。`,
      ),
    held: both("How many pairs have which probability", "各概率的样本–标签对占比"),
    mean: both("Mean probability", "平均概率"),
    right: both("Have it", "实有"),
  },
};

/** Where the second model of a comparison stands, in words. */
function itsError({ model, ece }: Report): Markup {
  return html`<p>${both(
    html`Of <span class="id">${model}</span>: <b>${percent(ece)}</b> (the dashed line).`,
    html`<span class="id">${model}</span>：<b>${percent(ece)}</b>（虚线）。`,
  )}</p>`;
}

/** @param other the second model of a comparison, drawn as a dashed line */
export function calibrationSection({ reliability, ece, task }: Report, other?: Report): Markup {
  const its = (other?.reliability ?? []).filter((bin) => bin.count > 0);
  const words = WORDS[task];
  const n = reliability.reduce((sum, bin) => sum + bin.count, 0);
  const filled = reliability.filter((bin) => bin.count > 0);
  const most = Math.max(...reliability.map((bin) => bin.count));
  const frame: Frame = {
    width: WIDTH,
    height: 340,
    x: shareAxis(words.x),
    y: shareAxis(words.y),
  };
  const counts: Frame = {
    width: WIDTH,
    height: 110,
    x: shareAxis(),
    y: {
      from: 0,
      to: most / n,
      ticks: [0, most / n],
      text: (share) => `${Math.round(100 * share)}`,
      name: bothInPicture("share, %", "占比，%"),
    },
  };
  return html`<section id="calibration"><h2>${both("Does confidence mean what it says?", "置信度可信吗？")}</h2><p>${words.reading(percent(ece))}</p>${other && itsError(other)}<figure class="chart"><figcaption id="reliability">${both("Reliability diagram", "可靠性图")}</figcaption>${plot(
    frame,
    "reliability",
    (place) => [
      filled.map(({ low, high, accuracy }) => bar(place, { from: low, to: high }, { base: 0, value: accuracy })),
      line(
        place,
        [
          [0, 0],
          [1, 1],
        ],
        "chance",
      ),
      line(
        place,
        its.map(({ confidence, accuracy }) => [confidence, accuracy] as const),
        "other",
      ),
      filled.map(({ confidence, accuracy }) => dot(place, confidence, accuracy)),
    ],
  )}<div id="confidences" class="soft">${words.held}</div>${plot(counts, "confidences", (place) =>
    reliability.map(({ low, high, count: held }) =>
      bar(place, { from: low, to: high }, { base: 0, value: held / n }, "count"),
    ),
  )}</figure>${folded(
    both("As a table", "以表格显示"),
    table(
      null,
      [
        { name: both("Bin", "区间") },
        { name: both("Number", "数量"), kind: "number" },
        { name: words.mean, kind: "number" },
        { name: words.right, kind: "number" },
      ],
      filled.map(({ low, high, count: held, confidence, accuracy }) => [
        `${(100 * low).toFixed(0)}–${(100 * high).toFixed(0)}\u202f%`,
        count(held),
        percent(confidence),
        percent(accuracy),
      ]),
    ),
  )}</section>`;
}

/** Steps of a scale that ends at or above the value: at most five. */
function roundTicks(most: number): number[] {
  const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25].find((size) => most / size <= 5) ?? 0.25;
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, place) => place * step);
}

type Risky = Pick<SingleReport, "riskCoverage" | "abstention" | "accuracy"> & Pick<Report, "task">;

/** @param other the second model of a comparison, drawn as a dashed line */
export function riskSection({ task, riskCoverage, abstention, accuracy }: Risky, other?: Report): Markup {
  const { points, area } = riskCoverage;
  const its = other?.riskCoverage;
  const ticks = roundTicks(Math.max(0.01, ...[...points, ...(its?.points ?? [])].map(({ risk }) => risk)));
  const frame: Frame = {
    width: WIDTH,
    height: 300,
    x: shareAxis(bothInPicture("rows answered, most confident first, %", "作答的样本（置信度从高到低），%")),
    y: {
      from: 0,
      to: ticks.at(-1) as number,
      ticks,
      text: (value) => `${Math.round(100 * value)}`,
      name: bothInPicture("wrong among them, %", "其中判错，%"),
    },
  };
  return html`<section id="risk"><h2>${both("Answering only when sure", "只在有把握时作答")}</h2><p>${both(
    html`If only the most confident rows are answered, fewer of the answers should be wrong. Area under the curve: <b>${decimal(area)}</b> (lower is better).${
      abstention &&
      html` At the model's own threshold of ${decimal(abstention.threshold, 2)} (the dot) it answers ${percent(abstention.coverage)} of the rows${abstention.accuracy !== null && html` and is right on ${percent(abstention.accuracy)} of them, against ${percent(accuracy)} of all`}.`
    }`,
    html`如果只回答置信度最高的样本，判错的比例应当下降。曲线下面积：<b>${decimal(area)}</b>（越低越好）。${
      abstention &&
      html`在模型自身的阈值 ${decimal(abstention.threshold, 2)}（圆点）处，它回答 ${percent(abstention.coverage)} 的样本${abstention.accuracy !== null && html`，其中判对 ${percent(abstention.accuracy)}，而全部作答时为 ${percent(accuracy)}`}。`
    }`,
  )}</p>${
    task === "multi" &&
    html`<p>${both(
      "An answer is the whole set of labels, and right if all of it is; its confidence is the probability of that set, each label taken by itself.",
      "一个回答是整个标签集合，全部正确才算判对；其置信度为该集合的概率（各标签视为相互独立）。",
    )}</p>`
  }${
    other &&
    its &&
    html`<p>${both(
      html`Area of <span class="id">${other.model}</span>: <b>${decimal(its.area)}</b> (the dashed line).`,
      html`<span class="id">${other.model}</span> 的曲线下面积：<b>${decimal(its.area)}</b>（虚线）。`,
    )}</p>`
  }<figure class="chart"><figcaption id="risk-coverage">${both("Risk and coverage", "风险–覆盖率曲线")}</figcaption>${plot(
    frame,
    "risk-coverage",
    (place) => [
      line(
        place,
        (its?.points ?? []).map(({ coverage, risk }) => [coverage, risk] as const),
        "other",
      ),
      line(
        place,
        points.map(({ coverage, risk }) => [coverage, risk] as const),
      ),
      abstention !== undefined &&
        abstention.accuracy !== null &&
        dot(place, abstention.coverage, 1 - abstention.accuracy),
    ],
  )}</figure>${folded(
    both("As a table", "以表格显示"),
    table(
      null,
      [
        { name: both("Answered", "作答") },
        { name: both("Wrong", "判错"), kind: "number" },
        { name: both("Lowest confidence", "最低置信度"), kind: "number" },
        { name: both("Wrong", "判错"), scale: SHARES },
      ],
      evenlySpread(points, 12).map(({ coverage, risk, threshold }) => [
        percent(coverage),
        percent(risk),
        percent(threshold),
        { value: risk },
      ]),
    ),
  )}</section>`;
}
