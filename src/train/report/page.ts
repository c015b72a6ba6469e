/** The report of a training: one HTML file without references, readable on screen and on paper. */
import type { Loaded } from "../../graph/optimize/store.ts";
import type { TrainConfig } from "../config.ts";
import type { EpochReport } from "../epoch-report.ts";
import type { Schedule } from "../schedule.ts";
import type { TrainingTask } from "../task.ts";
import { confusionChart } from "./confusion-chart.ts";
import { lineChart, type Series } from "./line-chart.ts";
import { element, text } from "./markup.ts";

export interface ReportInput {
  readonly config: TrainConfig;
  readonly task: Pick<TrainingTask, "trainingRows" | "validationRows">;
  readonly history: readonly EpochReport[];
  readonly schedule: Schedule;
  /** Updates of one epoch. */
  readonly updates: number;
  readonly command: string;
  /** As `2026-01-31`. */
  readonly today: string;
  /** What was taken over from the weights that the training started with. */
  readonly loaded?: Loaded | undefined;
  /** `[truth][predicted]` of the exported model on the validation rows. */
  readonly confusion?: readonly (readonly number[])[] | undefined;
}

const STYLE = `
:root { color-scheme: light; }
body { font: 15px/1.45 system-ui, "Noto Sans", sans-serif; color: #1a1a1a; background: #fff; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; } h2 { font-size: 1.1rem; margin: 1.8rem 0 .4rem; }
p { margin: .3rem 0; } code, pre { font-family: ui-monospace, monospace; font-size: .85em; }
pre { white-space: pre-wrap; border: 1px solid #ccc; padding: .6rem; columns: 19rem; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .85rem; }
th, td { text-align: right; padding: .15rem .5rem; border-bottom: 1px solid #ddd; } td { white-space: nowrap; } th:first-child, td:first-child { text-align: left; }
tr.best td { font-weight: 700; }
.chart { width: 100%; min-width: 36rem; height: auto; display: block; } .chart.matrix { min-width: 0; }
.chart text { font: 12px system-ui, "Noto Sans", sans-serif; }
.chart .end { text-anchor: end; } .chart .middle { text-anchor: middle; } .chart .small { font-size: 10px; } .chart .light { fill: #fff; }
.chart polyline { fill: none; stroke-width: 2; stroke-linejoin: round; }
.chart .grid { stroke: #ddd; } .chart .mark { stroke: #555; stroke-dasharray: 2 2; } .chart .cell { stroke: #bbb; }
@page { margin: 16mm; }
@media print {
  body { margin: 0; max-width: none; font-size: 10.5pt; }
  section { break-inside: avoid; } tr { break-inside: avoid; } thead { display: table-header-group; }
  .wide { overflow: visible; } .chart { max-height: 85mm; min-width: 0 !important; } .chart rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}`;

const WAITING =
  "Waiting is the share of the training time in which the network waited for its next batch: drawing, decoding and augmentation. Validation does not count.";

const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;

function curve(name: string, history: readonly EpochReport[], of: (report: EpochReport) => number | undefined): Series {
  return { name, points: history.map((report) => [report.epoch, of(report) ?? Number.NaN] as const) };
}

/** At most some 200 points over the epochs that were trained. */
function rateCurve({ history, schedule, updates }: ReportInput): Series {
  const last = history.length * updates;
  const stride = Math.max(1, Math.floor(last / 200));
  const points: (readonly [number, number])[] = [];
  for (let step = 0; step < last; step += stride) {
    points.push([step / updates, schedule(step, history.slice(0, Math.floor(step / updates)))]);
  }
  points.push([history.length, schedule(last - 1, history.slice(0, -1))]);
  return { name: "learning rate", points };
}

/** Scrolls by itself where the screen is narrower. */
function wide(content: string): string {
  return element("div", { class: "wide", tabindex: 0 }, content);
}

function section(title: string, ...content: readonly string[]): string {
  return element("section", {}, element("h2", {}, text(title)), ...content);
}

function epochTable(history: readonly EpochReport[], best: EpochReport | undefined): string {
  const metrics = Object.keys(history[0]?.metrics ?? {});
  const head = ["epoch", "loss", "val. loss", "train acc.", ...metrics, "learning rate", "time", "waiting"];
  const number = (value: number | undefined): string => (value === undefined ? "–" : value.toFixed(4));
  const rows = history.map((report) => {
    const cells = [
      String(report.epoch),
      number(report.loss),
      number(report.validationLoss),
      number(report.trainingAccuracy),
      ...metrics.map((name) => number(report.metrics[name])),
      report.learningRate.toExponential(2),
      `${report.seconds.toFixed(1)} s`,
      report.waitShare === undefined ? "–" : `${(100 * report.waitShare).toFixed(1)} %`,
    ];
    const marked = report.epoch === best?.epoch ? { class: "best" } : {};
    return element("tr", marked, ...cells.map((cell) => element("td", {}, text(cell))));
  });
  const header = element("thead", {}, element("tr", {}, ...head.map((name) => element("th", {}, text(name)))));
  return wide(element("table", {}, header, element("tbody", {}, ...rows)));
}

function summary(
  { config, task, history, today, command, loaded }: ReportInput,
  best: EpochReport | undefined,
): string[] {
  const lines = [
    `${config.modality} model, version ${config.version}. ${task.trainingRows} rows to train on, ${task.validationRows} to select on. Seed ${config.training.seed}. ${today}.`,
  ];
  if (best) {
    const metrics = Object.entries(best.metrics).map(([name, value]) => `${name} ${percent(value)}`);
    lines.push(`Best on the validation rows: epoch ${best.epoch} of ${history.length}, ${metrics.join(", ")}.`);
    lines.push("These rows chose the epoch, so the numbers flatter a little: judge the model on test rows.");
  }
  if (loaded) {
    const { missing, misfits } = loaded;
    const fresh = [...missing, ...misfits];
    lines.push(
      `Started from given weights: ${loaded.loaded.length} arrays taken over, ${fresh.length} at random${fresh.length > 0 ? ` (${fresh.slice(0, 8).join(", ")}${fresh.length > 8 ? ", …" : ""})` : ""}.`,
    );
  }
  return [...lines.map((line) => element("p", {}, text(line))), element("p", {}, element("code", {}, text(command)))];
}

/** The whole file. */
export function trainingReport(input: ReportInput): string {
  const { config, history, confusion } = input;
  const best = history.findLast((report) => report.best);
  const epochs = history.length;
  const mark = best === undefined ? {} : { mark: best.epoch };
  const metrics = Object.keys(history[0]?.metrics ?? {});
  const scores = [
    ...metrics.map((name) => curve(name, history, (report) => report.metrics[name])),
    curve("accuracy, training", history, ({ trainingAccuracy }) => trainingAccuracy),
  ];
  const losses = [
    curve("training", history, ({ loss }) => loss),
    curve("validation", history, ({ validationLoss }) => validationLoss),
  ];
  const note =
    "Training curves are measured on the batches as they pass: augmented, with dropout and smoothed or mixed labels. The dotted line marks the best epoch.";
  const body = [
    element("h1", {}, text(`Training of ${config.id}`)),
    ...summary(input, best),
    section("Accuracy", wide(lineChart({ title: "Metrics per epoch", series: scores, epochs, ...mark }))),
    section(
      "Loss",
      wide(lineChart({ title: "Loss per epoch", series: losses, epochs, ...mark, include: [0] })),
      element("p", {}, text(note)),
    ),
    section(
      "Learning rate",
      wide(lineChart({ title: "Learning rate", series: [rateCurve(input)], epochs, from: 0, include: [0] })),
    ),
    ...(confusion ? [section("Confusion on the validation rows", wide(confusionChart(config.labels, confusion)))] : []),
    section("Epochs", epochTable(history, best), element("p", {}, text(WAITING))),
    section("Configuration", element("pre", {}, text(JSON.stringify(config, null, 2)))),
  ];
  const head = [
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    element("title", {}, text(`Training of ${config.id}`)),
    `<style>${STYLE}</style>`,
  ];
  return `<!doctype html>\n${element("html", { lang: "en" }, element("head", {}, ...head), element("body", {}, ...body))}\n`;
}
