/** Packages as they lie on the disk: many do not export their package.json, so `import.meta.resolve` cannot find it. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const packages = createRequire(import.meta.url);

/** Absolute folder of an installed package, or undefined. */
export function packageFolder(name: string): string | undefined {
  return packages.resolve
    .paths(name)
    ?.map((folder) => join(folder, name))
    .find((folder) => existsSync(join(folder, "package.json")));
}

export function packageVersion(name: string): string | undefined {
  const folder = packageFolder(name);
  if (folder === undefined) return undefined;
  return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string }).version;
}
