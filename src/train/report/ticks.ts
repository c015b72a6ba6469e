/** Round numbers along an axis. */

/**
 * About `count` multiples of 1, 2 or 5 times a power of ten, from the first at or below `low` to the first at or above
 * `high`.
 */
export function niceTicks(low: number, high: number, count = 5): number[] {
  const span = high > low ? high - low : Math.max(Math.abs(high), 1e-9);
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  return Array.from({ length: Math.max(1, last - first) + 1 }, (_, index) => (first + index) * step);
}

/** Whole numbers from 1 to `last`, at most about `count` of them. */
export function epochTicks(last: number, count = 10): number[] {
  const step = Math.max(1, Math.ceil(niceTicks(0, last, count)[1] ?? 1));
  const ticks: number[] = [];
  for (let epoch = step === 1 ? 1 : 0; epoch <= last; epoch += step) ticks.push(epoch);
  return ticks;
}

/** As few digits as tell ticks apart. */
export function tickLabel(value: number, step: number): string {
  if (value === 0) return "0";
  if (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5) return value.toExponential(1).replace(".0e", "e");
  return value.toFixed(Math.min(6, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))));
}
