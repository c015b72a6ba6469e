/**
 * Faults and bad input, each tried on the real service with the shipped models, and what happened.
 *
 *     npm run bench -- faults [--only REGEXP] [--write]
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createAttempts } from "../../test/faults/attempt.ts";
import type { Fault, Finding } from "../../test/faults/fault.ts";
import { FAULTS } from "../../test/faults/table.ts";

const PAGE = fileURLToPath(new URL("../../docs/benchmarks/faults.md", import.meta.url));

function row({ name, tried }: Fault, { happened, wrong, jobs }: Finding): string {
  const held = wrong.length === 0 ? "yes" : `**no**: ${wrong.join("; ")}`;
  const cells = [name, tried, happened, jobs?.sent ?? "", jobs?.lost ?? "", jobs?.doubled ?? "", held];
  return `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|").replace(/\s+/gu, " ")).join(" | ")} |`;
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { only: { type: "string", default: "" }, write: { type: "boolean", default: false } },
  });
  const wanted = new RegExp(values.only, "u");
  const attempts = createAttempts(false);
  const rows: string[] = [];
  let failed = 0;
  for (const fault of FAULTS.filter(({ name }) => wanted.test(name))) {
    const lacks = fault.lacks?.();
    const found =
      lacks === undefined
        ? await attempts.try(fault).catch((cause: unknown) => ({ happened: "", wrong: [String(cause)] }))
        : { happened: `not tried: ${lacks}`, wrong: [] };
    if (found.wrong.length > 0) failed++;
    rows.push(row(fault, found));
    console.log(rows.at(-1));
  }
  await attempts.close();
  process.exitCode = failed === 0 ? 0 : 1;
  if (!values.write) return;
  const page = [
    "# Faults and bad input",
    "",
    `Made by \`npm run bench -- faults --write\` with the shipped models, Node ${process.version}, ${cpus().length} × ` +
      `${cpus()[0]?.model.trim() ?? "unknown processor"}. Service and clients share the machine, and other programs ran ` +
      "beside them: times are upper bounds. `npm run bench -- fuzz` sends 20,000 generated requests besides; what can " +
      "be tried quickly is tried by every test run (`test/faults`).",
    "",
    "| What | Tried | What happened | Jobs | lost | doubled | Held |",
    "|---|---|---|---:|---:|---:|---|",
    ...rows,
    "",
  ];
  writeFileSync(PAGE, page.join("\n"));
}
