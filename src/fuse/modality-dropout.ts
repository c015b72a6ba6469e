/**
 * Modality dropout: while training, present modalities are hidden at random, so that a missing one is nothing unusual.
 *
 * Source: Neverova et al. (2016), "ModDrop: adaptive multi-modal gesture recognition".
 */
import { AffektError } from "../core/errors.ts";
import type { Random } from "../core/random.ts";

/**
 * Hides each present modality with probability `share`; a sample that would lose all keeps one of its own, each as
 * likely as the other.
 *
 * @param presence rows of 1 (present) and 0 (absent), one column per modality; not changed
 * @param modalities columns of a row
 * @param share in [0, 1]
 * @throws AffektError `no-modality` if a sample has no modality to begin with
 */
export function dropModalities(
  presence: Float32Array,
  modalities: number,
  share: number,
  random: Random,
): Float32Array<ArrayBuffer> {
  const kept = new Float32Array(presence.length);
  for (let row = 0; row < presence.length; row += modalities) {
    const present: number[] = [];
    for (let at = row; at < row + modalities; at++) if (presence[at] !== 0) present.push(at);
    if (present.length === 0) {
      throw new AffektError(
        "no-modality",
        `Sample ${row / modalities} of the batch has none of its ${modalities} modalities.`,
        "Leave out samples without any modality.",
      );
    }
    // The survivor is drawn first and always, so that the draws of a sample do not depend on those before it.
    const survivor = present[random.integer(present.length)] as number;
    let survivors = 0;
    for (const at of present) {
      if (random.next() < share) continue;
      kept[at] = 1;
      survivors++;
    }
    if (survivors === 0) kept[survivor] = 1;
  }
  return kept;
}
