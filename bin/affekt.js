#!/usr/bin/env node
import { existsSync } from "node:fs";

const main = new URL("../dist/cli/main.js", import.meta.url);
if (existsSync(main)) {
  const { run } = await import(main.href);
  await run(process.argv.slice(2));
} else {
  process.stderr.write("affekt is not built yet.\n  hint: run `npm run build` in the checkout first.\n");
  process.exitCode = 70;
}
