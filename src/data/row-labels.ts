/** What an object from outside says of its label, in the names of core/labels.ts where it has them. */
import { canonicalLabel, LABELS } from "../core/labels.ts";
import { nearest } from "../core/nearest.ts";

/** As a row may have it: one of the three fields at most, and `label` may also hold several names or shares. */
export interface GivenLabels {
  readonly label?: string | readonly string[] | Readonly<Record<string, number>> | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly distribution?: Readonly<Record<string, number>> | undefined;
}

/** At most one of the three. */
export interface RowLabels {
  readonly label?: string;
  readonly labels?: readonly string[];
  /** Label → probability; sums to 1. */
  readonly distribution?: Readonly<Record<string, number>>;
}

type Wrong = { readonly code: "schema" | "unknown-label"; readonly reason: string };

function namesOf(target: GivenLabels["label"]): readonly string[] {
  if (target === undefined) return [];
  if (typeof target === "string") return [target];
  return isList(target) ? target : Object.keys(target);
}

function isList(target: GivenLabels["label"]): target is readonly string[] {
  return Array.isArray(target);
}

/** Shares by label; those of names that mean the same add up, and all are scaled to sum to 1. */
function distributionOf(
  shares: Readonly<Record<string, number>>,
  known: ReadonlyMap<string, string>,
): Record<string, number> {
  const sums = new Map<string, number>();
  let total = 0;
  for (const [name, share] of Object.entries(shares)) {
    const label = known.get(name) ?? name;
    sums.set(label, (sums.get(label) ?? 0) + share);
    total += share;
  }
  return Object.fromEntries([...sums].map(([label, share]) => [label, share / total]));
}

/** @param declared labels beyond the vocabulary that the manifest may use */
export function readLabels(given: GivenLabels, declared: readonly string[]): RowLabels | Wrong {
  const targets = [given.label, given.labels, given.distribution].filter((field) => field !== undefined);
  if (targets.length > 1) return { code: "schema", reason: "has more than one of label, labels and distribution" };
  const [target] = targets;
  const known = new Map<string, string>();
  for (const name of namesOf(target)) {
    const label = declared.includes(name) ? name : canonicalLabel(name);
    if (label === undefined) {
      const meant = nearest(name, [...declared, ...LABELS]);
      const hint = meant === undefined ? "" : ` (did you mean ${JSON.stringify(meant)}?)`;
      return { code: "unknown-label", reason: `has the unknown label ${JSON.stringify(name)}${hint}` };
    }
    known.set(name, label);
  }
  if (target === undefined) return {};
  if (typeof target === "string") return { label: known.get(target) ?? target };
  if (isList(target)) return { labels: [...new Set(known.values())] };
  return { distribution: distributionOf(target, known) };
}
