/** The class with the highest score. */

/**
 * @param scores `[rows, classes]`, row-major
 * @returns class index per row; the first of equals
 */
export function argmax(scores: ArrayLike<number>, classes: number): Int32Array {
  const best = new Int32Array(scores.length / classes);
  for (let row = 0; row < best.length; row++) {
    let highest = 0;
    for (let label = 1; label < classes; label++) {
      if ((scores[row * classes + label] as number) > (scores[row * classes + highest] as number)) highest = label;
    }
    best[row] = highest;
  }
  return best;
}
