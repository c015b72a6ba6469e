/** The confusion matrix, as a table that is shaded by shares. */
import type { SingleReport } from "../report.ts";
import { count } from "./format.ts";
import { both, html, labelName, type Markup } from "./markup.ts";

export function confusionSection({ confusion }: SingleReport): Markup {
  const { labels, counts } = confusion;
  const rows = counts.map((row, truth) => {
    const support = row.reduce((sum, value) => sum + value, 0);
    return html`<tr><th scope="row">${labelName(labels[truth] as string)}</th>${row.map((value, said) => {
      const share = support === 0 ? 0 : value / support;
      return html`<td${said === truth && html` class="right"`} style="--share:${share.toFixed(3)}">${Math.round(100 * share)}<small>${count(value)}</small></td>`;
    })}<td class="number" style="--share:0">${count(support)}</td></tr>`;
  });
  return html`<section id="confusion"><h2>${both("What is taken for what", "混淆矩阵")}</h2><figure class="wide" tabindex="0"><figcaption class="soft">${both(
    "Rows: the truth. Columns: what was said. Large: percent of the row. Small: how many. Framed: right.",
    "行：真实标签；列：模型回答。大字：占该行的百分比；小字：样本数；带框：判对。",
  )}</figcaption><table class="confusion"><thead><tr><th class="corner" scope="col">${both("truth ↓ said →", "真实 ↓ 回答 →")}</th>${labels.map(
    (label) => html`<th scope="col">${labelName(label)}</th>`,
  )}<th scope="col">${both("rows", "样本数")}</th></tr></thead><tbody>${rows}</tbody></table></figure></section>`;
}
