/**
 * Trains every fusion on ready-made features and writes the fusion tables.
 *
 *   npm run bench -- fusion --root DATA [--only ID,ID] [--seeds N] [--write | --stand-in]
 *
 * `--stand-in` tries MOSI's code without its test films, whose place training films take; their features give the labels
 * away, so the figures say nothing, and none is stored. `--write` stores docs/benchmarks/fusion.{json,md}; problems that
 * were not run keep what was written before. Test rows choose nothing: each is asked once per line of a table.
 */
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { among, TABLE_OPTIONS } from "../arguments.ts";
import { measureMosi } from "./mosi.ts";
import { measureRavdess } from "./ravdess.ts";
import { measureRavdessSteps } from "./ravdess-steps.ts";
import { type ProblemResult, shareText, writeTables } from "./tables.ts";

interface Options {
  readonly root: string;
  readonly seeds: number | undefined;
  readonly standIn: boolean;
}

const PROBLEMS: Readonly<Record<string, (options: Options) => Promise<ProblemResult>>> = {
  mosi: ({ root, seeds = 5, standIn }) => measureMosi(root, seeds, standIn),
  "ravdess-8": ({ root, seeds = 3 }) => measureRavdess(root, seeds, { classes: 8, normalization: "subject" }),
  "ravdess-8-steps": ({ root, seeds = 3 }) => measureRavdessSteps(root, seeds),
  "ravdess-4": ({ root, seeds = 3 }) => measureRavdess(root, seeds, { classes: 4, normalization: "subject" }),
  "ravdess-8-unseen": ({ root, seeds = 3 }) => measureRavdess(root, seeds, { classes: 8, normalization: "training" }),
  "ravdess-4-unseen": ({ root, seeds = 3 }) => measureRavdess(root, seeds, { classes: 4, normalization: "training" }),
};

const OPTIONS = {
  ...TABLE_OPTIONS,
  seeds: { type: "string" },
  "stand-in": { type: "boolean", default: false },
} as const;

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const standIn = values["stand-in"];
  const wanted = among(values.only);
  const seeds = values.seeds === undefined ? undefined : Number(values.seeds);
  for (const [id, measure] of Object.entries(PROBLEMS)) {
    if (!wanted(id)) continue;
    const started = performance.now();
    const result = await measure({ root: values.root, seeds, standIn });
    console.log(`${id}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
    for (const { method, subset, values: shares } of result.lines) {
      console.log(`  ${method} | ${subset.join(" + ")} | ${shareText(shares)}`);
    }
    if (values.write && !standIn)
      await writeTables({ ...result, id }, { readFile: (path) => readFile(path, "utf8"), writeFile });
  }
}
