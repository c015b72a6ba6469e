/**
 * The report of a training: one HTML file without references, readable on screen and on paper, in English and Chinese by
 * a switch that is two radio buttons.
 */
import { columnMetricOf, columnMetricsIn } from "../column-metric.ts";
import type { EpochReport } from "../epoch-report.ts";
import { confusionChart } from "./confusion-chart.ts";
import { epochTable } from "./epoch-table.ts";
import { lineChart, type Series } from "./line-chart.ts";
import { both, element, text, type Words } from "./markup.ts";
import type { ReportInput } from "./report-input.ts";
import { STYLE } from "./style.ts";
import { leftOutSection, metricName, summary } from "./summary.ts";

const LEARNING_RATE: Words = { en: "learning rate", zh: "学习率" };

function curve(name: Words, history: readonly EpochReport[], of: (report: EpochReport) => number | undefined): Series {
  return { name, points: history.map((report) => [report.epoch, of(report) ?? Number.NaN] as const) };
}

/** What stays until it falls at once, and is drawn so. */
const STAIRS: readonly string[] = ["step", "plateau"];

/** At most some 200 points over the epochs that were trained. */
function rateCurve({ config, history, schedule, updates }: ReportInput): Series {
  const { schedule: chosen } = config.training;
  const last = history.length * updates;
  const stride = Math.max(1, Math.floor(last / 200));
  const points: (readonly [number, number])[] = [];
  for (let step = 0; step < last; step += stride) {
    points.push([step / updates, schedule(step, history.slice(0, Math.floor(step / updates)))]);
  }
  points.push([history.length, schedule(last - 1, history.slice(0, -1))]);
  return { name: LEARNING_RATE, points, stairs: STAIRS.includes(typeof chosen === "string" ? chosen : chosen.kind) };
}

/** Scrolls by itself where the screen is narrower. */
function wide(content: string): string {
  return element("div", { class: "wide", tabindex: 0 }, content);
}

/** A small chart for each further column of a multi-task head; nothing without one. */
function columnCurves(history: readonly EpochReport[], mark: { readonly mark?: number }): string[] {
  const names = columnMetricsIn(history);
  if (names.length === 0) return [];
  const charts = names.map((name) => {
    const title = metricName(name);
    const series = [curve(title, history, (report) => report.metrics[name])];
    const chart = lineChart({ title, series, epochs: history.length, ...mark, include: [0], small: true });
    return element("figure", {}, element("figcaption", {}, both(title)), chart);
  });
  return [
    section(
      { en: "Further columns", zh: "其他标注列" },
      element("div", { class: "small-charts" }, ...charts),
      note({
        en: "On the validation rows that have the column: the concordance (CCC) of a number, 1 at best and 0 for no agreement, and the accuracy of a category.",
        zh: "在含有该列的验证样本上：数值列为一致性相关系数（最好为 1，0 表示不一致），类别列为准确率。",
      }),
    ),
  ];
}

function section(title: Words, ...content: readonly string[]): string {
  return element("section", {}, element("h2", {}, both(title)), ...content);
}

function note(words: Words): string {
  return element("p", {}, both(words));
}

function sections(input: ReportInput, best: EpochReport | undefined): string[] {
  const { config, history, confusion } = input;
  const epochs = history.length;
  const mark = best === undefined ? {} : { mark: best.epoch };
  const metrics = Object.keys(history[0]?.metrics ?? {}).filter((name) => columnMetricOf(name) === undefined);
  const scores = [
    ...metrics.map((name) => curve(metricName(name), history, (report) => report.metrics[name])),
    curve({ en: "accuracy, training", zh: "训练准确率" }, history, ({ trainingAccuracy }) => trainingAccuracy),
  ];
  const losses = [
    curve({ en: "training", zh: "训练" }, history, ({ loss }) => loss),
    curve({ en: "validation", zh: "验证" }, history, ({ validationLoss }) => validationLoss),
  ];
  return [
    section(
      { en: "Accuracy", zh: "准确率" },
      wide(lineChart({ title: { en: "Metrics per epoch", zh: "每轮指标" }, series: scores, epochs, ...mark })),
    ),
    ...columnCurves(history, mark),
    section(
      { en: "Loss", zh: "损失" },
      wide(
        lineChart({ title: { en: "Loss per epoch", zh: "每轮损失" }, series: losses, epochs, ...mark, include: [0] }),
      ),
      note({
        en: "Training curves are measured on the batches as they pass: augmented, with dropout and smoothed or mixed labels. The dotted line marks the best epoch.",
        zh: "训练曲线在批次经过时测得：含数据增强、dropout，标签经过平滑或混合。虚线标出最好的一轮。",
      }),
    ),
    section(
      { en: "Learning rate", zh: "学习率" },
      wide(lineChart({ title: LEARNING_RATE, series: [rateCurve(input)], epochs, from: 0, include: [0] })),
    ),
    ...(confusion
      ? [
          section(
            { en: "Confusion on the validation rows", zh: "验证样本上的混淆矩阵" },
            wide(confusionChart(config.labels, confusion)),
          ),
        ]
      : []),
    section(
      { en: "Epochs", zh: "各轮" },
      wide(epochTable(history, best)),
      note({
        en: "Waiting is the share of the training time in which the network waited for its next batch: drawing, decoding and augmentation. Validation does not count.",
        zh: "等待：训练时间中网络等待下一批数据（抽样、解码、增强）所占的比例；不含验证。",
      }),
    ),
    leftOutSection(input),
    section({ en: "Configuration", zh: "配置" }, element("pre", {}, text(JSON.stringify(config, null, 2)))),
  ];
}

/** The whole file. */
export function trainingReport(input: ReportInput): string {
  const { config, history, language = "en" } = input;
  const best = history.findLast((report) => report.best);
  const title: Words = { en: `Training of ${config.id}`, zh: `${config.id} 的训练` };
  const key = (own: "en" | "zh", name: string): string =>
    element("input", {
      class: "key",
      type: "radio",
      name: "language",
      id: own,
      "aria-label": name,
      ...(own === language ? { checked: "checked" } : {}),
    });
  const change = element(
    "div",
    { class: "switch" },
    element("label", { for: "en", lang: "en" }, "English"),
    element("label", { for: "zh", lang: "zh" }, "中文"),
  );
  const main = element(
    "main",
    {},
    change,
    element("h1", {}, both(title)),
    ...summary(input, best),
    ...sections(input, best),
  );
  const head = [
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    element("title", {}, text(title[language])),
    `<style>${STYLE}</style>`,
  ];
  const body = element("body", {}, key("en", "English"), key("zh", "中文"), main);
  return `<!doctype html>\n${element("html", { lang: language }, element("head", {}, ...head), body)}\n`;
}
