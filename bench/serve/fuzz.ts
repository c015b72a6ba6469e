/**
 * Generated requests in great number against the real server: not one may end with a 5xx.
 *
 *     npm run bench -- fuzz [--requests 20000]
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** Requests that one run of every property makes together, on average. */
const REQUESTS_PER_RUN = 11 / 3;

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { requests: { type: "string", default: "20000" } } });
  const runs = Math.ceil(Number(values.requests) / REQUESTS_PER_RUN);
  const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
  const { status } = spawnSync(
    process.execPath,
    [vitest, "run", "src/server/service.test.ts", "-t", "whatever is sent"],
    { stdio: "inherit", env: { ...process.env, AFFEKT_FUZZ_RUNS: String(runs) } },
  );
  process.exitCode = status ?? 1;
}
