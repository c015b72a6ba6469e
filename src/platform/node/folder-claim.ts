/**
 * A folder that one process at a time works in, told by a file in it that names the process. What a killed process
 * leaves does not count: the process that it names is gone.
 */
import { randomUUID } from "node:crypto";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { AffektError } from "../../core/errors.ts";

/** Lies in a folder as long as a process works there. */
export const CLAIM_FILE = "affekt.lock";

const Claim = z.object({
  pid: z.int().positive(),
  host: z.string(),
  /** When the process began, in ticks since the machine did; null where the system does not tell. */
  began: z.string().nullable(),
  /** ISO 8601. */
  since: z.string(),
  /** Tells two claims of one process apart. */
  id: z.string(),
});
type Claim = z.infer<typeof Claim>;

/** Milliseconds after which a file that names nobody was not left by a process that is just writing it. */
const WRITTEN_BY_NOW_MS = 10_000;

/**
 * Numbers of processes are given again, in a container that is started anew even the same ones: the begin tells.
 *
 * @returns null where the system does not tell, and of a process that is dead, which nobody has asked for its end yet
 */
async function beganAt(pid: number): Promise<string | null> {
  const line = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The name of the program stands in parentheses, and may hold spaces; behind it come state, …, and 20th the begin.
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? null : (fields[19] ?? null);
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // Of another user, it may not be asked, but is there.
    return (cause as { code?: string }).code === "EPERM";
  }
}

async function holds({ pid, host, began }: Claim): Promise<boolean> {
  if (host !== hostname()) return true;
  if (!runs(pid)) return false;
  return began === null || began === (await beganAt(pid));
}

function claimIn(text: string): Claim | undefined {
  try {
    return Claim.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Who works in the folder by what its file says; undefined if nobody does any more. */
async function holderOf(path: string, text: string): Promise<string | undefined> {
  const claim = claimIn(text);
  if (claim !== undefined) {
    return (await holds(claim)) ? `process ${claim.pid} on ${claim.host}, since ${claim.since}` : undefined;
  }
  const changed = await stat(path).catch(() => undefined);
  return changed !== undefined && Date.now() - changed.mtimeMs < WRITTEN_BY_NOW_MS ? "another process" : undefined;
}

const readClaim = (path: string): Promise<string | undefined> => readFile(path, "utf8").catch(() => undefined);

/** @returns whether the file is this process's now; false if there is one */
async function written(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: "wx" });
    return true;
  } catch (cause) {
    if ((cause as { code?: string }).code === "EEXIST") return false;
    await rm(path, { force: true });
    throw cause;
  }
}

/** Removes a file that says `text`, and none that another process has put in its place meanwhile. */
async function removeLeft(path: string, text: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch(() => {});
  const moved = await readClaim(aside);
  if (moved !== undefined && moved !== text) await written(path, moved);
  await rm(aside, { force: true });
}

/** Attempts at a folder whose file others remove or put there at the same moment. */
const ATTEMPTS = 5;

/** Milliseconds in which others that saw what was left put back what they moved aside since. */
const SETTLED_MS = 50;

/**
 * Takes a folder, which is there, for this process.
 *
 * @returns gives it back
 * @throws AffektError `conflict` if another training is at work in it, in this process or in another
 */
export async function claimFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, CLAIM_FILE);
  const claim: Claim = {
    pid: process.pid,
    host: hostname(),
    began: await beganAt(process.pid),
    since: new Date().toISOString(),
    id: randomUUID(),
  };
  const text = `${JSON.stringify(claim)}\n`;
  let holder: string | undefined = "another process";
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const isNew = await written(path, text);
    if (isNew && attempt > 0) await sleep(SETTLED_MS);
    const found = await readClaim(path);
    if (isNew && found === text) {
      return async () => {
        if ((await readClaim(path)) === text) await rm(path, { force: true });
      };
    }
    if (found === undefined) continue;
    holder = await holderOf(path, found);
    if (holder !== undefined) break;
    await removeLeft(path, found);
  }
  throw new AffektError(
    "conflict",
    `Another training is at work in ${folder}: ${holder ?? "another process"}.`,
    `Wait until it ends, or name another output folder; if that process is gone, remove ${path}.`,
  );
}

/**
 * Forgets a claim of a process on another host, for whoever knows that it is gone: a container that is made anew has
 * another name.
 */
export async function forgetForeignClaim(folder: string): Promise<void> {
  const path = join(folder, CLAIM_FILE);
  const text = await readClaim(path);
  const claim = text === undefined ? undefined : claimIn(text);
  if (claim !== undefined && claim.host !== hostname()) await rm(path, { force: true });
}
