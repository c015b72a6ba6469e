/** What the history asks of the server. */
import type { Prediction } from "../../core/prediction.ts";
import { CATALOGUE_PATH, type Catalogue } from "../../recognize/catalogue.ts";
import { serviceFetch } from "../engine/service.ts";

/** A prediction as a server keeps it. */
export interface Kept extends Prediction {
  readonly id: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly subject?: string;
  readonly session?: string;
  readonly scenario?: string;
}

export interface KeptPage {
  readonly predictions: readonly Kept[];
  /** Cursor of the next page; null on the last one. */
  readonly next: string | null;
}

/** What is looked for; an empty text stands for anything. Days are local, as `2026-01-31`. */
export interface Search {
  readonly subject: string;
  readonly session: string;
  readonly label: string;
  readonly scenario: string;
  readonly from: string;
  /** The last day that is shown. */
  readonly to: string;
}

export const EVERYTHING: Search = { subject: "", session: "", label: "", scenario: "", from: "", to: "" };

/** Midnight at the beginning of a day, or of one so many days later. */
function midnight(day: string, later = 0): string {
  const date = new Date(`${day}T00:00`);
  date.setDate(date.getDate() + later);
  return date.toISOString();
}

export async function listKept(search: Search, cursor: string | null, signal: AbortSignal): Promise<KeptPage> {
  const query = new URLSearchParams({ limit: "25" });
  for (const name of ["subject", "session", "label", "scenario"] as const) {
    if (search[name] !== "") query.set(name, search[name]);
  }
  if (search.from !== "") query.set("from", midnight(search.from));
  if (search.to !== "") query.set("to", midnight(search.to, 1));
  if (cursor !== null) query.set("cursor", cursor);
  return (await (await serviceFetch(`/v1/predictions?${query}`, { signal })).json()) as KeptPage;
}

/** @returns how many records went, and how many a search afterwards still found */
export async function eraseSubject(subject: string): Promise<{ count: number; left: number }> {
  const reply = await serviceFetch(`/v1/subjects/${encodeURIComponent(subject)}`, { method: "DELETE" });
  const { erased, remaining } = (await reply.json()) as Record<"erased" | "remaining", Record<string, number>>;
  const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((all, one) => all + one, 0);
  return { count: sum(erased), left: sum(remaining) };
}

export async function keepDays(): Promise<number> {
  return ((await (await serviceFetch(CATALOGUE_PATH)).json()) as Catalogue).keepDays;
}
