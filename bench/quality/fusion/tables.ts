/** The fusion tables as JSON and as a page. */
import type { Modality } from "../../../src/core/modality.ts";

/** One method on one subset of the modalities. */
export interface Line {
  readonly method: string;
  readonly subset: readonly Modality[];
  /** Accuracy on the test rows, one value per seed; a single one where nothing is random. */
  readonly values: readonly number[];
}

export interface ProblemResult {
  readonly id?: string;
  readonly title: string;
  /** Of the sequences of a modality; absent where all have one vector a row. */
  readonly steps?: number;
  readonly protocol: readonly string[];
  readonly rows: number;
  readonly peers: string;
  readonly lines: readonly Line[];
}

export interface TextFiles {
  readFile(path: string): Promise<string>;
  writeFile(path: string, text: string): Promise<void>;
}

const JSON_PATH = "docs/benchmarks/fusion.json";

const percent = (share: number): string => (100 * share).toFixed(1);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** `81.2 (80.6–82.0)`: the mean, the lowest and the highest seed. */
export function shareText(values: readonly number[]): string {
  if (values.length === 1) return percent(values[0] as number);
  return `${percent(mean(values))} (${percent(Math.min(...values))}–${percent(Math.max(...values))})`;
}

function table(lines: readonly Line[]): string[] {
  const subsets = [...new Set(lines.map(({ subset }) => subset.join(" + ")))];
  const methods = [...new Set(lines.map(({ method }) => method))];
  const cell = (method: string, subset: string): string => {
    const line = lines.find((own) => own.method === method && own.subset.join(" + ") === subset);
    return line === undefined ? "–" : shareText(line.values);
  };
  return [
    `| | ${subsets.join(" | ")} |`,
    `|---|${subsets.map(() => "---").join("|")}|`,
    ...methods.map((method) => `| ${method} | ${subsets.map((subset) => cell(method, subset)).join(" | ")} |`),
  ];
}

const ONE_STEP =
  "- Each modality is one vector a row: the cross-modal transformer attends over single steps here, and has no sequence to relate.";

function page(problems: readonly ProblemResult[]): string {
  return [
    "# Fusion on ready-made features",
    "",
    "Written by `npm run bench -- fusion --root DATA --write`. Accuracy in percent: the mean over seeds, with the lowest and the",
    "highest in brackets; lines without brackets have nothing random in them, or put all seeds together. One network, trained with",
    "modality dropout, answers from every subset. Where the test rows had been asked before, the table says so.",
    ...problems.flatMap(({ title, steps, protocol, peers, rows, lines }) => [
      "",
      `## ${title}`,
      "",
      ...protocol.map((sentence) => `- ${sentence}`),
      ...(steps === undefined ? [ONE_STEP] : []),
      `- ${rows} test rows. Others on the same rows: ${peers}`,
      "",
      ...table(lines),
    ]),
    "",
  ].join("\n");
}

/** Six decimals, so that the page is the same when it is written from here, and short arrays on one line. */
function json(problems: readonly ProblemResult[]): string {
  const text = JSON.stringify(
    problems,
    (_, value: unknown) => (typeof value === "number" ? Math.round(value * 1e6) / 1e6 : value),
    2,
  );
  return text.replace(/\[\n\s+([^[\]{}]*?)\n\s+\]/gu, (whole, inner: string) => {
    const line = `[${inner.replace(/\n\s+/gu, " ")}]`;
    return line.length <= 90 ? line : whole;
  });
}

/** Problems that were not measured this time keep their lines. */
export async function writeTables(result: ProblemResult, files: TextFiles): Promise<void> {
  const before = await files.readFile(JSON_PATH).then(
    (text) => JSON.parse(text) as ProblemResult[],
    () => [],
  );
  const known = [...before.filter(({ id }) => id !== result.id), result];
  known.sort((a, b) => ((a.id ?? "") < (b.id ?? "") ? -1 : 1));
  await files.writeFile(JSON_PATH, `${json(known)}\n`);
  await files.writeFile("docs/benchmarks/fusion.md", page(known));
}
