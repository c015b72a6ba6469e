/** A curve in one line of block characters. */

const BLOCKS = "▁▂▃▄▅▆▇█";

/**
 * @param values in order of time; those that are not finite are left out
 * @param width at most so many characters; neighbours are averaged to fit
 * @returns one character per value or per group of values, the lowest block for the least; "" without values
 */
export function sparkline(values: readonly number[], width: number): string {
  const finite = values.filter(Number.isFinite);
  const count = Math.min(width, finite.length);
  const points = Array.from({ length: count }, (_, index) => {
    const group = finite.slice(
      Math.floor((index * finite.length) / count),
      Math.floor(((index + 1) * finite.length) / count),
    );
    return group.reduce((sum, value) => sum + value, 0) / group.length;
  });
  const low = Math.min(...points);
  const span = Math.max(...points) - low;
  return points.map((value) => BLOCKS[span > 0 ? Math.round(((value - low) / span) * 7) : 3]).join("");
}
