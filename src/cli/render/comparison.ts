/** Two models on the same rows, as tables. */
import type { Comparison } from "../../evaluate/analysis/compare.ts";
import type { ColumnComparison } from "../../evaluate/analysis/compare-columns.ts";
import type { Terminal } from "../terminal.ts";
import { renderTable } from "./table.ts";

const number = (value: number): string => value.toFixed(4);
const signed = (value: number): string => `${value < 0 ? "" : "+"}${number(value)}`;

const orDash = (value: number | null, write: (value: number) => string): string =>
  value === null ? "–" : write(value);

/** Further columns that both answer, each metric on the rows of both. */
function columnRows(columns: readonly ColumnComparison[]): string {
  const rows = columns.flatMap(({ first, second, n, metrics }) => {
    const name = first === second ? first : `${first} · ${second}`;
    if (n === 0) return [[name, "", "–", "–", "–", "–", "0"]];
    return Object.entries(metrics).map(([metric, { first: one, second: two, difference, interval }]) => [
      name,
      metric,
      orDash(one, number),
      orDash(two, number),
      orDash(difference, signed),
      interval ? `${signed(interval.low)} to ${signed(interval.high)}` : "–",
      String(n),
    ]);
  });
  const head = ["column", "", "first", "second", "difference", "95 % interval, paired", "rows"];
  return renderTable(head, rows, [2, 3, 4, 6]);
}

export function renderComparison(comparison: Comparison, screen: Pick<Terminal, "paint">): string {
  const { first, second, n, leftOut, metrics, columns = [], recall, agreement, mcnemar } = comparison;
  const { onlyFirst, onlySecond, otherTruth } = leftOut;
  const left = onlyFirst + onlySecond + otherTruth;
  return [
    `${screen.paint("bold", first)} and ${screen.paint("bold", second)} on ${n} rows${left > 0 ? `, ${left} left out` : ""}`,
    renderTable(
      ["", "first", "second", "difference", "95 % interval, paired"],
      Object.entries(metrics).map(([name, { first: one, second: two, difference, interval }]) => [
        name,
        number(one),
        number(two),
        signed(difference),
        interval ? `${signed(interval.low)} to ${signed(interval.high)}` : "–",
      ]),
      [1, 2, 3],
    ),
    ...(Object.keys(recall).length > 0
      ? [
          renderTable(
            ["recall", "first", "second", "rows"],
            Object.entries(recall).map(([label, { first: one, second: two, support }]) => [
              label,
              number(one),
              number(two),
              String(support),
            ]),
            [1, 2, 3],
          ),
        ]
      : []),
    ...(columns.length > 0 ? [columnRows(columns)] : []),
    `They say the same on ${(100 * agreement).toFixed(1)} % of the rows.\n` +
      `Right only in the first: ${mcnemar.onlyFirst}; only in the second: ${mcnemar.onlySecond}. ` +
      `McNemar's exact test: p = ${mcnemar.pValue.toPrecision(2)}`,
  ].join("\n\n");
}
