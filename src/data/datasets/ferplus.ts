/**
 * FER+: the pictures of FER2013 with the opinions of ten people each in place of its labels, eight of them.
 *
 * Training rows carry the shares of the votes, those of a single voter left out where others agree. Validation and test
 * rows carry the majority as Barsoum et al. take it (single votes dropped, more than half of the rest), and those without
 * one, or whose majority is "unknown" or "not a face", are dropped. `ferLabel` is FER2013's own label.
 *
 * Sources: Barsoum et al. (2016), Training Deep Networks for Facial Expression Recognition with Crowd-Sourced Label
 * Distribution, arXiv:1608.01041; Goodfellow et al. (2013), arXiv:1307.0414.
 */
import { canonicalLabel } from "../../core/labels.ts";
import type { Row } from "../row.ts";
import type { Dataset } from "./dataset.ts";
import { fer2013 } from "./fer2013.ts";

const LABELS = [...fer2013.labels, "contempt"] as const;

/** Votes for each of the eight; single ones are left out where others agree. Undefined if none is left. */
function agreedVotes({ extra: { votes } }: Row): Record<string, number> | undefined {
  const given = Object.entries((votes ?? {}) as Readonly<Record<string, number>>).filter(([name]) => {
    return (LABELS as readonly string[]).includes(name);
  });
  const agreed = given.filter(([, count]) => count > 1);
  const kept = agreed.length > 0 ? agreed : given;
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

/** The row with its new label, or undefined if it has none. */
function relabelled(row: Row): Row | undefined {
  const { label, ...rest } = row;
  const id = row.id.replace("fer2013", "ferplus");
  const extra = { ...row.extra, ferLabel: label ?? null };
  if (row.split === "train") {
    const distribution = agreedVotes(row);
    if (distribution === undefined) return undefined;
    const sum = Object.values(distribution).reduce((total, count) => total + count, 0);
    const shares = Object.fromEntries(Object.entries(distribution).map(([name, count]) => [name, count / sum]));
    return { ...rest, id, distribution: shares, extra };
  }
  const majority = canonicalLabel(String(row.extra.ferplusMajority));
  return majority === undefined ? undefined : { ...rest, id, label: majority, extra };
}

export const ferplus: Dataset = {
  ...fer2013,
  name: "ferplus",
  title: "FER+: FER2013 by the votes of ten people",
  labels: LABELS,
  counts: { train: 28_559, validation: 3199, test: 3153 },
  async prepare(context) {
    const { rows, problems } = await fer2013.prepare(context);
    const dropped = rows.filter((row) => relabelled(row) === undefined);
    return {
      rows: rows.flatMap((row) => relabelled(row) ?? []),
      problems: [
        ...problems,
        ...dropped.map(({ id }) => ({
          code: "dropped" as const,
          line: Number(id.replace(/^\D*2013-/u, "")) + 2,
          file: "labels.csv",
          id,
          reason: "has no majority among the eight emotions of FER+",
        })),
      ],
    };
  },
};
