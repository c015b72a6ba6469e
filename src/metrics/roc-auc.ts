/**
 * Area under the ROC curve: how often a row of the class scores higher than a row of another; ties count one half.
 *
 * Source: the rank formula of Hanley & McNeil (1982); macro one-vs-rest as in Fawcett (2006).
 */

/** Rows in order of one class's score, with the places where ties end; made once and used for every resample. */
interface Ranking {
  readonly order: Int32Array;
  /** 1 where the next row in order has a higher score. */
  readonly lastOfTie: Uint8Array;
}

function ranking(scores: ArrayLike<number>, stride: number, offset: number, rows: number): Ranking {
  const own = Float64Array.from({ length: rows }, (_, row) => scores[row * stride + offset] as number);
  const order = Int32Array.from({ length: rows }, (_, row) => row).sort(
    (a, b) => (own[a] as number) - (own[b] as number),
  );
  const lastOfTie = new Uint8Array(rows);
  for (let place = 0; place < rows; place++) {
    const next = own[order[place + 1] as number];
    lastOfTie[place] = place === rows - 1 || next !== own[order[place] as number] ? 1 : 0;
  }
  return { order, lastOfTie };
}

function areaOf({ order, lastOfTie }: Ranking, positive: (row: number) => boolean, counts?: ArrayLike<number>) {
  let below = 0;
  let wins = 0;
  let positives = 0;
  let negatives = 0;
  let tiedPositives = 0;
  let tiedNegatives = 0;
  for (let place = 0; place < order.length; place++) {
    const row = order[place] as number;
    const count = counts === undefined ? 1 : (counts[row] as number);
    if (positive(row)) tiedPositives += count;
    else tiedNegatives += count;
    if (lastOfTie[place] === 0) continue;
    wins += tiedPositives * (below + tiedNegatives / 2);
    below += tiedNegatives;
    positives += tiedPositives;
    negatives += tiedNegatives;
    tiedPositives = 0;
    tiedNegatives = 0;
  }
  return positives === 0 || negatives === 0 ? null : wins / (positives * negatives);
}

/**
 * @param scores of the rows; only their order matters
 * @param positive per row: 1 if it is of the class, otherwise 0
 * @returns in [0, 1], 0.5 for chance; null if all rows or none are of the class
 */
export function rocAuc(scores: ArrayLike<number>, positive: ArrayLike<number | boolean>): number | null {
  return areaOf(ranking(scores, 1, 0, scores.length), (row) => Boolean(positive[row]));
}

/** The areas of each class against the rest, as a function of how often each row is counted. */
export type AreaCounter = (counts?: ArrayLike<number>) => (number | null)[];

/** @param belongs whether a row is of a class */
export function areaCounter(
  scores: ArrayLike<number>,
  rows: number,
  classes: number,
  belongs: (row: number, label: number) => boolean,
): AreaCounter {
  const rankings = Array.from({ length: classes }, (_, label) => ranking(scores, classes, label, rows));
  return (counts) => rankings.map((own, label) => areaOf(own, (row) => belongs(row, label), counts));
}

/**
 * Area of each class against the rest.
 *
 * @param scores `[rows, classes]`, row-major
 * @param truth class index per row
 * @returns one per class; null for a class of which there are no rows, or no others
 */
export function rocAucPerClass(
  scores: ArrayLike<number>,
  truth: ArrayLike<number>,
  classes: number,
): (number | null)[] {
  return areaCounter(scores, truth.length, classes, (row, label) => truth[row] === label)();
}

/** Mean over the classes where the area is defined; null if it is defined for none. */
export function macroAuc(areas: readonly (number | null)[]): number | null {
  const defined = areas.filter((area) => area !== null);
  return defined.length === 0 ? null : defined.reduce((sum, area) => sum + area, 0) / defined.length;
}
