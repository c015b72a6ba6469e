/**
 * Rebuilds every table and card of the committed weights, and the tables of both READMEs; not those that train networks first
 * (`fusion`, `article`). It ends with how long each part and the whole took.
 *
 *   npm run bench -- all --root DATA [--skip NAME,NAME]
 *
 * Budget: 20 minutes on two cores. A part whose data are missing says so and keeps what was written before.
 */
import { parseArgs } from "node:util";
import { TABLE_OPTIONS } from "./arguments.ts";

type Run = (args: readonly string[]) => Promise<void>;

/** In this order: the cards are made of all others. */
const PARTS: Readonly<Record<string, { readonly load: () => Promise<{ run: Run }>; readonly data: boolean }>> = {
  peers: { load: () => import("./peers/run.ts"), data: true },
  quality: { load: () => import("./run.ts"), data: true },
  behaviour: { load: () => import("./behaviour/run.ts"), data: false },
  passes: { load: () => import("./passes/run.ts"), data: true },
  robustness: { load: () => import("./robustness/run.ts"), data: true },
  pool: { load: () => import("./pool/run.ts"), data: true },
  trust: { load: () => import("./trust/run.ts"), data: true },
  precision: { load: () => import("./precision/run.ts"), data: true },
};

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
  const time = async (name: string, work: () => Promise<void>): Promise<void> => {
    const from = performance.now();
    console.log(`\n${name}`);
    try {
      await work();
    } catch (error) {
      process.exitCode = 1;
      console.log(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
    times.push(`${name} ${((performance.now() - from) / 1000).toFixed(0)} s`);
  };
  for (const [name, { load, data }] of Object.entries(PARTS)) {
    if (skipped.includes(name)) continue;
    await time(name, async () => (await load()).run([...(data ? ["--root", values.root] : []), "--write"]));
  }
  await time("cards", async () => (await import("./cards/run.ts")).run(["--measure", "--write"]));
  console.log(`\n${times.join(", ")}; ${((performance.now() - started) / 60_000).toFixed(1)} minutes in all`);
}
