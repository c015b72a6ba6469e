/** The program as a person starts it: `node bin/affekt.js …`, in a process of its own. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { ROOT } from "../house/tree.ts";

export interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Brings dist/ up to date with src/. */
export function build(): void {
  const { stdout } = spawnSync(process.execPath, ["scripts/build.mjs", "--prepare"], { cwd: ROOT, encoding: "utf8" });
  if (!existsSync(`${ROOT}dist/cli/main.js`)) throw new Error(`the build left no program: ${stdout}`);
}

/** @param input what stands on standard input */
export function affekt(args: readonly string[], input: string | Uint8Array = ""): Run {
  const env = { ...process.env, NO_COLOR: "1" };
  const run = spawnSync(process.execPath, ["bin/affekt.js", ...args], { cwd: ROOT, encoding: "utf8", input, env });
  return { code: run.status, out: run.stdout, err: run.stderr };
}
