/** A curve with its 95 % band as an SVG that stands by itself. Points without a place on the axis are drawn side by side. */
import type { Curve, CurvePoint } from "./results.ts";

const [WIDTH, HEIGHT] = [560, 260];
const FRAME = { left: 56, right: 16, top: 34, bottom: 50 };

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #333 }
  .title { font-weight: 600; font-size: 13px }
  .grid { stroke: #ddd }
  .band { fill: #0072b2; opacity: .16 }
  .line { fill: none; stroke: #0072b2; stroke-width: 2 }
  .dot { fill: #0072b2 }
  .whisker { stroke: #0072b2; stroke-width: 1.5 }`;

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const px = (value: number): string => value.toFixed(1);

/** Places in pixels: by `at` on a line, or evenly where there is no order. */
function placesOf(points: readonly CurvePoint[]): { readonly x: readonly number[]; readonly isLine: boolean } {
  const isLine = points.every(({ at }) => at !== undefined);
  // Names of conditions stand under their points, and must not run over the edge.
  const inset = isLine ? 22 : 52;
  const [from, to] = [FRAME.left + inset, WIDTH - FRAME.right - inset];
  const even = points.map((_, index) => from + ((to - from) * index) / Math.max(1, points.length - 1));
  if (!isLine) return { x: even, isLine };
  const at = points.map((point) => point.at as number);
  const [low, high] = [Math.min(...at), Math.max(...at)];
  return { x: at.map((value) => from + ((to - from) * (value - low)) / (high - low)), isLine };
}

/** @param curve its title and axis are written into the picture */
export function curveChart({ title, axis, points }: Pick<Curve, "title" | "axis" | "points">): string {
  const { x, isLine } = placesOf(points);
  const bottom = HEIGHT - FRAME.bottom;
  const y = (share: number): number => bottom - share * (bottom - FRAME.top);
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line class="grid" x1="${FRAME.left}" x2="${WIDTH - FRAME.right}" y1="${px(y(share))}" y2="${px(y(share))}"/>` +
      `<text x="${FRAME.left - 8}" y="${px(y(share) + 4)}" text-anchor="end">${share.toFixed(2)}</text>`,
  );
  const names = points.map(
    ({ condition }, index) =>
      `<text x="${px(x[index] as number)}" y="${bottom + 18}" text-anchor="middle">${escaped(condition)}</text>`,
  );
  const low = points.map(({ low: share }, index) => `${px(x[index] as number)},${px(y(share))}`).reverse();
  const high = points.map(({ high: share }, index) => `${px(x[index] as number)},${px(y(share))}`);
  const line = points.map(({ share }, index) => `${px(x[index] as number)},${px(y(share))}`);
  const spread = isLine
    ? [
        `<polygon class="band" points="${[...high, ...low].join(" ")}"/>`,
        `<polyline class="line" points="${line.join(" ")}"/>`,
      ]
    : points.map(
        (point, index) =>
          `<line class="whisker" x1="${px(x[index] as number)}" x2="${px(x[index] as number)}" y1="${px(y(point.low))}" y2="${px(y(point.high))}"/>`,
      );
  const dots = points.map(
    ({ share }, index) => `<circle class="dot" cx="${px(x[index] as number)}" cy="${px(y(share))}" r="3.5"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img">`,
    `<title>${escaped(title)}</title><style>${STYLE}</style>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text class="title" x="${FRAME.left}" y="20">${escaped(title)}</text>`,
    `<text x="${WIDTH - FRAME.right}" y="20" text-anchor="end">accuracy, 95 % interval</text>`,
    ...grid,
    ...spread,
    ...dots,
    ...names,
    `<text x="${(FRAME.left + WIDTH) / 2}" y="${HEIGHT - 10}" text-anchor="middle">${escaped(axis)}</text>`,
    "</svg>",
    "",
  ].join("\n");
}
