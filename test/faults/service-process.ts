/** The service in a process of its own, so that it can be killed, and its memory seen. */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ServiceOptions } from "../../src/server/service.ts";
import { pause } from "./fault.ts";

export type ServiceProcessOptions = Omit<ServiceOptions, "version" | "log" | "oidc">;

export interface Answer {
  readonly status: number;
  readonly ms: number;
  readonly retryAfter: number | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: whoever asks reads what is expected
  readonly body: any;
}

export interface ServiceProcess {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  ask(path: string, init?: RequestInit): Promise<Answer>;
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Waits until it is ready, and its processes have opened the network for texts. */
  ready(): Promise<void>;
  /** MiB that it and the processes below it hold. */
  memory(): number;
  /** Watches it. @returns what ends that and tells by how many MiB it rose at most */
  watchMemory(): () => number;
  /** Lines of its log. */
  readonly log: readonly string[];
  isRunning(): boolean;
  kill(signal: NodeJS.Signals): Promise<void>;
}

const moduleUrl = (path: string) => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)));

const SERVICE = `
import { startService } from ${moduleUrl("../../src/server/service.ts")};
const log = { write: (line) => void process.stderr.write(line) };
try {
  const service = await startService({ ...JSON.parse(process.argv[1]), version: "0.0.0", log });
  process.once("SIGTERM", () => void service.close().then(() => process.exit(0)));
  process.stdout.write(JSON.stringify({ url: service.url }) + "\\n");
} catch ({ code, message, hint }) {
  process.stdout.write(JSON.stringify({ code, message, hint }) + "\\n");
  process.exit(1);
}`;

/** Why it did not start. */
export class NotStarted extends Error {
  readonly code: string;
  readonly hint: string;

  constructor(code: string, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** A program of this project in a process of its own. */
export function runProgram(source: string, options: unknown): ChildProcess {
  return spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", source, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** MiB of a process and all below it; 0 where the system does not tell. */
function treeMemory(root: number): number {
  const parents = new Map<number, number>();
  const sizes = new Map<number, number>();
  let names: string[] = [];
  try {
    names = readdirSync("/proc").filter((name) => /^\d+$/u.test(name));
  } catch {
    return 0;
  }
  for (const name of names) {
    try {
      const status = readFileSync(`/proc/${name}/status`, "latin1");
      parents.set(Number(name), Number(/^PPid:\s+(\d+)/mu.exec(status)?.[1]));
      sizes.set(Number(name), Number(/^VmRSS:\s+(\d+)/mu.exec(status)?.[1] ?? 0));
    } catch {
      // It has ended meanwhile.
    }
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (pid === root || isBelow(parents.get(pid)));
  return [...sizes].reduce((sum, [pid, size]) => sum + (isBelow(pid) ? size : 0), 0) / 1024;
}

const WARM = { text: "What a lovely day 😀", keep: false };
const JSON_TYPE = { "content-type": "application/json" };

/** @throws NotStarted */
export async function startServiceProcess(options: ServiceProcessOptions): Promise<ServiceProcess> {
  const child = runProgram(SERVICE, { port: 0, ...options });
  const log: string[] = [];
  child.stderr?.on("data", (text) => void log.push(String(text)));
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const said = await Promise.race([
    new Promise<string>((resolve) => child.stdout?.once("data", (text) => resolve(String(text)))),
    gone.then(() => JSON.stringify({ code: "ended", message: log.join("").slice(-500), hint: "" })),
  ]);
  const { url, code, message, hint } = JSON.parse(said) as Record<string, string>;
  if (url === undefined) throw new NotStarted(code ?? "", message ?? "", hint ?? "");
  const pid = child.pid as number;

  async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const began = performance.now();
    const reply = await fetch(`${url}${path}`, init);
    const text = await reply.text();
    const isJson = /^application\/(?:problem\+)?json/u.test(reply.headers.get("content-type") ?? "");
    const after = reply.headers.get("retry-after");
    return {
      status: reply.status,
      ms: performance.now() - began,
      retryAfter: after === null ? undefined : Number(after),
      body: isJson ? JSON.parse(text) : text,
    };
  }

  const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    ask(path, { method: "POST", headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) });

  return {
    url,
    port: Number(new URL(url).port),
    pid,
    log,
    ask,
    post,
    async ready() {
      while ((await ask("/ready")).status !== 200) await pause(100);
      for (let round = 0; round < 2; round++)
        await Promise.all(Array.from({ length: 8 }, () => post("/v1/recognize", WARM)));
    },
    memory: () => treeMemory(pid),
    watchMemory() {
      const before = treeMemory(pid);
      let most = before;
      const timer = setInterval(() => {
        most = Math.max(most, treeMemory(pid));
      }, 50);
      return () => {
        clearInterval(timer);
        return Math.max(most, treeMemory(pid)) - before;
      };
    },
    isRunning: () => child.exitCode === null && child.signalCode === null,
    async kill(signal) {
      child.kill(signal);
      await gone;
    },
  };
}
