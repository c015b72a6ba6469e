/** The accuracy table as JSON, as a page, and inside the READMEs. */

import { CALIBRATION_AIM, short } from "./markdown.ts";
import { type PeerResult, RESULTS } from "./results.ts";
import { QUALITY_ROWS, type QualityRow } from "./rows.ts";
import type { QualityResult } from "./run.ts";

export interface TextFiles {
  readFile(path: string): Promise<string>;
  writeFile(path: string, text: string): Promise<void>;
}

const JSON_PATH = `${RESULTS}/quality.json`;
const METRICS: Readonly<Record<QualityRow["metric"], string>> = {
  accuracy: "accuracy",
  uar: "UAR",
  macroF1: "macro-F1",
};

function megabytes(result: QualityResult): string {
  const bytes = result.models.reduce((sum, model) => sum + model.bytes, 0) / result.models.length;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

interface Line {
  readonly row: QualityRow;
  readonly result: QualityResult;
  /** Networks of others, asked about the same arrays by our own script. */
  readonly measured: readonly PeerResult[];
}

/** Whether a recognizer opens these weights, or they were trained for the protocol of this line alone. */
const ships = ({ models }: QualityRow): boolean => models.every((path) => path.startsWith("models/"));

/** What others reach: as measured here, then as published. */
function others({ row, measured }: Line): string {
  return [...measured.map(({ name, share }) => `${name} ${short(share)} (measured here)`), row.peers].join("; ");
}

function readmeTable(lines: readonly Line[], language: "en" | "zh"): string {
  const head =
    language === "en"
      ? "| Test set | Metric | affekt | Model | Others, same rows |"
      : "| 测试集 | 指标 | affekt | 模型 | 其他系统，同一测试集 |";
  const body = lines.map((line) => {
    const { row, result } = line;
    const value = `**${short(result.value)}** (${short(result.low)}–${short(result.high)})`;
    const title = `${row.title[language]}${ships(row) ? "" : " †"}`;
    return `| ${title} | ${METRICS[row.metric]} | ${value} | ${megabytes(result)} | ${others(line)} |`;
  });
  const note =
    language === "en"
      ? "†: not shipped, trained for this protocol. In brackets: 95 % bootstrap interval, over folds the lowest and the highest. Protocols: [docs/benchmarks/quality.md](docs/benchmarks/quality.md). Written by `npm run bench -- quality --write`."
      : "†：未随软件发布，为该协议单独训练。括号内为 95 % 自助法区间，分折时为最低与最高折。协议见 [docs/benchmarks/quality.md](docs/benchmarks/quality.md)。由 `npm run bench -- quality --write` 生成。";
  return [head, "|---|---|---|---|---|", ...body, "", note].join("\n");
}

function page(lines: readonly Line[]): string {
  const body = lines.map((line) => {
    const { row, result } = line;
    const rest = [result.accuracy, result.uar, result.macroF1, result.ece, result.eceByChance].map((value) =>
      value === undefined ? "–" : short(value),
    );
    const value = `${short(result.value)} (${short(result.low)}–${short(result.high)}, ${result.range})`;
    const model = row.models.length > 1 ? `${row.models.length} fold models` : (row.models[0] as string);
    return `| ${row.title.en} | ${result.rows} | ${METRICS[row.metric]} ${value} | ${rest.join(" | ")} | ${others(line)} | ${row.protocol} | \`${model}\` |`;
  });
  return [
    "# Accuracy of the committed models",
    "",
    "Written by `npm run bench -- quality --root DATA --write` from the committed model files; one seed each. The test rows were not used",
    "for any choice, but for the rows whose protocol says so. `affekt train` made the models of faces, of text and of the cross-corpus list,",
    "with the configuration beside them; `npm run bench -- negation` and `degree` added to text what they choose, `tweeteval` fitted the",
    "model of its line, `speech-model` the shipped speech model and `speech-pool` those of the six folds, of networks that `affekt train` made.",
    "",
    `ECE: expected calibration error in 15 bins, over the rows of all folds; the aim is ${short(CALIBRATION_AIM)}. With several labels a row: over all pairs of`,
    "a text and a label. Beside it what it would be on as many rows, by chance alone, if every confidence were true.",
    "",
    `| Test rows | n | Value | Accuracy | UAR | Macro-F1 | ECE (aim ${short(CALIBRATION_AIM)}) | by chance | Others, same rows | Protocol | Model |`,
    "|---|---|---|---|---|---|---|---|---|---|---|",
    ...body,
    "",
  ].join("\n");
}

function filled(text: string, table: string): string {
  return text.replace(
    /(<!-- generated:accuracy -->\n)[\s\S]*?(<!-- \/generated:accuracy -->)/,
    (_, open: string, close: string) => `${open}\n${table}\n\n${close}`,
  );
}

/** Results that were not measured this time keep the value of the last; with none, the pages are made anew of those. */
export async function writeTables(results: readonly QualityResult[], files: TextFiles): Promise<void> {
  const read = async <T>(path: string): Promise<readonly T[]> =>
    files.readFile(path).then(
      (text) => JSON.parse(text) as T[],
      () => [],
    );
  const before = await read<QualityResult>(JSON_PATH);
  const peers = await read<PeerResult>(`${RESULTS}/peers.json`);
  const known = new Map([...before, ...results].map((result) => [result.id, result]));
  const lines = QUALITY_ROWS.flatMap((row) => {
    const result = known.get(row.id);
    const measured = peers.filter((peer) => peer.row === row.id && peer.metric === row.metric);
    return result === undefined ? [] : [{ row, result, measured }];
  });
  await files.writeFile(
    JSON_PATH,
    `${JSON.stringify(
      lines.map(({ result }) => result),
      null,
      2,
    )}\n`,
  );
  await files.writeFile("docs/benchmarks/quality.md", page(lines));
  for (const [path, language] of [
    ["README.md", "en"],
    ["README.zh.md", "zh"],
  ] as const) {
    await files.writeFile(path, filled(await files.readFile(path), readmeTable(lines, language)));
  }
}
