/**
 * Compiles src/ to dist/. npm runs it as `prepare`, so that `npm ci` leaves a checkout that works.
 *
 *   --prepare     do nothing where there is nothing to compile with (an install without development dependencies)
 *   --if-missing  do nothing where dist/ is there already
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));
const prepare = process.argv.includes("--prepare");
const compiler = path("node_modules/@typescript/native/bin/tsc");
const entry = path("dist/cli/main.js");

if (process.argv.includes("--if-missing") && existsSync(entry)) process.exit(0);
if (!existsSync(compiler) || !existsSync(path("src"))) {
  process.stdout.write("build skipped: no TypeScript compiler here; install the development dependencies first\n");
  process.exit(prepare ? 0 : 1);
}
const run = spawnSync(process.execPath, [compiler, "-b", "tsconfig.portable.json", "tsconfig.node.json"], {
  cwd: path("."),
  stdio: "inherit",
});
// A type error still leaves JavaScript: an install then goes on, while `npm run build` reports it by its exit code.
process.exit(prepare && existsSync(entry) ? 0 : (run.status ?? 1));
