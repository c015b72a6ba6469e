/** Contributions as people read them: in percentage points, always with their sign. */
import type { TextPart } from "../../core/explanation.ts";

/** `+12.3`, `−4.0` */
export function signedPoints(points: number): string {
  return `${points < 0 ? "−" : "+"}${(100 * Math.abs(points)).toFixed(1)}`;
}

/** Below this a part is not marked, in probability. */
export const NOTICEABLE = 0.01;

/** The parts that weigh most, strongest first. */
export function strongest(parts: readonly TextPart[], most: number): TextPart[] {
  return parts
    .filter(({ points }) => Math.abs(points) >= NOTICEABLE)
    .sort((a, b) => Math.abs(b.points) - Math.abs(a.points))
    .slice(0, most);
}
