/** What many answers say together: how often each, how that changes over time, and who appears to express what. */
import { EMOTIONS } from "../../core/emotion.ts";
import { answerOf, answers, type Item } from "./files.ts";

/** How often each answer was given; `null` where none was named. */
export type Counts = ReadonlyMap<string | null, number>;

export interface Bin {
  /** First and last moment in it: times of the table, or numbers of files, counted from 1. */
  readonly from: number;
  readonly to: number;
  readonly counts: Counts;
  readonly total: number;
}

export interface SpeakerSummary {
  readonly speaker: string;
  readonly total: number;
  readonly counts: Counts;
  /** The most frequent answer. */
  readonly top: string | null;
}

const totalOf = (counts: Counts): number => [...counts.values()].reduce((sum, one) => sum + one, 0);

/** The seven in their usual order, then other labels, then where none was named. */
export function labelsOf(counts: Counts): (string | null)[] {
  const named = [...counts.keys()].filter((label) => label !== null);
  const place = (label: string): number => (EMOTIONS as readonly string[]).indexOf(label);
  const usual = named.filter((label) => place(label) >= 0).sort((a, b) => place(a) - place(b));
  const others = named.filter((label) => place(label) < 0).sort();
  return [...usual, ...others, ...(counts.has(null) ? [null] : [])];
}

export interface OverTime {
  /** Whether the moments are times of a table that are dates, other numbers of it, or only the order of the files. */
  readonly scale: "date" | "number" | "order";
  readonly bins: readonly Bin[];
}

/** Whether a time of a table is a date, in milliseconds since 1970; smaller numbers than those of 1973 are not. */
export function isDate(at: number): boolean {
  return Math.abs(at) >= 1e11;
}

/** Whether a date is a day without a time of day: tables mean it wherever they are read, so that it is told as UTC. */
export function isDay(at: number): boolean {
  return at % 86_400_000 === 0;
}

/**
 * Answers in order of time, in equally wide bins; without times in the order that they were given in.
 *
 * @param most bins
 * @returns undefined where there are too few answers to speak of a course
 */
export function overTime(items: readonly Item[], most = 24): OverTime | undefined {
  const done = items.filter((item) => answerOf(item) !== undefined);
  const timed = done.flatMap((item) => (item.at === undefined ? [] : [{ item, at: item.at }]));
  const isTimed = timed.length >= 2 && timed.length >= done.length / 2;
  const placed = isTimed ? timed.sort((a, b) => a.at - b.at) : done.map((item, index) => ({ item, at: index + 1 }));
  const [first, last] = [placed[0]?.at, placed.at(-1)?.at];
  if (placed.length < 4 || first === undefined || last === undefined || first === last) return undefined;
  const bins = Math.min(most, placed.length);
  const groups: { item: Item; at: number }[][] = Array.from({ length: bins }, () => []);
  for (const one of placed) {
    groups[Math.min(bins - 1, Math.floor(((one.at - first) / (last - first)) * bins))]?.push(one);
  }
  const width = (last - first) / bins;
  return {
    scale: isTimed ? (isDate(last) ? "date" : "number") : "order",
    bins: groups.map((group, index) => {
      const counts: Counts = new Map(answers(group.map(({ item }) => item)));
      return {
        from: group[0]?.at ?? first + index * width,
        to: group.at(-1)?.at ?? first + (index + 1) * width,
        counts,
        total: totalOf(counts),
      };
    }),
  };
}

/** Speakers with the most answers first. */
export function bySpeaker(items: readonly Item[]): SpeakerSummary[] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    if (item.speaker === undefined || answerOf(item) === undefined) continue;
    groups.set(item.speaker, [...(groups.get(item.speaker) ?? []), item]);
  }
  return [...groups]
    .map(([speaker, own]) => {
      const counts = answers(own);
      return { speaker, total: own.length, counts: new Map(counts), top: counts[0]?.[0] ?? null };
    })
    .sort((a, b) => b.total - a.total || (a.speaker < b.speaker ? -1 : 1));
}

export interface Filter {
  /** A label, `none` where none was named, `failed`, or `all`. */
  readonly answer: string;
  readonly kind: string;
  /** Part of the name, the text or the speaker. */
  readonly words: string;
}

export const NO_FILTER: Filter = { answer: "all", kind: "all", words: "" };

export function fits(item: Item, { answer, kind, words }: Filter): boolean {
  const own = answerOf(item);
  const isAnswer =
    answer === "all" ||
    (answer === "failed" ? item.progress.state === "failed" : (own === null ? "none" : own) === answer);
  const wanted = words.trim().toLowerCase();
  const texts = [item.name, item.speaker ?? "", typeof item.content === "string" ? item.content : ""];
  return (
    isAnswer &&
    (kind === "all" || item.kind === kind) &&
    (wanted === "" || texts.some((text) => text.toLowerCase().includes(wanted)))
  );
}
