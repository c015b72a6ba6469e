/**
 * Faults and bad input, each tried on the real service with the shipped models, and what happened.
 *
 * With --only, the other rows of the table stay as they were measured before.
 *
 *     npm run bench -- faults [--only REGEXP] [--write]
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createAttempts } from "../../test/faults/attempt.ts";
import type { Fault, Finding } from "../../test/faults/fault.ts";
import { FAULTS } from "../../test/faults/table.ts";

const FOUND = fileURLToPath(new URL("../../docs/benchmarks/faults.json", import.meta.url));
const PAGE = fileURLToPath(new URL("../../docs/benchmarks/faults.md", import.meta.url));

type Findings = Readonly<Record<string, Finding>>;

function earlier(): Findings {
  return existsSync(FOUND) ? (JSON.parse(readFileSync(FOUND, "utf8")) as Findings) : {};
}

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
  const found: Record<string, Finding> = {};
  let failed = 0;
  for (const fault of FAULTS.filter(({ name }) => wanted.test(name))) {
    const lacks = fault.lacks?.();
    const finding: Finding =
      lacks === undefined
        ? await attempts.try(fault).catch((cause: unknown) => ({ happened: "", wrong: [String(cause)] }))
        : { happened: `not tried: ${lacks}`, wrong: [] };
    if (finding.wrong.length > 0) failed++;
    found[fault.name] = finding;
    console.log(row(fault, finding));
    if (values.write) write({ ...earlier(), ...found });
  }
  await attempts.close();
  process.exitCode = failed === 0 ? 0 : 1;
}

function write(found: Findings): void {
  writeFileSync(FOUND, `${JSON.stringify(found, null, 2)}\n`);
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
    ...FAULTS.flatMap((fault) => {
      const finding = found[fault.name];
      return finding === undefined ? [] : [row(fault, finding)];
    }),
    "",
  ];
  writeFileSync(PAGE, page.join("\n"));
}
