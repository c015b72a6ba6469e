/** A PostgreSQL server for tests: the one that AFFEKT_TEST_DATABASE_URL names, or one of this machine's own programs. */
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface PostgresServer {
  readonly url: string;
  /** Ends it, and all processes below it, as a power cut would; absent where the server is not the test's own. */
  readonly crash?: (signal?: "SIGQUIT" | "SIGKILL") => Promise<void>;
  /** Of its own program; absent where the server is not the test's own. */
  readonly pid?: () => number | undefined;
  /** Starts it again. */
  readonly restart?: () => void;
  stop(): Promise<void>;
}

function programs(): string | undefined {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, "bin")) : [];
  const folders = [...(process.env.PATH ?? "").split(":"), ...versions];
  return folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
}

/** PostgreSQL does not run as root. */
function user(): { uid?: number; gid?: number } | undefined {
  if (process.getuid?.() !== 0) return {};
  try {
    const id = (flag: string) => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    return undefined;
  }
}

const found = programs();

/** Whether there is one to test with. */
export const hasPostgres =
  process.env.AFFEKT_TEST_DATABASE_URL !== undefined || (found !== undefined && user() !== undefined);

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** Linux only; elsewhere they end by themselves a little later. */
function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").trim().split(" ").map(Number);
  } catch {
    return [];
  }
}

function killOne(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It was faster.
  }
}

/** @param durable whether it waits for the disk, as a server does that must not lose anything; tests need not */
export async function startPostgres({ durable = false } = {}): Promise<PostgresServer> {
  const given = process.env.AFFEKT_TEST_DATABASE_URL;
  if (given !== undefined) return { url: given, stop: async () => {} };
  const [bin, as] = [found ?? "", user() ?? {}];
  const folder = mkdtempSync(join(tmpdir(), "affekt-postgres-"));
  if (as.uid !== undefined && as.gid !== undefined) chownSync(folder, as.uid, as.gid);
  chmodSync(folder, 0o700);
  const options = { ...as, cwd: folder, stdio: "ignore" as const };
  execFileSync(
    join(bin, "initdb"),
    ["-D", join(folder, "data"), "-U", "affekt", "-A", "trust", "-N", "-E", "UTF8"],
    options,
  );
  const port = await freePort();
  const settings = [
    ...["-c", "listen_addresses=127.0.0.1", "-c", `unix_socket_directories=${folder}`],
    ...(durable ? [] : ["-c", "fsync=off"]),
  ];
  let pid: number | undefined;
  const run = () => {
    const server = spawn(join(bin, "postgres"), ["-D", join(folder, "data"), "-p", String(port), ...settings], options);
    pid = server.pid;
    const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
    return async (signal: "SIGINT" | "SIGQUIT" | "SIGKILL") => {
      const below = signal === "SIGKILL" ? childrenOf(server.pid as number) : [];
      server.kill(signal);
      for (const one of below) killOne(one);
      await ended;
    };
  };
  let end = run();
  return {
    url: `postgres://affekt@127.0.0.1:${port}/postgres`,
    crash: (signal = "SIGQUIT") => end(signal),
    pid: () => pid,
    restart() {
      end = run();
    },
    async stop() {
      await end("SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
