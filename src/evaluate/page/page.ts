/**
 * The report as one HTML file: no script, no request, charts drawn inline, English and Chinese by a switch that is two
 * radio buttons, so that it works from a disk, in a mail and on paper.
 */
import { SPLITS, type Split } from "../../data/row.ts";
import type { Analysis } from "../analysis/analysis.ts";
import type { Report } from "../evaluate.ts";
import { calibrationSection, riskSection } from "./calibration-section.ts";
import { columnsSection } from "./columns-section.ts";
import { comparisonSection, legend } from "./comparison-section.ts";
import { confusionSection } from "./confusion-section.ts";
import { curvesSection } from "./curves-section.ts";
import { errorsSection } from "./errors-section.ts";
import { count, percent, percentInterval } from "./format.ts";
import { both, html, type Markup, type Piece } from "./markup.ts";
import { classSection, groupSection, headline, majorityShare, metricsSection } from "./metrics-section.ts";
import { noteInBoth, notesBox, skippedSection, termsSection } from "./notes-section.ts";
import { STYLE } from "./style.ts";
import { subsetsSection } from "./subsets-section.ts";
import { weightsSection } from "./weights-section.ts";

export interface PageOptions {
  /** Shown at first. Default `en`. */
  readonly language?: "en" | "zh";
  /** When the report was made, as it shall be shown. */
  readonly date?: string;
  /** What made it. */
  readonly generator?: string;
}

/** The result in one sentence, with what it has to be measured against. */
function lead(report: Report): Markup {
  const { n, accuracy, intervals } = report;
  const interval = intervals.accuracy;
  const bounds = interval ? ` (95 %: ${percentInterval(interval)})` : "";
  const chinese = interval ? `（95 %：${percentInterval(interval)}）` : "";
  if (report.task === "multi") {
    return both(
      html`The whole set of labels is right on <b>${percent(accuracy)}</b>${bounds} of ${count(n)} rows.`,
      html`${count(n)} 个样本中，标签集合完全判对的占 <b>${percent(accuracy)}</b>${chinese}。`,
    );
  }
  return both(
    html`Right on <b>${percent(accuracy)}</b>${bounds} of ${count(n)} rows. Always saying the most frequent label would be right on ${percent(majorityShare(report))}.`,
    html`${count(n)} 个样本中判对 <b>${percent(accuracy)}</b>${chinese}。始终回答最常见的标签可判对 ${percent(majorityShare(report))}。`,
  );
}

const SPLIT_NAMES: Readonly<Record<Split, Piece>> = {
  train: both("training", "训练"),
  validation: both("validation", "验证"),
  test: both("test", "测试"),
};

/** Of which split the rows are, or how many are of each; nothing where none has a split. */
function splitLine({ split, splits = {} }: Report): Piece {
  if (split !== undefined && split !== "all") return html` · ${SPLIT_NAMES[split]}${both(" rows", "样本")}`;
  const counts = SPLITS.flatMap((name) => {
    const n = splits[name];
    return n === undefined ? [] : [html`${SPLIT_NAMES[name]} ${count(n)}`];
  });
  return (
    counts.length > 0 && html` · ${both("rows: ", "样本：")}${counts.map((one, at) => html`${at > 0 && ", "}${one}`)}`
  );
}

function missing({ report, curves, errors }: Analysis): Piece[] {
  return [
    errors === null &&
      both(
        "Predictions of the rows were not kept, so this report has no curves and no analysis of mistakes.",
        "未保存逐样本预测，因此本报告没有曲线和错误分析。",
      ),
    errors !== null &&
      curves === null &&
      both(
        "The scores of all labels were not kept, so this report has no ROC and precision-recall curves.",
        "未保存所有标签的得分，因此本报告没有 ROC 与精确率–召回率曲线。",
      ),
    report.n < 100 && both("Fewer than 100 rows: intervals are wide.", "样本少于 100 个：区间较宽。"),
  ].filter((note) => note !== false);
}

/** What a section is about that does not say so. */
function ofFirst(first: string): Markup {
  return html`<p class="soft">${both(
    html`A section or chart below that does not name both models is about <span class="id">${first}</span>.`,
    html`以下未同时列出两个模型的部分和图表，只针对 <span class="id">${first}</span>。`,
  )}</p>`;
}

/** What is to be known of the numbers; of the second model, what is not said of the first. */
function notesOf({ report, otherReport }: Analysis): Piece[] {
  const its = otherReport?.notes.filter((note) => !report.notes.includes(note)) ?? [];
  return [
    ...report.notes.map(noteInBoth),
    ...its.map((note) => html`<span class="id">${otherReport?.model}</span>: ${noteInBoth(note)}`),
  ];
}

function sections(analysis: Analysis): Piece[] {
  const { report, curves, errors, subsets, comparison, otherCurves, otherReport, otherSubsets } = analysis;
  const beside = otherReport && otherSubsets && { model: otherReport.model, subsets: otherSubsets };
  const single = report.task === "single" ? report : null;
  return [
    comparison && comparisonSection(comparison),
    comparison && ofFirst(comparison.first),
    metricsSection(report, otherReport),
    classSection(report),
    single && confusionSection(single),
    subsets && subsetsSection(subsets, beside),
    report.weights && weightsSection(report.weights),
    columnsSection(report, otherReport, comparison?.columns),
    groupSection(report, otherReport),
    errors && errorsSection(errors),
    curves && curvesSection(curves, otherCurves, comparison && otherCurves ? legend(comparison) : null),
    calibrationSection(report, otherReport),
    // Evaluations of several labels a row that older versions wrote have none.
    (report.riskCoverage as unknown) !== undefined && riskSection(report, otherReport),
    skippedSection(report),
    termsSection(),
  ];
}

/** @returns a whole document */
export function reportPage(analysis: Analysis, options: PageOptions = {}): string {
  const { report, comparison, otherReport: other } = analysis;
  const models = other === undefined ? [report] : [report, other];
  const heading =
    other === undefined
      ? report.model
      : both(html`${report.model} and ${other.model}`, html`${report.model} 与 ${other.model}`);
  const { language = "en", date, generator = "affekt" } = options;
  const { name, version, sha256 } = report.manifest;
  const checked = (own: string): Piece => own === language && html` checked`;
  const page = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="generator" content="${generator}">
<meta name="referrer" content="no-referrer">
<title>${models.map(({ model }) => model).join(" · ")} · ${name}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<input class="key" type="radio" name="language" id="en" aria-label="English"${checked("en")}>
<input class="key" type="radio" name="language" id="zh" aria-label="中文"${checked("zh")}>
<header>
<div class="switch"><label for="en" lang="en">English</label><label for="zh" lang="zh">中文</label></div>
<p class="soft">${both("Evaluation", "评测报告")}</p>
<h1>${heading}</h1>
<p class="soft">${name} ${version}${splitLine(report)}${date !== undefined && ` · ${date}`}</p>
</header>
<main>
${comparison && legend(comparison)}${models.map(
  (own) =>
    html`<p class="lead">${other && html`<span class="id">${own.model}</span>${both(": ", "：")}`}${lead(own)}</p>`,
)}
${headline(report, other)}
${notesBox([...notesOf(analysis), ...missing(analysis)])}
${sections(analysis)}
</main>
<footer><p>${both("Made by", "生成工具：")} ${generator}${sha256 !== undefined && html` · ${both("manifest", "清单")} SHA-256 <span class="id">${sha256}</span>`}</p></footer>
</body>
</html>
`;
  return page.markup;
}
