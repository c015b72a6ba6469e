/** The confusion matrix as SVG: shade and share of the row, with the count below. */
import { displayLabel } from "../../core/labels.ts";
import { both, element, side, text } from "./markup.ts";

const [CELL_WIDTH, CELL_HEIGHT, LEFT, TOP] = [70, 40, 110, 50];

function labelName(label: string): string {
  return both({ en: displayLabel(label, "en"), zh: displayLabel(label, "zh") }, "tspan");
}

/** @param counts `[truth][predicted]` rows, in order of `labels` */
export function confusionChart(labels: readonly string[], counts: readonly (readonly number[])[]): string {
  const middle = TOP + (labels.length * CELL_HEIGHT) / 2;
  const parts: string[] = [
    element(
      "text",
      { class: "middle", x: 12, y: middle, transform: `rotate(-90 12 ${middle})` },
      both({ en: "truth", zh: "真实" }, "tspan"),
    ),
    element(
      "text",
      { class: "middle", x: LEFT + (labels.length * CELL_WIDTH) / 2, y: 16 },
      both({ en: "predicted", zh: "预测" }, "tspan"),
    ),
  ];
  for (const [index, label] of labels.entries()) {
    parts.push(
      element("text", { class: "middle", x: LEFT + (index + 0.5) * CELL_WIDTH, y: TOP - 8 }, labelName(label)),
    );
    parts.push(
      element("text", { class: "end", x: LEFT - 8, y: TOP + (index + 0.5) * CELL_HEIGHT + 4 }, labelName(label)),
    );
  }
  for (const [row, line] of counts.entries()) {
    const total = line.reduce((sum, count) => sum + count, 0);
    for (const [column, count] of line.entries()) {
      const share = total > 0 ? count / total : 0;
      const [x, y] = [LEFT + column * CELL_WIDTH, TOP + row * CELL_HEIGHT];
      // Of white and the first colour of the charts, so that the print in grey keeps the order.
      const shade = [255 - 255 * share, 255 - 141 * share, 255 - 77 * share].map(Math.round).join(",");
      const dark = share > 0.55 ? " light" : "";
      parts.push(
        element("rect", { x, y, width: CELL_WIDTH, height: CELL_HEIGHT, fill: `rgb(${shade})`, class: "cell" }),
      );
      if (total === 0) continue;
      const percent = `${Math.round(share * 100)} %`;
      parts.push(element("text", { class: `middle${dark}`, x: x + CELL_WIDTH / 2, y: y + 18 }, percent));
      parts.push(element("text", { class: `middle small${dark}`, x: x + CELL_WIDTH / 2, y: y + 32 }, text(count)));
    }
  }
  const [width, height] = [LEFT + labels.length * CELL_WIDTH + 4, TOP + labels.length * CELL_HEIGHT + 4];
  const size = {
    viewBox: `0 0 ${width} ${height}`,
    style: `min-width:${Math.min(width, 60 * labels.length)}px;max-width:${width}px`,
  };
  return element(
    "svg",
    { ...size, role: "img", "aria-label": side({ en: "Confusion matrix", zh: "混淆矩阵" }), class: "chart matrix" },
    ...parts,
  );
}
