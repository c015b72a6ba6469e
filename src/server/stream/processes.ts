/** The processes that carry streams: started when they are needed, and replaced when they end. */
import { AffektError } from "../../core/errors.ts";
import type { CarriedStream, StreamListener, StreamProcess } from "../../platform/node/stream-process.ts";
import type { StreamOptions } from "../../recognize/stream/options.ts";

export interface StreamProcesses {
  /**
   * Opens a session in the process that carries the fewest.
   *
   * @param lost is called, once, if the process ends before the session does
   * @throws AffektError `unavailable`; `model`, `label`, `input` of the options
   */
  open(options: StreamOptions, listener: StreamListener, lost: () => void): Promise<CarriedStream>;
  /** Starts all processes ahead of the first stream. */
  warm(): Promise<void>;
  /** Has streams that are opened from now on carried by fresh processes; an old one ends with its last stream. */
  renew(): void;
  pids(): readonly number[];
  close(): Promise<void>;
}

/** How long a process may take to start on a busy machine. */
const START_MS = 120_000;
const ATTEMPTS = 3;

export function createStreamProcesses(
  start: () => StreamProcess,
  most: number,
  ended: (reason: string) => void,
): StreamProcesses {
  let running: StreamProcess[] = [];
  /** Take no new streams. */
  const retired = new Set<StreamProcess>();
  /** Streams that each carries, or is about to. */
  const load = new Map<StreamProcess, number>();
  const loadOf = (one: StreamProcess): number => load.get(one) ?? 0;
  let closed = false;

  function begin(): StreamProcess {
    const fresh = start();
    running.push(fresh);
    void fresh.ended.then((reason) => {
      running = running.filter((one) => one !== fresh);
      load.delete(fresh);
      if (!retired.delete(fresh) && !closed) ended(reason);
    });
    return fresh;
  }

  function leastBusy(): StreamProcess {
    const [least] = [...running].sort((a, b) => loadOf(a) - loadOf(b));
    if (least !== undefined && (loadOf(least) === 0 || running.length >= most)) return least;
    return begin();
  }

  function endIfIdle(process: StreamProcess): void {
    if (retired.has(process) && loadOf(process) === 0) process.kill();
  }

  async function isReady({ ready, ended: gone }: StreamProcess): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), START_MS);
    });
    const first = await Promise.race([ready.then(() => true), gone.then(() => false), late]);
    clearTimeout(timer);
    return first;
  }

  return {
    async open(options, listener, lost) {
      for (let attempt = 0; attempt < ATTEMPTS && !closed; attempt++) {
        const process = leastBusy();
        load.set(process, loadOf(process) + 1);
        let isOver = false;
        const leave = (): void => {
          if (!isOver && load.has(process)) load.set(process, loadOf(process) - 1);
          isOver = true;
          endIfIdle(process);
        };
        if (!(await isReady(process))) {
          leave();
          continue;
        }
        const carried = await process.open(options, listener).catch((cause: unknown) => {
          leave();
          throw cause;
        });
        void process.ended.then(() => {
          if (!isOver && !closed) lost();
        });
        return {
          push: carried.push,
          async finish() {
            await carried.finish();
            leave();
          },
          close() {
            leave();
            carried.close();
          },
        };
      }
      throw new AffektError("unavailable", "No process could be started for this stream.", "Try again a little later.");
    },
    async warm() {
      while (running.length < most) begin();
      await Promise.all(running.map(isReady));
    },
    renew() {
      const old = running;
      running = [];
      for (const one of old) {
        retired.add(one);
        begin();
        endIfIdle(one);
      }
    },
    pids: () => [...running, ...retired].flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
    async close() {
      closed = true;
      const all = [...running, ...retired];
      for (const one of all) one.kill();
      await Promise.all(all.map((one) => one.ended));
    },
  };
}
