/** docs/data.md lists the data sets that can be prepared, with their rows and terms. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DATASETS } from "../../src/data/datasets/table.ts";
import { SPLITS } from "../../src/data/row.ts";
import { ROOT } from "./tree.ts";

test("every data set stands in the table as it is declared", () => {
  const page = readFileSync(`${ROOT}docs/data.md`, "utf8");
  const told = page
    .slice(page.indexOf("<!-- data sets -->"))
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  expect(told).toEqual(
    DATASETS.map(({ name, title, modalities, languages, counts, labels, terms, licence }) => {
      const rows = SPLITS.map((split) => counts[split] ?? 0).join(" / ");
      const spoken = languages.length === 0 ? "–" : languages.join(", ");
      return `| \`${name}\` | ${title} | ${modalities.join(", ")} | ${spoken} | ${rows} | ${labels.length} | ${terms} | ${licence} |`;
    }),
  );
});
