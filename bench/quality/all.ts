/**
 * Rebuilds every table and card of the committed weights, and the tables of both READMEs; not those that train networks first
 * (`fusion`, `article`). It ends with how long each part and the whole took.
 *
 *   npm run bench -- all --root DATA [--skip NAME,NAME]
 *
 * Budget: 20 minutes on two cores. Each part computes in one thread, so two of them run beside each other, as processes
 * of their own; what measures speed runs alone, after them. A part whose data are missing says so and keeps what was
 * written before.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { TABLE_OPTIONS } from "./arguments.ts";

/** The longest first. */
const TOGETHER = ["quality", "robustness", "pool", "trust", "passes", "peers", "behaviour"];
/** One by one, in this order: the cards are made of all others. */
const ALONE = ["precision", "cards"];
const LANES = 2;
const WITHOUT_DATA: readonly string[] = ["behaviour", "cards"];

const BENCH = fileURLToPath(new URL("../run.ts", import.meta.url));

/** Runs a benchmark in a process of its own; what it says appears here. @returns its exit code */
function inProcess(name: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, BENCH, name, ...args], { stdio: "inherit" });
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      root: TABLE_OPTIONS.root,
      skip: { type: "string", default: "" },
    },
  });
  const skipped = values.skip.split(",");
  const started = performance.now();
  const times: string[] = [];
  const part = async (name: string): Promise<void> => {
    if (skipped.includes(name)) return;
    const from = performance.now();
    console.log(`\n${name}`);
    const data = WITHOUT_DATA.includes(name) ? [] : ["--root", values.root];
    const code = await inProcess(name, [...data, ...(name === "cards" ? ["--measure"] : []), "--write"]);
    if (code !== 0) {
      process.exitCode = 1;
      console.log(`${name} failed with exit code ${code}`);
    }
    times.push(`${name} ${((performance.now() - from) / 1000).toFixed(0)} s`);
  };
  const queue = [...TOGETHER];
  const lane = async (): Promise<void> => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) await part(name);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  for (const name of ALONE) await part(name);
  // Two parts may have written the READMEs at once.
  if ((await inProcess("readme", [])) !== 0) process.exitCode = 1;
  console.log(`\n${times.join(", ")}; ${((performance.now() - started) / 60_000).toFixed(1)} minutes in all`);
}
