/**
 * Leaks between splits, found in two passes over rows that nobody holds: the first notes for the hash of each subject
 * and text in which splits it stands, the second gathers the rows of those that stand in several.
 */
import { createHashIndex } from "./hash-index.ts";
import { type LeakOptions, leakKeys } from "./leak.ts";
import { type Problem, type Row, SPLITS } from "./row.ts";

/** Ids named in a problem; the rest is counted. */
const IDS_NAMED = 3;

interface Shared {
  readonly kind: string;
  readonly value: string;
  readonly splits: Set<string>;
  readonly first: { readonly id: string; readonly line: number };
  /** As `id (line 7)`. */
  readonly others: string[];
  more: number;
}

export interface LeakScan {
  /** The first pass. */
  see(row: Row): void;
  /** How many subjects and texts stand in more than one split, when every row was seen. */
  readonly found: number;
  /** The second pass. */
  gather(row: Row, line: number): void;
  /** One for each leak, at the line of the first row that has it. */
  problems(file: string): Problem[];
}

/** @param keep how many leaks are told; the rest is only counted */
export function leakScan(options: LeakOptions, keep: number): LeakScan {
  const splitsOf = createHashIndex();
  const shared = new Map<string, Shared>();
  let found = 0;
  const severalSplits = (mask: number): boolean => mask > 0 && (mask & (mask - 1)) !== 0;
  return {
    get found() {
      return found;
    },
    see(row) {
      if (row.split === undefined) return;
      const bit = 1 << SPLITS.indexOf(row.split);
      for (const [kind, value] of leakKeys(row, options)) {
        const key = `${kind}\n${value}`;
        const before = Math.max(0, splitsOf.get(key));
        const mask = before | bit;
        if (mask === before) continue;
        splitsOf.set(key, mask);
        if (severalSplits(mask) && !severalSplits(before)) found++;
      }
    },
    gather(row, line) {
      if (row.split === undefined || found === 0) return;
      for (const [kind, value] of leakKeys(row, options)) {
        const key = `${kind}\n${value}`;
        if (!severalSplits(splitsOf.get(key))) continue;
        const known = shared.get(key);
        if (known === undefined) {
          if (shared.size >= keep) continue;
          const first = { id: row.id, line };
          shared.set(key, { kind, value, splits: new Set([row.split]), first, others: [], more: 0 });
          continue;
        }
        known.splits.add(row.split);
        if (known.others.length < IDS_NAMED) known.others.push(`${row.id} (line ${line})`);
        else known.more++;
      }
    },
    problems(file) {
      // One split only: another text had the same hash.
      const leaks = [...shared.values()].filter(({ splits }) => splits.size > 1);
      return leaks.map(({ kind, value, splits, first, others, more }) => {
        const rest = `${others.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
        const across = [...splits].join(" and ");
        const reason = `shares the ${kind} ${JSON.stringify(value.slice(0, 60))} across ${across} with ${rest}`;
        return { code: "leak", ...first, file, reason };
      });
    },
  };
}
