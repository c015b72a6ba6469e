/** What a person gave to be analyzed, and how far that has come. Pure: the page shows it, a queue works it off. */
import type { Explanation } from "../../core/explanation.ts";
import type { Recognized } from "../engine/engine.ts";

export const KINDS = ["text", "image", "audio", "video"] as const;
export type Kind = (typeof KINDS)[number];

export type Progress =
  | { readonly state: "waiting" }
  /** @property share of a film that has been looked at, in [0, 1] */
  | { readonly state: "running"; readonly share?: number }
  | { readonly state: "cancelled" }
  | { readonly state: "failed"; readonly error: unknown }
  | { readonly state: "done"; readonly prediction: Recognized };

/** Why the answer came out as it did, once somebody asked. */
export type Why =
  | { readonly state: "running"; readonly label: string | undefined }
  | { readonly state: "failed"; readonly error: unknown }
  | { readonly state: "done"; readonly explanation: Explanation };

export interface Item {
  readonly id: number;
  readonly name: string;
  readonly kind: Kind;
  /** The file itself, or the text of one. */
  readonly content: Blob | string;
  readonly progress: Progress;
  readonly why?: Why;
  /** Of a row of a table that names one. */
  readonly speaker?: string;
  /** Of a row of a table: milliseconds of a date, or another number that grows with time. */
  readonly at?: number;
}

const EXTENSIONS: Readonly<Record<string, Kind | "table">> = {
  txt: "text",
  md: "text",
  csv: "table",
  tsv: "table",
  jsonl: "table",
  ndjson: "table",
  jpg: "image",
  jpeg: "image",
  png: "image",
  webp: "image",
  gif: "image",
  wav: "audio",
  mp3: "audio",
  m4a: "audio",
  ogg: "audio",
  opus: "audio",
  flac: "audio",
  mp4: "video",
  mov: "video",
  webm: "video",
  mkv: "video",
};

/** What a file is, by its name, or else by the type that the browser names; undefined if it is none of these. */
export function kindOf({ name, type }: { readonly name: string; readonly type: string }): Kind | "table" | undefined {
  const extension = /\.(\w+)$/u.exec(name.toLowerCase())?.[1] ?? "";
  return EXTENSIONS[extension] ?? KINDS.find((kind) => type.startsWith(`${kind}/`));
}

/** Pictures, sound and films show people, who have to agree. */
export function showsPeople({ kind }: Pick<Item, "kind">): boolean {
  return kind !== "text";
}

export function withProgress(items: readonly Item[], id: number, progress: Progress): Item[] {
  return items.map((item) => (item.id === id ? { ...item, progress } : item));
}

/** @param before put it only where this still stands: an earlier question that was stopped must not wipe out a later one */
export function withWhy(items: readonly Item[], id: number, why: Why | undefined, before?: Why): Item[] {
  return items.map((item) => {
    if (item.id !== id || (before !== undefined && item.why !== before)) return item;
    const { why: _, ...rest } = item;
    return why === undefined ? rest : { ...rest, why };
  });
}

/** What waits and may be analyzed, first come first served. */
export function nextItem(items: readonly Item[], agreed: boolean): Item | undefined {
  return items.find((item) => item.progress.state === "waiting" && (agreed || !showsPeople(item)));
}

export function isOver({ progress }: Item): boolean {
  return progress.state !== "waiting" && progress.state !== "running";
}

export const COLUMNS = ["name", "speaker", "time", "kind", "answer", "confidence"] as const;
export type Column = (typeof COLUMNS)[number];

/** The columns that something is in. */
export function columnsOf(items: readonly Item[]): Column[] {
  const has = {
    speaker: items.some(({ speaker }) => speaker !== undefined),
    time: items.some(({ at }) => at !== undefined),
  };
  return COLUMNS.filter((column) => (column === "speaker" || column === "time" ? has[column] : true));
}

export interface Order {
  readonly column: Column;
  readonly down: boolean;
}

/** The answer of an item: a label, `null` where none was named, undefined where there is none. */
export function answerOf({ progress }: Item): string | null | undefined {
  return progress.state === "done" ? progress.prediction.label : undefined;
}

function keyOf(item: Item, column: Column): string | number {
  switch (column) {
    case "name":
      return item.name.toLowerCase();
    case "speaker":
      return item.speaker?.toLowerCase() ?? "\uffff";
    case "time":
      return item.at ?? Number.POSITIVE_INFINITY;
    case "kind":
      return item.kind;
    case "answer":
      return answerOf(item) ?? "\uffff";
    case "confidence":
      return item.progress.state === "done" ? item.progress.prediction.confidence : -1;
  }
}

export function inOrder(items: readonly Item[], { column, down }: Order): Item[] {
  const sign = down ? -1 : 1;
  return [...items].sort((a, b) => {
    const [first, second] = [keyOf(a, column), keyOf(b, column)];
    return sign * (first < second ? -1 : first > second ? 1 : a.id - b.id);
  });
}

/** How often each answer was given, most often first. */
export function answers(items: readonly Item[]): (readonly [label: string | null, count: number])[] {
  const counts = new Map<string | null, number>();
  for (const item of items) {
    const label = answerOf(item);
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]);
}
