/**
 * Compiles src/ to dist/, and the web app to dist/web/. npm runs it as `prepare`, so that `npm ci` leaves a checkout
 * that works.
 *
 *   --prepare     do nothing where there is nothing to compile with (an install without development dependencies)
 *   --if-missing  do nothing where dist/ is there already
 *   --web         build the web app only
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
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
if (process.argv.includes("--web")) process.exit(buildWeb());
const run = spawnSync(process.execPath, [compiler, "-b", "tsconfig.portable.json", "tsconfig.node.json"], {
  cwd: path("."),
  stdio: "inherit",
});
/** When the youngest file below a folder was changed. */
function changed(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Math.max(...files.map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs));
}

/** Built beside its place and then moved there: a service that starts meanwhile finds all of it. */
function buildWeb() {
  const vite = path("node_modules/vite/bin/vite.js");
  const page = path("dist/web/index.html");
  const config = path("vite.config.ts");
  if (!existsSync(vite)) return 0;
  const newest = Math.max(changed(path("src")), statSync(config).mtimeMs);
  if (existsSync(page) && statSync(page).mtimeMs > newest) return 0;
  const fresh = path(`dist/.web-${process.pid}`);
  const { status } = spawnSync(process.execPath, [vite, "build", "--logLevel", "warn", "--outDir", fresh], {
    cwd: path("."),
    stdio: "inherit",
  });
  if (status === 0) {
    rmSync(path("dist/web"), { recursive: true, force: true });
    renameSync(fresh, path("dist/web"));
  }
  rmSync(fresh, { recursive: true, force: true });
  return status ?? 1;
}

const web = buildWeb();
// A type error still leaves JavaScript: an install then goes on, while `npm run build` reports it by its exit code.
process.exit(prepare && existsSync(entry) ? 0 : run.status || web || 0);
