/** Deletes jobs, results and sealed inputs whose time is over, and files that nobody knows of. */
import type { Blobs } from "../../core/blobs.ts";
import { AffektError } from "../../core/errors.ts";
import type { Counts, Store } from "../../store/store.ts";
import { problemOf } from "../problem.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What is not recognized within this time will not be: its input is not kept longer. */
const UNREAD_MS = 3 * DAY_MS;
/** Names that one question is about. */
const PIECE = 500;

interface ExpiryParts {
  readonly store: Store;
  readonly blobs: Blobs;
  /** Days that results are kept, at least one. */
  readonly keepDays: number;
}

async function sweep({ store, blobs }: ExpiryParts, now: Date): Promise<number> {
  let swept = 0;
  const removeUnknown = async (names: readonly string[]): Promise<void> => {
    const used = new Set(await store.mediaInUse(names));
    for (const name of names.filter((one) => !used.has(one))) {
      await blobs.remove(name);
      swept++;
    }
  };
  let names: string[] = [];
  for await (const { name, at } of blobs.list()) {
    // A job that is being taken in writes its files first.
    if (now.getTime() - at.getTime() < HOUR_MS) continue;
    names.push(name);
    if (names.length < PIECE) continue;
    await removeUnknown(names);
    names = [];
  }
  await removeUnknown(names);
  return swept;
}

/** @throws AffektError `unavailable` */
export async function expireJobs(parts: ExpiryParts, now: Date): Promise<Counts> {
  const { store, blobs, keepDays } = parts;
  const before = {
    jobs: new Date(now.getTime() - Math.max(1, keepDays) * DAY_MS),
    unread: new Date(now.getTime() - UNREAD_MS),
    now,
  };
  const late = new AffektError(
    "deadline",
    "Nobody recognized it within three days, and its input is not kept longer.",
    "Send it again; see that a worker runs.",
  );
  const { counts, media } = await store.expireJobs(before, problemOf(late));
  for (const id of media) await blobs.remove(id);
  return { ...counts, files: await sweep(parts, now) };
}
