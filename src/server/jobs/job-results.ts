/** Results of a job as text or as a table: JSON Lines with all there is, CSV and Parquet with a column per fact. */
import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { writeParquet } from "../../platform/node/parquet.ts";
import type { JobItem } from "../../store/job-store.ts";
import type { Store } from "../../store/store.ts";
import type { PredictionReply } from "../prediction-schema.ts";
import type { Problem } from "../problem.ts";

export const RESULT_FORMATS = ["jsonl", "csv", "parquet"] as const;
export type ResultFormat = (typeof RESULT_FORMATS)[number];

export const RESULT_TYPES: Readonly<Record<ResultFormat, string>> = {
  jsonl: "application/x-ndjson",
  csv: "text/csv; charset=utf-8",
  parquet: "application/vnd.apache.parquet",
};

const PAGE = 500;
const COLUMNS = ["index", "id", "subject", "session", "state", "label", "confidence", "abstained", "code", "detail"];

/** Items that have ended, in order. */
async function* ended(store: Store, owner: string, job: string): AsyncGenerator<JobItem> {
  for (let after = -1; ; ) {
    const page = await store.listItems(owner, job, {
      after,
      limit: PAGE,
      states: ["done", "failed", "dead", "cancelled"],
    });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.position;
  }
}

function head({ position, name, subject, session, state }: JobItem): Record<string, unknown> {
  return { index: position, id: name, subject, session, state };
}

/** Without what is null. */
function dense(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== undefined));
}

function flat(item: JobItem): Record<string, unknown> {
  const { label, confidence, abstained } = (item.prediction ?? {}) as Partial<PredictionReply>;
  const { code, detail } = (item.problem ?? {}) as Partial<Problem>;
  return dense({ ...head(item), label, confidence, abstained, code, detail });
}

/** Quoted where it must be. What a table program would take for a formula is kept from being one. */
function cell(value: unknown): string {
  if (value === undefined) return "";
  const text = typeof value === "string" && /^[=+\-@\t\r]/u.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function* csv(items: AsyncIterable<JobItem>): AsyncGenerator<string> {
  yield `${COLUMNS.join()}\n`;
  for await (const item of items) {
    const row = flat(item);
    yield `${COLUMNS.map((column) => cell(row[column])).join()}\n`;
  }
}

async function* jsonLines(items: AsyncIterable<JobItem>): AsyncGenerator<string> {
  for await (const item of items) {
    const { prediction, problem } = item;
    yield `${JSON.stringify(dense({ ...head(item), prediction, problem }))}\n`;
  }
}

/** Its types are known only at the end, so that it is written whole before a byte of it is sent. */
async function parquet(items: AsyncIterable<JobItem>): Promise<Readable> {
  const path = join(tmpdir(), `affekt-results-${randomUUID()}.parquet`);
  const drop = (): void => void rm(path, { force: true }).catch(() => {});
  async function* rows() {
    for await (const item of items) {
      const { scores } = (item.prediction ?? {}) as Partial<PredictionReply>;
      yield { ...flat(item), ...(scores === undefined ? {} : { scores: JSON.stringify(scores) }) };
    }
  }
  try {
    await writeParquet(path, rows());
  } catch (cause) {
    drop();
    throw cause;
  }
  return createReadStream(path).once("close", drop);
}

/** @throws AffektError `missing-tool` for Parquet without its package, `unavailable` */
export async function resultStream(
  store: Store,
  { owner, job, format }: { readonly owner: string; readonly job: string; readonly format: ResultFormat },
): Promise<Readable> {
  const items = ended(store, owner, job);
  if (format === "parquet") return parquet(items);
  return Readable.from(format === "csv" ? csv(items) : jsonLines(items));
}
