/** What a reader of the numbers has to know: notes of the evaluation, rows left out, and what the words mean. */
import { displayLabel } from "../../core/labels.ts";
import { caveatInChinese } from "../../data/caveats.ts";
import type { Report } from "../evaluate.ts";
import { count } from "./format.ts";
import { both, html, type Markup, type Piece } from "./markup.ts";
import { table } from "./table.ts";

const inChinese = (labels: string): string =>
  labels
    .split(", ")
    .map((label) => displayLabel(label, "zh"))
    .join("、");

/** The notes that an evaluation writes, and the same in Chinese. */
const CHINESE: readonly (readonly [RegExp, (...groups: string[]) => string])[] = [
  [
    /^Scores are restricted to the (\d+) labels that occur and renormalized; the model also has (.+)\.$/u,
    (n, labels) => `得分限制在样本中出现的 ${n} 个标签并重新归一；模型另有：${inChinese(labels as string)}。`,
  ],
  [
    /^The rows lack (.+); the model could still answer with them\.$/u,
    (labels) => `样本中没有：${inChinese(labels as string)}；模型仍可能如此回答。`,
  ],
  [
    /^Left out because the model lacks the label: (.+)\.$/u,
    (labels) =>
      `因模型没有相应标签而未纳入：${(labels as string)
        .split(", ")
        .map((part) =>
          part.replace(/^(\d+) (.+)$/u, (_, n: string, label: string) => `${displayLabel(label, "zh")} ${n} 个`),
        )
        .join("、")}。`,
  ],
  [
    /^The model was trained on these data or data of the same name: (\d+) of the (\d+) rows are no test rows, and it is better on them than on new ones\.$/u,
    (learned, n) =>
      `模型是用这份数据或同名数据训练的：${n} 个样本中有 ${learned} 个不是测试样本，其在这些样本上的表现优于新样本。`,
  ],
  [
    /^(\d+) of the (\d+) rows are marked as training or validation rows: a model that was trained on them is better on them than on new ones\.$/u,
    (learned, n) => `${n} 个样本中有 ${learned} 个标为训练或验证样本：用它们训练过的模型，在其上的表现优于新样本。`,
  ],
  [
    /^Of the data that the model was trained on: (.+)$/u,
    (caveat) => `关于模型的训练数据：${caveatInChinese(caveat as string)}`,
  ],
  [/^Labels of model and rows are mapped to Ekman's seven\.$/u, () => "模型与样本的标签均映射到 Ekman 的七类。"],
  [/^Intervals draw whole subjects\.$/u, () => "区间按整个被试抽样。"],
  [
    /^Intervals draw whole subjects; (\d+) of the (\d+) rows have none and are drawn one by one\.$/u,
    (without, n) => `区间按整个被试抽样；${n} 个样本中有 ${without} 个没有被试信息，逐个抽取。`,
  ],
  [
    /^Every label is a yes or no of its own, by thresholds chosen on validation rows\.$/u,
    () => "每个标签各自判断是或否，阈值在验证样本上选定。",
  ],
];

/** A note in both languages; one that is not known stays as it is. */
export function noteInBoth(note: string): Piece {
  for (const [pattern, chinese] of CHINESE) {
    const match = pattern.exec(note);
    if (match !== null) return both(note, chinese(...match.slice(1)));
  }
  const chinese = caveatInChinese(note);
  return chinese === note ? note : both(note, chinese);
}

export function notesBox(notes: readonly Piece[]): Markup | null {
  return notes.length === 0 ? null : html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`;
}

/** Nothing if every row was evaluated. */
export function skippedSection({ skipped }: Report): Markup | null {
  if (skipped.n === 0) return null;
  return html`<section id="skipped"><h2>${both("Rows that could not be evaluated", "未能评测的样本")}</h2><p>${both(
    html`Left out: ${count(skipped.n)} (${Object.entries(skipped.byCode)
      .map(([code, n]) => `${count(n)} ${code}`)
      .join(", ")}). Such rows count neither as right nor as wrong.`,
    html`共 ${count(skipped.n)} 个（${Object.entries(skipped.byCode)
      .map(([code, n]) => `${code} ${count(n)} 个`)
      .join("，")}）。它们既不算对也不算错。`,
  )}</p>${table(
    both("The first of them.", "其中最先的若干个。"),
    [
      { name: both("Row", "样本"), kind: "id" },
      { name: both("Code", "代码") },
      { name: both("Reason", "原因"), kind: "said" },
    ],
    skipped.examples.map(({ id, code, reason }) => [id, code, html`<span lang="en">${reason}</span>`]),
  )}</section>`;
}

const TERMS: readonly (readonly [Piece, Piece])[] = [
  [
    both("Accuracy", "准确率"),
    both("Share of the rows that are right (also WAR).", "判对的样本所占比例（亦称 WAR）。"),
  ],
  [
    "UAR",
    both(
      "Mean of the labels' recalls: a rare label counts as much as a frequent one.",
      "各标签召回率的平均：罕见标签与常见标签同等重要。",
    ),
  ],
  [
    "F1",
    both(
      "Harmonic mean of precision and recall; macro: mean over labels; weighted: by their rows.",
      "精确率与召回率的调和平均；宏平均：对标签取平均；加权：按样本数加权。",
    ),
  ],
  [
    "ROC-AUC",
    both(
      "How often a row of the label scores higher for it than a row of another; 50 % is chance.",
      "该标签的样本得分高于其他样本的概率；随机水平为 50 %。",
    ),
  ],
  [
    both("Calibration error", "校准误差"),
    both(
      "How far confidence and accuracy are apart, in 15 bins (ECE); 0 % is best.",
      "置信度与准确率的差距（ECE，15 个区间）；0 % 最好。",
    ),
  ],
];

export function termsSection(): Markup {
  return html`<section id="terms"><h2>${both("What the words mean", "术语说明")}</h2><dl class="terms">${TERMS.map(
    ([term, meaning]) => html`<dt>${term}</dt><dd>${meaning}</dd>`,
  )}</dl><p>${both(
    "Labels name the emotion that a person appears to express. They say nothing certain about what the person feels, and the numbers hold for rows like these: other people, cameras, microphones and topics give other numbers.",
    "标签描述的是一个人看起来所表达的情绪，并不能确定其真实感受；上述数值只适用于与此类似的样本：换了人群、摄像头、麦克风或话题，结果会不同。",
  )}</p></section>`;
}
