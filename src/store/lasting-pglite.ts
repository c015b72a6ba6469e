/**
 * PostgreSQL in this process that outlives a full disk. When its log cannot grow, PostgreSQL gives up (PANIC) and counts
 * on being started anew; PGlite goes on instead, and the next question would keep the whole process busy for ever. Here
 * such an engine is asked nothing more, and a new one recovers from the same files as soon as there is room. So that it
 * hardly ever comes to that, nothing is written while there is less room than a few files of the log take.
 */
import { statfs } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";

/** Three files of the log. In bytes. */
const ROOM = 48 * 2 ** 20;
const LOOK_EVERY_MS = 500;

/** What is asked of the engine, here and by the queue of jobs. */
export type Engine = Pick<PGlite, "query" | "exec" | "transaction" | "close">;

class DiskFull extends Error {
  /** As PostgreSQL has it. */
  readonly code = "53100";
}

function hasGivenUp(cause: unknown): cause is Error {
  return cause instanceof Error && ["PANIC", "FATAL"].includes((cause as { severity?: string }).severity ?? "");
}

class OneEngine extends PGlite {
  /** Why it has given up. */
  end: Error | undefined;

  override execProtocolRawSync(message: Uint8Array): Uint8Array {
    // What rolls back meets this too, and the caller then sees it in place of what it saw first.
    if (this.end !== undefined) throw this.end;
    return super.execProtocolRawSync(message);
  }

  override async execProtocolStream(...asked: Parameters<PGlite["execProtocolStream"]>) {
    try {
      return await super.execProtocolStream(...asked);
    } catch (cause) {
      if (hasGivenUp(cause)) this.end ??= cause;
      throw cause;
    }
  }
}

async function start(dataDir: string | undefined): Promise<OneEngine> {
  const engine = new OneEngine(dataDir === undefined ? {} : { dataDir });
  await engine.waitReady;
  return engine;
}

export interface EngineOptions {
  /** Bytes that are free where the files lie. Default: asks the system. */
  readonly free?: () => Promise<number>;
  readonly room?: number;
}

/** @param folder undefined: in memory */
export async function openEngine(folder?: string, options: EngineOptions = {}): Promise<Engine> {
  const { room = ROOM } = options;
  const free =
    options.free ??
    (async () => {
      if (folder === undefined) return Number.POSITIVE_INFINITY;
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    });
  let engine = await start(folder);
  let looked = Number.NEGATIVE_INFINITY;
  let restarting: Promise<void> | undefined;
  let closed = false;

  /** @throws DiskFull */
  async function needRoom(): Promise<void> {
    if (performance.now() - looked < LOOK_EVERY_MS) return;
    if ((await free()) < room) throw new DiskFull(`Less than ${room} bytes are left on the disk of the database.`);
    looked = performance.now();
  }

  async function restart(): Promise<void> {
    looked = Number.NEGATIVE_INFINITY;
    await needRoom();
    // The old one has nothing open that it could still write to.
    engine = await start(folder);
  }

  async function alive(writes: boolean): Promise<PGlite> {
    if (engine.end !== undefined && !closed) {
      restarting ??= restart().finally(() => {
        restarting = undefined;
      });
      await restarting;
    } else if (writes) await needRoom();
    return engine;
  }

  return {
    async query<T>(text: string, ...rest: [params?: unknown[], options?: object]) {
      return (await alive(!/^\s*select\b/iu.test(text))).query<T>(text, ...rest);
    },
    exec: async (...asked) => (await alive(true)).exec(...asked),
    transaction: async (work) => (await alive(true)).transaction(work),
    async close() {
      closed = true;
      // One that began anew after this would use the files while somebody else does.
      await restarting?.catch(() => {});
      if (engine.end === undefined) await engine.close();
    },
  };
}
