/**
 * Rows to select on, where the data come without: a stratified part of the training subjects, or one of k folds. Rows
 * for testing stay untouched.
 */
import { AffektError } from "../core/errors.ts";
import { assertDisjoint } from "../data/leak.ts";
import type { Manifest } from "../data/manifest.ts";
import type { Row, Split } from "../data/row.ts";
import { foldsBySubject, splitBySubject } from "../data/split.ts";

/** Rows of data that say nothing of splits are all for training. */
function asTraining(manifests: readonly Manifest[]): readonly Manifest[] {
  if (manifests.some(({ rows }) => rows.some(({ split }) => split !== undefined))) return manifests;
  return manifests.map((manifest) => ({
    ...manifest,
    rows: manifest.rows.map((row) => ({ ...row, split: "train" as const })),
  }));
}

/** Gives the rows at hand new splits, in all manifests at once, so that a subject in two of them stays on one side. */
function resplit(
  manifests: readonly Manifest[],
  atHand: (row: Row) => boolean,
  divide: (rows: readonly Row[]) => readonly Split[],
): Manifest[] {
  const pool = manifests.flatMap(({ rows }) => rows.filter(atHand));
  const splits = divide(pool);
  let next = 0;
  return manifests.map((manifest) => ({
    ...manifest,
    rows: manifest.rows.map((row) => (atHand(row) ? { ...row, split: splits[next++] as Split } : row)),
  }));
}

/** The same, once no subject stands in two splits: a network that has met a person is not tested by him. */
function disjoint(manifests: readonly Manifest[]): readonly Manifest[] {
  assertDisjoint(manifests.flatMap(({ rows }) => rows));
  return manifests;
}

/**
 * The manifests as they are if any has validation rows; else with `share` of the training rows set apart, stratified by
 * label, no subject on both sides.
 *
 * @throws AffektError `data` if there is only one subject, or one stands in two of the splits given
 */
export function withValidation(manifests: readonly Manifest[], share: number, seed: number): readonly Manifest[] {
  const tagged = asTraining(manifests);
  if (tagged.some(({ rows }) => rows.some(({ split }) => split === "validation"))) return disjoint(tagged);
  const shares = { train: 1 - share, validation: share };
  return disjoint(
    resplit(
      tagged,
      ({ split }) => split === "train",
      (rows) => splitBySubject(rows, { shares, seed }).map(({ split }) => split as Split),
    ),
  );
}

/**
 * Fold `fold` (counted from 1) of `folds`: its rows are for validation, the other rows that are not for testing for
 * training.
 *
 * @throws AffektError `data` if there are fewer subjects than folds, or one of them stands in the test rows as well
 */
export function withFold(
  manifests: readonly Manifest[],
  fold: number,
  folds: number,
  seed: number,
): readonly Manifest[] {
  if (!(fold >= 1 && fold <= folds)) {
    throw new AffektError("config", `There is no fold ${fold} of ${folds}.`, "Folds are counted from 1.");
  }
  return disjoint(
    resplit(
      asTraining(manifests),
      ({ split }) => split === "train" || split === "validation",
      (rows) => Array.from(foldsBySubject(rows, folds, { seed }), (own) => (own === fold - 1 ? "validation" : "train")),
    ),
  );
}
