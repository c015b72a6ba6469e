/** How much each modality counted, where the model tells. */
import { MODALITIES, MODALITY_NAMES } from "../../core/modality.ts";
import type { MeanWeights, ModalityWeights } from "../modality-weights.ts";
import { count, percent } from "./format.ts";
import { both, html, labelName, type Markup, type Piece } from "./markup.ts";
import { type Cell, table } from "./table.ts";

export function weightsSection({ perLabel, ...all }: ModalityWeights): Markup {
  const modalities = MODALITIES.filter((modality) => all.weights[modality] !== undefined);
  const row = (name: Piece, { n, weights }: MeanWeights): Cell[] => [
    name,
    count(n),
    ...modalities.map((modality) => percent(weights[modality] ?? 0)),
  ];
  return html`<section id="weights"><h2>${both("Weights of the modalities", "各模态权重")}</h2>${table(
    both(
      "Share of each modality in the answer as the model weighs it, averaged over the rows of a true label; 0 where a row lacks it. It says what the model looked at, not what it was right by.",
      "模型为各模态分配的权重在回答中的占比，按真实标签对样本取平均；样本缺少该模态时计 0。它说明模型参考了什么，而不说明判对的原因。",
    ),
    [
      { name: both("Label", "标签") },
      { name: both("Rows", "样本数"), kind: "number" },
      ...modalities
        .map((modality) => MODALITY_NAMES[modality])
        .map(({ en, zh }) => ({ name: both(en, zh), kind: "number" as const })),
    ],
    [...Object.entries(perLabel).map(([label, own]) => row(labelName(label), own)), row(both("all", "全部"), all)],
  )}</section>`;
}
