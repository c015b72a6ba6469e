/** ROC and precision-recall curves, a small chart for each label. */
import type { ClassCurves } from "../analysis/class-curves.ts";
import { decimal, percent } from "./format.ts";
import { both, html, labelName, type Markup, type Piece } from "./markup.ts";
import { type Frame, line, plot, shareAxis } from "./plot.ts";
import { type Cell, table } from "./table.ts";

const FRAME: Frame = {
  width: 200,
  height: 190,
  x: shareAxis(undefined, [0, 0.5, 1]),
  y: shareAxis(undefined, [0, 0.5, 1]),
};

/** Recall that is reached while at most this share of the others is taken for the label. */
const FALSE_ALARMS = [0.05, 0.2] as const;
/** Precision that is left when at least this share of the label is found. */
const RECALLS = [0.5, 0.9] as const;

type RocPoints = readonly (readonly [number, number])[];

const rocPoints = (curves: ClassCurves | undefined): RocPoints =>
  (curves?.roc?.points ?? []).map((point) => [point.falsePositiveRate, point.truePositiveRate]);

/** From the left edge, because no row called is no recall at the first precision. */
function recallPoints(curves: ClassCurves | undefined): RocPoints {
  const points = curves?.precisionRecall?.points ?? [];
  const [first] = points;
  return first === undefined
    ? []
    : [[0, first.precision], ...points.map(({ recall, precision }) => [recall, precision] as const)];
}

function recallAt({ roc }: ClassCurves, falseAlarms: number): string {
  const reached = roc?.points.filter((point) => point.falsePositiveRate <= falseAlarms).at(-1);
  return reached === undefined ? "–" : percent(reached.truePositiveRate, 0);
}

function precisionAt({ precisionRecall }: ClassCurves, recall: number): string {
  const reached = precisionRecall?.points.filter((point) => point.recall >= recall) ?? [];
  return reached.length === 0 ? "–" : percent(Math.max(...reached.map(({ precision }) => precision)), 0);
}

function figure(id: string, name: Piece, number: string, chart: (id: string) => Markup): Markup {
  return html`<figure><figcaption id="${id}"><b>${name}</b><span class="soft">${number}</span></figcaption>${chart(id)}</figure>`;
}

export function curvesSection(
  curves: readonly ClassCurves[],
  other: readonly ClassCurves[] | null | undefined,
  legend: Piece,
): Markup {
  const otherOf = (label: string): ClassCurves | undefined => other?.find((own) => own.label === label);
  const numbers = (own: number | undefined, its: number | undefined): string =>
    own === undefined ? "–" : its === undefined ? decimal(own) : `${decimal(own)} · ${decimal(its)}`;
  const rows = curves.map((own): Cell[] => [
    labelName(own.label),
    percent(own.share),
    own.roc === null ? "–" : decimal(own.roc.area),
    ...FALSE_ALARMS.map((share) => recallAt(own, share)),
    own.precisionRecall === null ? "–" : decimal(own.precisionRecall.averagePrecision),
    ...RECALLS.map((share) => precisionAt(own, share)),
  ]);
  return html`<section id="curves"><h2>${both("Curves of each label", "各标签曲线")}</h2>${legend}
<h3>ROC</h3><p class="soft">${both(
    "Up: percent of the label that is found. Right: percent of the other rows taken for it. The dotted line is chance. Number: area.",
    "纵轴：该标签被找出的百分比；横轴：其他样本被误判为该标签的百分比；点线为随机水平；数字为曲线下面积。",
  )}</p><div class="plots">${curves.map((own, index) =>
    figure(`roc-${index}`, labelName(own.label), numbers(own.roc?.area, otherOf(own.label)?.roc?.area), (id) =>
      plot(FRAME, id, (place) => [
        line(
          place,
          [
            [0, 0],
            [1, 1],
          ],
          "chance",
        ),
        line(place, rocPoints(otherOf(own.label)), "other"),
        line(place, rocPoints(own)),
      ]),
    ),
  )}</div>
<h3>${both("Precision and recall", "精确率–召回率")}</h3><p class="soft">${both(
    "Up: percent right among those called so. Right: percent of the label that is found. The dotted line is the share of the label. Number: average precision.",
    "纵轴：被判为该标签者中判对的百分比；横轴：该标签被找出的百分比；点线为该标签所占比例；数字为平均精确率。",
  )}</p><div class="plots">${curves.map((own, index) =>
    figure(
      `pr-${index}`,
      labelName(own.label),
      numbers(own.precisionRecall?.averagePrecision, otherOf(own.label)?.precisionRecall?.averagePrecision),
      (id) =>
        plot(FRAME, id, (place) => [
          line(
            place,
            [
              [0, own.share],
              [1, own.share],
            ],
            "chance",
          ),
          line(place, recallPoints(otherOf(own.label)), "other"),
          line(place, recallPoints(own)),
        ]),
    ),
  )}</div>${table(
    both("The curves in numbers.", "曲线对应的数值。"),
    [
      { name: both("Label", "标签") },
      { name: both("Share of rows", "样本占比"), kind: "number" },
      { name: both("ROC area", "ROC 面积"), kind: "number" },
      ...FALSE_ALARMS.map((share) => ({
        name: both(`Found at ${100 * share} % false alarms`, `误报 ${100 * share} % 时的召回率`),
        kind: "number" as const,
      })),
      { name: both("Average precision", "平均精确率"), kind: "number" },
      ...RECALLS.map((share) => ({
        name: both(`Precision at ${100 * share} % found`, `召回 ${100 * share} % 时的精确率`),
        kind: "number" as const,
      })),
    ],
    rows,
  )}</section>`;
}
