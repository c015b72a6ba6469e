/**
 * Writes pages anew from what was measured last: the accuracy tables of README.md and README.zh.md, and quality.md, pool.md,
 * trust.md and precision.md in docs/benchmarks.
 *
 *   npm run bench -- readme
 *
 * Of the READMEs only what stands between `<!-- generated:accuracy -->` and its end is touched. A page says of which models
 * its figures are, if not of the committed ones.
 */
import { readFile, writeFile } from "node:fs/promises";
import { committedModels } from "./earlier-files.ts";
import { poolPage } from "./pool/page.ts";
import { type PrecisionResults, precisionPage } from "./precision/page.ts";
import { type Measured, type PoolResults, RESULTS, readResults, type TrustResults } from "./results.ts";
import { writeTables } from "./tables.ts";
import { trustPage } from "./trust/page.ts";

export async function run(): Promise<void> {
  await writeTables([], { readFile: (path) => readFile(path, "utf8"), writeFile });
  const committed = await committedModels();
  const again = async <T>(name: string, page: (results: T, committed: Measured) => string): Promise<void> => {
    const results = await readResults<T>(name);
    if (results !== undefined) await writeFile(`${RESULTS}/${name}.md`, page(results, committed));
  };
  await again<PoolResults>("pool", poolPage);
  await again<TrustResults>("trust", trustPage);
  await again<PrecisionResults>("precision", precisionPage);
}
