/** The repository as the house tests see it. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Paths of the files that git tracks and that still exist, relative to the root; null outside a git checkout. */
export function trackedFiles(): readonly string[] | null {
  try {
    const listed = execFileSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8", stdio: "pipe" });
    return listed.split("\0").filter((path) => path !== "" && existsSync(ROOT + path));
  } catch {
    return null;
  }
}

export function read(path: string): string {
  return readFileSync(ROOT + path, "utf8");
}
