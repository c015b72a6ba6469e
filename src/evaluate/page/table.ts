/** Tables. A column may be drawn: the number, its interval and the number of another model on one small scale. */
import type { Interval } from "../../metrics/bootstrap.ts";
import { plain } from "./format.ts";
import { html, type Markup, type Piece } from "./markup.ts";

export interface Column {
  readonly name: Piece;
  readonly kind?: "text" | "number" | "id" | "said";
  /** Makes a drawn column, with the ends of its scale. */
  readonly scale?: Scale;
}

export interface Scale {
  readonly from: number;
  readonly to: number;
  readonly unit?: string;
  /** Where a thin line stands: the overall value, or no difference. */
  readonly mark?: number;
}

/** What stands in a drawn column. */
export interface Whisker {
  readonly value: number;
  readonly interval?: Interval | null | undefined;
  readonly other?: number | undefined;
  /** Instead of the mark of the scale. */
  readonly mark?: number | undefined;
}

export type Cell = Piece | Whisker;

const isWhisker = (cell: Cell): cell is Whisker => typeof cell === "object" && cell !== null && "value" in cell;

const WIDTH = 160;
const HEIGHT = 16;

function whisker({ value, interval, other, ...own }: Whisker, { from, to, ...scale }: Scale): Markup {
  const mark = own.mark ?? scale.mark;
  const at = (number: number): string =>
    (5 + (WIDTH - 10) * Math.min(1, Math.max(0, (number - from) / (to - from)))).toFixed(1);
  const middle = HEIGHT / 2;
  // The numbers stand in the columns beside it, so readers of the text alone miss nothing.
  return html`<svg class="whisker" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true"><line class="grid" x1="${at(from)}" x2="${at(to)}" y1="${middle}" y2="${middle}"/>${
    mark !== undefined && html`<line class="mark" x1="${at(mark)}" x2="${at(mark)}" y1="0" y2="${HEIGHT}"/>`
  }${
    interval &&
    html`<line class="span" x1="${at(interval.low)}" x2="${at(interval.high)}" y1="${middle}" y2="${middle}"/><line class="span" x1="${at(interval.low)}" x2="${at(interval.low)}" y1="4" y2="12"/><line class="span" x1="${at(interval.high)}" x2="${at(interval.high)}" y1="4" y2="12"/>`
  }<circle class="dot" cx="${at(value)}" cy="${middle}" r="4.5"/>${
    other !== undefined &&
    html`<rect class="dot other" x="${(Number(at(other)) - 3.5).toFixed(1)}" y="${middle - 3.5}" width="7" height="7"/>`
  }</svg>`;
}

function classOf({ kind, scale }: Column): Piece {
  const name = scale === undefined ? (kind ?? "text") : "scale";
  return name === "text" ? "" : html` class="${name}"`;
}

function headCell(column: Column): Markup {
  const { scale } = column;
  if (scale === undefined) return html`<th scope="col"${classOf(column)}>${column.name}</th>`;
  const { from, to, unit = "" } = scale;
  const ends = from < 0 ? [plain(100 * from), "0", `+${plain(100 * to)}`] : [plain(100 * from), plain(100 * to)];
  return html`<th scope="col"${classOf(column)}>${column.name}<span aria-hidden="true">${ends.map(
    (end, place) => html`<i>${end.replace("-", "−")}${place === ends.length - 1 ? unit : ""}</i>`,
  )}</span></th>`;
}

/** The first column heads its row. Wide tables scroll by themselves. */
export function table(caption: Piece, columns: readonly Column[], rows: readonly (readonly Cell[])[]): Markup {
  return html`<figure class="wide" tabindex="0">${caption !== null && html`<figcaption class="soft">${caption}</figcaption>`}<table><thead><tr>${columns.map(
    headCell,
  )}</tr></thead><tbody>${rows.map(
    (row) =>
      html`<tr>${row.map((cell, place): Markup => {
        const column = columns[place] as Column;
        const shown = isWhisker(cell) ? whisker(cell, column.scale ?? { from: 0, to: 1 }) : html`${cell}`;
        return place === 0
          ? html`<th scope="row"${classOf(column)}>${shown}</th>`
          : html`<td${classOf(column)}>${shown}</td>`;
      })}</tr>`,
  )}</tbody></table></figure>\n`;
}

/** What would take too much room on a screen: opened by a click, and always on paper. */
export function folded(summary: Piece, content: Piece): Markup {
  return html`<details><summary>${summary}</summary>${content}</details>\n`;
}

/** From 0 to a round share at or above the highest of some. */
export function sharesUpTo(highest: number): Scale {
  return { ...SHARES, to: [0.1, 0.2, 0.5].find((end) => highest <= end) ?? 1 };
}

/** A scale from 0 to 100 percent. */
export const SHARES: Scale = { from: 0, to: 1, unit: "\u202f%" };
