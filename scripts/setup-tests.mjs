/**
 * Brings what the tests use and npm cannot install: ffmpeg, espeak-ng and PostgreSQL, by apt-get where this is Debian and we are
 * root. Never fails: tests of a tool that is still missing are skipped with a line that says so.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const TOOLS = ["ffmpeg", "espeak-ng", "postgresql"];
const runs = (tool) => spawnSync(tool, ["--version"], { stdio: "ignore" }).error === undefined;
// Debian keeps PostgreSQL's programs off the path.
const has = (tool) => runs(tool) || (tool === "postgresql" && (runs("initdb") || existsSync("/usr/lib/postgresql")));
const apt = (...args) =>
  spawnSync("apt-get", args, {
    stdio: "ignore",
    timeout: 300_000,
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  }).status === 0;

const missing = TOOLS.filter((tool) => !has(tool));
if (missing.length > 0) {
  if (process.getuid?.() === 0 && has("apt-get")) {
    process.stdout.write(`installing ${missing.join(", ")} for the tests\n`);
    apt("update");
    apt("install", "-y", "--no-install-recommends", ...missing);
  }
  for (const tool of missing.filter((name) => !has(name))) {
    process.stdout.write(`${tool} is missing, so its tests are skipped; get it with: apt-get install ${tool}\n`);
  }
}
