/**
 * One process per data folder: two that open one embedded database lose each other's writes. The lock is a file that
 * names its process; it is taken over only if that process is gone.
 */
import { readFileSync } from "node:fs";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AffektError } from "../core/errors.ts";

interface Holder {
  readonly pid: number;
  /** Tells a process from a later one with the same number; null where the system does not say. */
  readonly started: string | null;
}

/** Clock ticks from boot to the start of a process, on Linux. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in parentheses may hold spaces; the start is the 20th word after it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

function lives({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const now = startOf(pid);
  return now === null || started === null || now === started;
}

function parse(text: string): Holder | undefined {
  try {
    const { pid, started } = JSON.parse(text) as Partial<Holder>;
    return typeof pid === "number" ? { pid, started: started ?? null } : undefined;
  } catch {
    return undefined;
  }
}

/** Gives a file a second name. @returns whether that name was free */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/**
 * @returns what gives the lock back
 * @throws AffektError `config` if another process, or this one, holds it; `file` if the folder cannot be written
 */
export async function lockDirectory(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, "lock");
  const draft = `${path}.${process.pid}`;
  const own = JSON.stringify({ pid: process.pid, started: startOf(process.pid) } satisfies Holder);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Linked into place whole, so that nobody ever reads a lock that does not name its process yet.
    await writeFile(draft, own, { mode: 0o600 });
    // Every round either takes the lock, or finds it held, or puts one dead lock aside.
    while (!(await linked(draft, path))) {
      const text = await readFile(path, "utf8").catch(() => "");
      const holder = parse(text);
      if (holder !== undefined && lives(holder)) {
        throw new AffektError(
          "config",
          `The data folder ${folder} is in use by process ${holder.pid}.`,
          "Stop that one first, name another --data-dir, or use a PostgreSQL server (DATABASE_URL) for several.",
        );
      }
      const aside = `${draft}.dead`;
      await rename(path, aside).catch(() => {});
      // Another process was faster, and this is its lock: it goes back.
      if ((await readFile(aside, "utf8").catch(() => text)) !== text) await linked(aside, path);
      await rm(aside, { force: true });
    }
    return () => rm(path, { force: true });
  } catch (cause) {
    if (cause instanceof AffektError) throw cause;
    const reason = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
    throw new AffektError(
      "file",
      `The data folder ${folder} cannot be written: ${reason}.`,
      "Name another --data-dir.",
      {
        cause,
      },
    );
  } finally {
    await rm(draft, { force: true }).catch(() => {});
  }
}
