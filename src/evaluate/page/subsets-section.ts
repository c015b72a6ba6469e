/** What each modality adds. */
import { MODALITY_NAMES, type Modality } from "../../core/modality.ts";
import type { SubsetRow } from "../analysis/subsets.ts";
import { count, percent, percentInterval } from "./format.ts";
import { both, html, type Markup } from "./markup.ts";
import { METRICS } from "./metrics-section.ts";
import { type Cell, SHARES, table } from "./table.ts";

const named = (modalities: readonly Modality[], language: "en" | "zh"): string =>
  modalities.map((modality) => MODALITY_NAMES[modality][language]).join(" + ");

/** What a table says of a subset: on the rows that every subset answered, where there are some. */
function metricsOf(row: SubsetRow | undefined) {
  return row === undefined || "reason" in row ? undefined : (row.shared ?? row.answered);
}

/** @param other the second model and its subsets */
export function subsetsSection(
  subsets: readonly SubsetRow[],
  other?: { readonly model: string; readonly subsets: readonly SubsetRow[] },
): Markup {
  const key = ({ modalities }: SubsetRow): string => modalities.join();
  const beside = new Map(other?.subsets.map((row) => [key(row), row]));
  const second = (row: SubsetRow): Cell[] => {
    if (other === undefined) return [];
    const its = metricsOf(beside.get(key(row)));
    return its === undefined ? ["–", "–"] : [percent(its.accuracy), percent(its.uar)];
  };
  return html`<section id="subsets"><h2>${both("Each subset of the modalities", "各模态组合")}</h2>${table(
    both(
      "On the rows that every subset answered, so that the numbers can be compared; in brackets, how many rows the subset answered at all.",
      "在所有组合都作答的样本上计算，因而可相互比较；括号内为该组合实际作答的样本数。",
    ),
    [
      { name: both("Inputs", "输入") },
      { name: both("Rows", "样本数"), kind: "number" },
      { name: METRICS.accuracy, kind: "number" },
      { name: both("95 % interval", "95 % 区间"), kind: "number" },
      { name: "UAR", kind: "number" },
      { name: METRICS.macroF1, kind: "number" },
      ...(other === undefined
        ? []
        : [
            { name: html`${METRICS.accuracy} <span class="id">${other.model}</span>`, kind: "number" as const },
            { name: "UAR", kind: "number" as const },
          ]),
      { name: "", scale: SHARES },
    ],
    subsets.map((row): Cell[] => {
      const name = both(named(row.modalities, "en"), named(row.modalities, "zh"));
      if ("reason" in row) {
        return [name, "0", "–", "–", "–", "–", ...second(row), html`<span class="soft">${row.reason}</span>`];
      }
      const { n, accuracy, interval, uar, macroF1 } = row.shared ?? row.answered;
      return [
        name,
        `${count(n)} (${count(row.answered.n)})`,
        percent(accuracy),
        percentInterval(interval),
        percent(uar),
        percent(macroF1),
        ...second(row),
        { value: accuracy, interval, other: metricsOf(beside.get(key(row)))?.accuracy },
      ];
    }),
  )}</section>`;
}
