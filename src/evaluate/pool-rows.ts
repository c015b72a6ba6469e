/** What experts said about rows, put together row by row, for fitting a pool of them and for judging it. */
import { MODALITIES, type Modality, type PerModality } from "../core/modality.ts";
import type { Row } from "../data/row.ts";
import type { PoolRow } from "../fuse/fit-pool.ts";
import { logLinearPool, type PoolMember, type PoolOptions } from "../fuse/log-linear-pool.ts";
import { toEkman } from "../recognize/answer.ts";
import type { Opinion } from "../recognize/opinion.ts";
import { poolMember } from "../recognize/pool-member.ts";
import type { Asked } from "./asked.ts";
import { rowLabels } from "./truth.ts";

/**
 * Rows with one label each that the experts know, Ekman's seven like the answers of a recognizer.
 *
 * @param asked of each modality; of several text models each was asked about other rows
 */
export function poolRows(asked: Readonly<Record<Modality, readonly Pick<Asked<Opinion>, "answers">[]>>): PoolRow[] {
  const members = new Map<Row, { [M in Modality]?: PoolMember }>();
  for (const modality of MODALITIES) {
    for (const { row, answer } of asked[modality].flatMap(({ answers }) => answers)) {
      members.set(row, { ...members.get(row), [modality]: poolMember(answer, toEkman) });
    }
  }
  return [...members].flatMap(([row, own]): PoolRow[] => {
    const [truth, ...more] = new Set(rowLabels(row).map(toEkman));
    const known = truth !== undefined && Object.values(own).some(({ labels }) => labels.includes(truth));
    return known && more.length === 0 ? [{ truth, members: own }] : [];
  });
}

/** Share of rows that a pool answers rightly with some of the modalities; null if no row has any of them. */
export function poolAccuracy(rows: readonly PoolRow[], pool: PoolOptions, given: readonly Modality[]): number | null {
  let [right, answered] = [0, 0];
  for (const { members, truth } of rows) {
    const shown = given.flatMap((modality) => {
      const member = members[modality];
      return member === undefined ? [] : [[modality, member] as const];
    });
    if (shown.length === 0) continue;
    const { labels, probabilities } = logLinearPool(Object.fromEntries(shown) as PerModality<PoolMember>, pool);
    answered++;
    if (labels[probabilities.indexOf(Math.max(...probabilities))] === truth) right++;
  }
  return answered === 0 ? null : right / answered;
}
