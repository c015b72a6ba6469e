/**
 * Prints `N passed, M failed` from vitest's JSON report, and fails if a test failed or none ran. A skipped test counts as
 * failed where the labelled data are at hand; without them, the tests that need them may be skipped, and are named.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const data = process.env.AFFEKT_DATA ?? fileURLToPath(new URL("../../shared/data", import.meta.url));
const needsData = !existsSync(data);

const report = JSON.parse(readFileSync(process.argv[2], "utf8"));
const tests = report.testResults.flatMap((file) =>
  file.assertionResults.map((result) => ({ ...result, file: file.name })),
);
const brokenFiles = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
const passed = tests.filter(({ status }) => status === "passed").length;
const failed = tests.filter(({ status }) => status === "failed").length + brokenFiles.length;
const skipped = tests.filter(({ status }) => status !== "passed" && status !== "failed");
for (const { file, fullName } of skipped)
  process.stdout.write(
    `skipped${needsData ? " without data" : ", which this run does not allow"}: ${file} > ${fullName}\n`,
  );
const bad = failed + (needsData ? 0 : skipped.length);
process.stdout.write(`${passed} passed, ${bad} failed\n`);
process.exit(bad > 0 || passed === 0 ? 1 : 0);
