/** Every epoch as a row of a table, the best one marked. */
import type { EpochReport } from "../epoch-report.ts";
import { both, element, text, type Words } from "./markup.ts";
import { metricName } from "./summary.ts";

export function epochTable(history: readonly EpochReport[], best: EpochReport | undefined): string {
  const metrics = Object.keys(history[0]?.metrics ?? {});
  const head: Words[] = [
    { en: "epoch", zh: "轮次" },
    { en: "loss", zh: "损失" },
    { en: "val. loss", zh: "验证损失" },
    { en: "train acc.", zh: "训练准确率" },
    ...metrics.map(metricName),
    { en: "learning rate", zh: "学习率" },
    { en: "time", zh: "用时" },
    { en: "waiting", zh: "等待" },
  ];
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
  const header = element("thead", {}, element("tr", {}, ...head.map((name) => element("th", {}, both(name)))));
  return element("table", {}, header, element("tbody", {}, ...rows));
}
