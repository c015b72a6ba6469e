/** Numbers as a reader wants them; the same in both languages. */
import type { Interval } from "../../metrics/bootstrap.ts";

const THIN = "\u202f";

/** `62.1 %`, with a space that does not break. */
export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)}${THIN}%`;
}

/** `1,234`. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/gu, ",");
}

/** `0.873`. */
export function decimal(value: number, digits = 3): string {
  return value.toFixed(digits);
}

/** `60.0–64.2 %`. */
export function percentInterval({ low, high }: Interval): string {
  return `${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)}${THIN}%`;
}

/** `+2.1`, in points of percent, with a true minus. */
export function points(difference: number): string {
  const text = (100 * Math.abs(difference)).toFixed(1);
  const sign = Number(text) === 0 ? "±" : difference < 0 ? "−" : "+";
  return `${sign}${text}`;
}

/** `= 0.034`, or `< 0.001`: more digits would pretend. */
export function probability(value: number): string {
  return value < 0.001 ? `<${THIN}0.001` : `=${THIN}${value.toFixed(3)}`;
}

/** A number with as many digits as tell something: 12,345, 12.3, 0.12. */
export function plain(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return count(Math.round(value));
  return Math.abs(value) >= 1 ? value.toFixed(1) : value.toFixed(2);
}
