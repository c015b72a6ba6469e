/** The report's text: what was trained on what, what came of it, and what was left out. */
import { displayLabel } from "../../core/labels.ts";
import { MODALITY_NAMES } from "../../core/modality.ts";
import { caveatInChinese } from "../../data/caveats.ts";
import { columnMetricOf } from "../column-metric.ts";
import type { TrainConfig } from "../config.ts";
import type { EpochReport } from "../epoch-report.ts";
import { both, element, text, type Words } from "./markup.ts";
import type { ReportInput } from "./report-input.ts";

const METRICS: Readonly<Record<string, Words>> = {
  accuracy: { en: "accuracy", zh: "准确率" },
  macroF1: { en: "macro F1", zh: "宏平均 F1" },
  uar: { en: "UAR", zh: "UAR" },
  ccc: { en: "CCC", zh: "一致性相关系数" },
};

/** That of a further column is the field's name and the metric's. */
export function metricName(name: string): Words {
  const { field, metric } = columnMetricOf(name) ?? { metric: name };
  const { en, zh } = METRICS[metric] ?? { en: metric, zh: metric };
  return field === undefined ? { en, zh } : { en: `${field} ${en}`, zh: `${field} ${zh}` };
}

const MODALITY: Readonly<Record<TrainConfig["modality"], string>> = {
  text: MODALITY_NAMES.text.zh,
  face: MODALITY_NAMES.face.zh,
  speech: MODALITY_NAMES.speech.zh,
  fusion: "特征融合",
  multimodal: "多模态",
};

/** A share as percent; a correlation is none. */
function metricText(name: string, value: number): string {
  return name.endsWith("ccc") ? value.toFixed(3) : `${(100 * value).toFixed(2)} %`;
}

function paragraph(words: Words): string {
  return element("p", {}, both(words));
}

function bestLine(best: EpochReport, epochs: number): Words {
  const metrics = Object.entries(best.metrics).map(
    ([name, value]) => [metricName(name), metricText(name, value)] as const,
  );
  const list = (language: keyof Words, separator: string): string =>
    metrics.map(([name, value]) => `${name[language]} ${value}`).join(separator);
  return {
    en: `Best on the validation rows: epoch ${best.epoch} of ${epochs}, ${list("en", ", ")}.`,
    zh: `验证集上最好的一轮：第 ${best.epoch} 轮（共 ${epochs} 轮），${list("zh", "，")}。`,
  };
}

/** What the metrics cannot show because no row has it. */
function uncoveredLines({ uncovered }: ReportInput): Words[] {
  const { training = [], validation = [] } = uncovered ?? {};
  const names = (labels: readonly string[]): Words => ({
    en: labels.map((label) => displayLabel(label, "en")).join(", "),
    zh: labels.map((label) => displayLabel(label, "zh")).join("、"),
  });
  const lines: Words[] = [];
  if (training.length > 0) {
    const { en, zh } = names(training);
    lines.push({
      en: `No training row has the label ${en}: the model cannot learn it.`,
      zh: `训练样本中没有：${zh}；模型无从学会。`,
    });
  }
  if (validation.length > 0) {
    const { en, zh } = names(validation);
    lines.push({
      en: `No validation row has the label ${en}: the metrics say nothing about it.`,
      zh: `验证样本中没有：${zh}；指标对此无从说明。`,
    });
  }
  return lines;
}

/** Paragraphs below the heading. */
export function summary(input: ReportInput, best: EpochReport | undefined): string[] {
  const { config, task, history, today, command, loaded, caveats = [] } = input;
  const { trainingRows, validationRows } = task;
  const lines: Words[] = [
    {
      en: `${config.modality} model, version ${config.version}. ${trainingRows} rows to train on, ${validationRows} to select on. Seed ${config.training.seed}. ${today}.`,
      zh: `${MODALITY[config.modality]}模型，版本 ${config.version}。训练样本 ${trainingRows} 个，验证样本 ${validationRows} 个。随机种子 ${config.training.seed}。${today}。`,
    },
  ];
  if (best) {
    lines.push(bestLine(best, history.length), {
      en: "These rows chose the epoch, so the numbers flatter a little: judge the model on test rows.",
      zh: "轮次正是由这些样本选出的，因此数值略偏乐观：请用测试样本评判模型。",
    });
  }
  lines.push(...uncoveredLines(input));
  for (const caveat of caveats) lines.push({ en: caveat, zh: caveatInChinese(caveat) });
  if (loaded) {
    const { missing, misfits } = loaded;
    const fresh = [...missing, ...misfits];
    const names = fresh.length > 0 ? `${fresh.slice(0, 8).join(", ")}${fresh.length > 8 ? ", …" : ""}` : "";
    lines.push({
      en: `Started from given weights: ${loaded.loaded.length} arrays taken over, ${fresh.length} at random${names && ` (${names})`}.`,
      zh: `从给定权重开始：沿用 ${loaded.loaded.length} 个数组，随机初始化 ${fresh.length} 个${names && `（${names}）`}。`,
    });
  }
  return [...lines.map(paragraph), element("p", {}, element("code", {}, text(command)))];
}

/** Rows listed by name; the others are counted. */
const LISTED = 50;

/** What was not trained on; nothing where all of it was. */
export function leftOutSection({ leftOut }: ReportInput): string {
  if (leftOut === undefined || leftOut.broken + leftOut.undecodable.length === 0) return "";
  const { broken, undecodable } = leftOut;
  const rows = undecodable
    .slice(0, LISTED)
    .map(({ id, reason }) => element("tr", {}, element("td", {}, text(id)), element("td", {}, text(reason))));
  const more = undecodable.length - rows.length;
  const head = element(
    "tr",
    {},
    element("th", {}, both({ en: "row", zh: "样本" })),
    element("th", {}, both({ en: "why it cannot be decoded", zh: "无法解码的原因" })),
  );
  return element(
    "section",
    { class: "left-out" },
    element("h2", {}, both({ en: "Rows left out", zh: "未使用的样本" })),
    paragraph({
      en: `${broken} broken in the manifest, ${undecodable.length} whose media cannot be decoded.`,
      zh: `清单中损坏的 ${broken} 个，媒体无法解码的 ${undecodable.length} 个。`,
    }),
    ...(rows.length > 0 ? [element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows))] : []),
    ...(more > 0 ? [paragraph({ en: `and ${more} more`, zh: `另有 ${more} 个` })] : []),
  );
}
