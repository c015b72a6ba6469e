/** Requests that are made up by chance along the API's schema. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Fault } from "./fault.ts";

/** Requests that one run of every property makes together, on average. */
const REQUESTS_PER_RUN = 11 / 3;
const VITEST = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** @returns whether none of them ended with a 5xx */
export async function sendGenerated(requests: number, output: "inherit" | "ignore"): Promise<boolean> {
  const runs = Math.ceil(requests / REQUESTS_PER_RUN);
  const child = spawn(process.execPath, [VITEST, "run", "src/server/service.test.ts", "-t", "whatever is sent"], {
    cwd: ROOT,
    stdio: output,
    env: { ...process.env, AFFEKT_FUZZ_RUNS: String(runs) },
  });
  const status = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  return status === 0;
}

const MANY = 20_000;

export const generated: Fault = {
  name: "generated requests",
  tried: `${MANY.toLocaleString("en")} requests by fast-check along the API's schema: bodies, jobs, feedback, consents, queries and paths`,
  covered: "src/server/service.test.ts",
  async run() {
    const held = await sendGenerated(MANY, "ignore");
    return held
      ? { wrong: [], happened: "none ended with a 5xx, and the service answered to the last" }
      : { wrong: ["see `npm run bench -- fuzz`"], happened: "a request ended with a 5xx, or with none" };
  },
};
