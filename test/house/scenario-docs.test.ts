/** What docs/scenarios.md says of the shipped scenarios and of fields is what the files and the schema say. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseScenario, Scenario } from "../../src/scenario/scenario.ts";
import { fieldsOf } from "./field-table.ts";
import { ROOT, read } from "./tree.ts";

const page = read("docs/scenarios.md");

/** The table below a marker, without its head. */
function tableBelow(marker: string): string[] {
  const from = page.indexOf(`<!-- ${marker} -->`);
  expect(from).toBeGreaterThan(0);
  const [, , , ...lines] = page.slice(from).split("\n");
  const end = lines.findIndex((line) => !line.startsWith("|"));
  return lines.slice(0, end === -1 ? lines.length : end);
}

test("the table of shipped scenarios", () => {
  const rows = readdirSync(`${ROOT}scenarios`).map((name) => {
    const { id, modalities, keep, consent, alerts } = parseScenario(
      JSON.parse(readFileSync(`${ROOT}scenarios/${name}`, "utf8")),
      name,
    );
    const kept = keep.what === "nothing" ? "nothing" : `${keep.what}, ${keep.days} days`;
    const rules = alerts.map((alert) => `\`${alert.id}\``).join(", ");
    return `| \`${id}\` | ${modalities.join(", ")} | ${kept} | ${consent.required ? "" : "not "}required | ${rules} |`;
  });
  expect(tableBelow("shipped")).toEqual(rows);
});

test("the table of fields", () => {
  const rows = fieldsOf(Scenario).map((field) => `| \`${field.path}\` | ${field.default} | ${field.range} |`);
  expect(tableBelow("fields")).toEqual(rows);
});

test("the example is a scenario", () => {
  const [, example = ""] = /^```json\n(.*?)^```$/msu.exec(page) ?? [];
  expect(parseScenario(JSON.parse(example), "example").id).toBe("voice-practice");
});
