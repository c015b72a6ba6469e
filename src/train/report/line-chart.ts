/** Curves over epochs as SVG. Lines differ by dashes and carry their names, so that they can be told apart in grey. */
import { both, element, side, text, type Words } from "./markup.ts";
import { epochTicks, niceTicks, tickLabel } from "./ticks.ts";

export interface Series {
  readonly name: Words;
  /** x in epochs. Points that are not finite are left out. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Each value holds until the next point. */
  readonly stairs?: boolean;
}

export interface LineChartOptions {
  readonly title: Words;
  readonly series: readonly Series[];
  /** Right end of the axis of epochs. */
  readonly epochs: number;
  /** Left end. Default 1. */
  readonly from?: number;
  /** An epoch to be marked. */
  readonly mark?: number;
  /** Lowest and highest value that the axis shows at least. */
  readonly include?: readonly number[];
  /** Half as wide, for a single line that its title names. Default false. */
  readonly small?: boolean;
}

const LARGE = { width: 720, height: 280, right: 150 };
const SMALL = { width: 350, height: 190, right: 14 };
const MARGIN = { top: 14, bottom: 40, left: 60 };
/** Okabe & Ito (2008): told apart by colour-blind people too. */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"];
const DASHES = ["", "7 4", "2 3", "10 3 2 3", "4 2", "1 5"];
const LABEL_GAP = 15;

/** With a corner before each point, at the height of the one before. */
function stairs(points: Series["points"]): Series["points"] {
  return points.flatMap(([x, y], at) => {
    const before = points[at - 1];
    return before === undefined || before[1] === y
      ? [[x, y]]
      : [
          [x, before[1]],
          [x, y],
        ];
  });
}

/** Heights of labels, moved apart where they would overlap, in the order given. */
export function spread(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => (wanted[a] as number) - (wanted[b] as number));
  const placed = [...wanted];
  let floor = low;
  for (const index of order) {
    placed[index] = Math.max(floor, placed[index] as number);
    floor = (placed[index] as number) + gap;
  }
  let ceiling = high;
  for (const index of order.reverse()) {
    placed[index] = Math.min(ceiling, placed[index] as number);
    ceiling = (placed[index] as number) - gap;
  }
  return placed;
}

export function lineChart(options: LineChartOptions): string {
  const { title, series, epochs, from = 1, mark, include = [], small = false } = options;
  const { width, height, right: margin } = small ? SMALL : LARGE;
  const shown = series
    .map((one) => ({ ...one, points: one.points.filter((point) => point.every(Number.isFinite)) }))
    .filter(({ points }) => points.length > 0);
  const values = [...include, ...shown.flatMap(({ points }) => points.map(([, y]) => y))];
  const ticks = niceTicks(Math.min(...values), Math.max(...values));
  const [low, high] = [ticks[0] as number, ticks.at(-1) as number];
  const right = Math.max(epochs, from + 1);
  const x = (epoch: number) => MARGIN.left + ((epoch - from) / (right - from)) * (width - MARGIN.left - margin);
  const y = (value: number) =>
    height - MARGIN.bottom - ((value - low) / (high - low)) * (height - MARGIN.top - MARGIN.bottom);
  const parts: string[] = [];
  for (const tick of ticks) {
    const at = y(tick);
    parts.push(element("line", { class: "grid", x1: x(from), x2: x(right), y1: at, y2: at }));
    const label = tickLabel(tick, (ticks[1] as number) - low);
    parts.push(element("text", { class: "end", x: MARGIN.left - 8, y: at + 4 }, text(label)));
  }
  for (const epoch of epochTicks(right).filter((tick) => tick >= from)) {
    parts.push(element("text", { class: "middle", x: x(epoch), y: height - MARGIN.bottom + 18 }, text(epoch)));
  }
  parts.push(
    element(
      "text",
      { class: "middle", x: (x(from) + x(right)) / 2, y: height - 6 },
      both({ en: "epoch", zh: "轮次" }, "tspan"),
    ),
  );
  if (mark !== undefined) {
    parts.push(element("line", { class: "mark", x1: x(mark), x2: x(mark), y1: MARGIN.top, y2: y(low) }));
  }
  const ends = shown.map(({ points }) => points.at(-1) as readonly [number, number]);
  const heights = spread(
    ends.map(([, value]) => y(value)),
    LABEL_GAP,
    MARGIN.top,
    y(low),
  );
  for (const [index, { name, points, stairs: held = false }] of shown.entries()) {
    const stroke = COLOURS[index % COLOURS.length] as string;
    const path = (held ? stairs(points) : points)
      .map(([epoch, value]) => `${x(epoch).toFixed(1)},${y(value).toFixed(1)}`)
      .join(" ");
    const dash = DASHES[index % DASHES.length] as string;
    parts.push(element("polyline", { points: path, stroke, ...(dash === "" ? {} : { "stroke-dasharray": dash }) }));
    const [end = 0] = ends[index] ?? [];
    if (points.length === 1) {
      parts.push(
        element("circle", { cx: x(end), cy: y((points[0] as readonly [number, number])[1]), r: 3, fill: stroke }),
      );
    }
    if (small) continue;
    parts.push(
      element("text", { x: x(end) + 8, y: (heights[index] as number) + 4, fill: stroke }, both(name, "tspan")),
    );
  }
  return element(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-label": side(title),
      class: small ? "chart small-chart" : "chart",
    },
    element("title", {}, text(side(title))),
    ...parts,
  );
}
