/** Charts of a unit square or of a range, as inline SVG. Colours and widths are the style sheet's. */
import { html, type Markup, type Piece } from "./markup.ts";

export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  /** What stands at a tick. */
  readonly text: (value: number) => string;
  readonly name?: Piece;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly x: Axis;
  readonly y: Axis;
}

/** Where values stand in the picture. */
export interface Place {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

export function placeIn({ width, height, x, y }: Frame): Place & { readonly left: number; readonly bottom: number } {
  const left = y.name === undefined ? 30 : 46;
  const below = x.name === undefined ? 20 : 36;
  const [right, top] = [10, 8];
  const bottom = height - below;
  return {
    left,
    bottom,
    x: (value) => left + ((width - left - right) * (value - x.from)) / (x.to - x.from),
    y: (value) => bottom - ((bottom - top) * (value - y.from)) / (y.to - y.from),
  };
}

const n = (value: number): string => String(Math.round(value * 10) / 10);

/** @param labelledBy id of the caption that names the chart */
export function plot(frame: Frame, labelledBy: string, draw: (place: Place) => Piece): Markup {
  const { width, height, x, y } = frame;
  const at = placeIn(frame);
  const end = at.x(x.to);
  const top = at.y(y.to);
  return html`<svg class="plot" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${labelledBy}">${x.ticks.map(
    (tick) =>
      html`<line class="grid" x1="${n(at.x(tick))}" x2="${n(at.x(tick))}" y1="${n(top)}" y2="${n(at.bottom)}"/><text class="tick" x="${n(at.x(tick))}" y="${n(at.bottom + 14)}" text-anchor="middle">${x.text(tick)}</text>`,
  )}${y.ticks.map(
    (tick) =>
      html`<line class="grid" x1="${n(at.left)}" x2="${n(end)}" y1="${n(at.y(tick))}" y2="${n(at.y(tick))}"/><text class="tick" x="${n(at.left - 5)}" y="${n(at.y(tick) + 4)}" text-anchor="end">${y.text(tick)}</text>`,
  )}${draw(at)}<path class="axis" fill="none" d="M${n(at.left)} ${n(top)}V${n(at.bottom)}H${n(end)}"/>${
    x.name !== undefined &&
    html`<text class="name" x="${n((at.left + end) / 2)}" y="${height - 6}" text-anchor="middle">${x.name}</text>`
  }${
    y.name !== undefined &&
    html`<text class="name" transform="translate(12 ${n((top + at.bottom) / 2)}) rotate(-90)" text-anchor="middle">${y.name}</text>`
  }</svg>`;
}

/** A line through points; `stepped` goes level first, as counts do. */
export function line(
  place: Place,
  points: readonly (readonly [number, number])[],
  look = "",
  stepped = false,
): Markup | null {
  const [first, ...rest] = points;
  if (first === undefined) return null;
  const path = rest.map(([x, y]) =>
    stepped ? `H${n(place.x(x))}V${n(place.y(y))}` : `L${n(place.x(x))} ${n(place.y(y))}`,
  );
  return html`<path class="${`line ${look}`.trim()}" d="M${n(place.x(first[0]))} ${n(place.y(first[1]))}${path.join("")}"/>`;
}

/** A bar from the bottom of the scale. */
export function bar(
  place: Place,
  span: { readonly from: number; readonly to: number },
  heights: { readonly base: number; readonly value: number },
  look = "",
): Markup {
  const [left, right] = [place.x(span.from), place.x(span.to)];
  const [low, high] = [place.y(heights.base), place.y(heights.value)];
  return html`<rect class="${`bar ${look}`.trim()}" x="${n(left + 1)}" y="${n(high)}" width="${n(Math.max(0, right - left - 2))}" height="${n(Math.max(0, low - high))}"/>`;
}

export function dot(place: Place, x: number, y: number, look = ""): Markup {
  return html`<circle class="${`dot ${look}`.trim()}" cx="${n(place.x(x))}" cy="${n(place.y(y))}" r="4.5"/>`;
}

/** From 0 to 1, said in percent. */
export function shareAxis(name?: Piece, ticks: readonly number[] = [0, 0.25, 0.5, 0.75, 1]): Axis {
  return {
    from: 0,
    to: 1,
    ticks,
    text: (value) => `${Math.round(100 * value)}`,
    ...(name === undefined ? {} : { name }),
  };
}
