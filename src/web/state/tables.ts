/** Tables of texts: CSV, TSV and JSON Lines → rows, and a sentence about whatever is wrong with which line. */
import { csvRecords } from "../../data/readers/csv.ts";
import { SaidError } from "./said-error.ts";

export interface TextRow {
  readonly text: string;
  readonly speaker?: string;
  /** For putting rows in order of time: milliseconds of a date, or the number that the table holds. */
  readonly at?: number;
}

export interface TextTable {
  readonly rows: readonly TextRow[];
  /** Lines that are left out. */
  readonly problems: readonly SaidError[];
}

/** Rows of one table; more would make the page slow. */
export const MOST_ROWS = 2_000;
/** Broken lines that are told one by one. */
const MOST_TOLD = 10;
const SHOWN = 40;

const NAMES = {
  text: ["text", "文本"],
  speaker: ["speaker", "subject", "person", "说话人"],
  at: ["time", "timestamp", "date", "时间"],
} as const;

const isNamed = (field: keyof typeof NAMES, name: string): boolean =>
  (NAMES[field] as readonly string[]).includes(name.trim().toLowerCase());

function shown(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

function moment(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const number = Number(value);
  const at = Number.isNaN(number) ? Date.parse(value) : number;
  return Number.isNaN(at) ? undefined : at;
}

function row(text: string, speaker: unknown, time: unknown): TextRow {
  const at = moment(time);
  return {
    text,
    ...(typeof speaker === "string" && speaker.trim() !== "" ? { speaker: speaker.trim() } : {}),
    ...(at === undefined ? {} : { at }),
  };
}

/** Collects rows and problems; the last problem says what was not told. */
function collector(name: string) {
  const rows: TextRow[] = [];
  const problems: SaidError[] = [];
  let untold = 0;
  return {
    rows,
    full: () => rows.length >= MOST_ROWS,
    problem(error: SaidError): void {
      if (problems.length < MOST_TOLD) problems.push(error);
      else untold++;
    },
    end(cut: boolean): TextTable {
      const more = untold === 0 ? [] : [new SaidError("files.moreLines", "files.lineHint", { name, count: untold })];
      const left = cut ? [new SaidError("files.tooManyRows", "files.tooManyRowsHint", { name, count: MOST_ROWS })] : [];
      if (rows.length === 0 && problems.length === 0) throw new SaidError("files.noRows", "files.noRowsHint", { name });
      return { rows, problems: [...problems, ...more, ...left] };
    },
  };
}

function jsonLines(name: string, lines: readonly string[]): TextTable {
  const found = collector(name);
  const { rows, problem, full, end } = found;
  for (const [index, content] of lines.entries()) {
    if (content.trim() === "") continue;
    if (full()) return end(true);
    const values = { name, line: index + 1, found: shown(content.trim()) };
    let value: unknown;
    try {
      value = JSON.parse(content);
    } catch {
      problem(new SaidError("files.brokenLine", "files.lineHint", values));
      continue;
    }
    const fields = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
    const own = (field: keyof typeof NAMES): unknown => fields.find(([key]) => isNamed(field, key))?.[1];
    const text = own("text");
    if (typeof text === "string" && text.trim() !== "") rows.push(row(text, own("speaker"), own("at")));
    else problem(new SaidError("files.lineWithoutText", "files.lineHint", values));
  }
  return end(false);
}

async function separated(name: string, lines: readonly string[]): Promise<TextTable> {
  const found = collector(name);
  const { rows, problem, full, end } = found;
  let places: Readonly<Record<keyof typeof NAMES, number>> | undefined;
  for await (const { fields, line, unclosed } of csvRecords(lines)) {
    if (unclosed === true) {
      problem(new SaidError("files.openQuote", "files.openQuoteHint", { name, line }));
      continue;
    }
    if (places === undefined) {
      const place = (field: keyof typeof NAMES): number => fields.findIndex((one) => isNamed(field, one));
      places = { text: place("text"), speaker: place("speaker"), at: place("at") };
      if (places.text >= 0) continue;
      const columns = fields.map((field) => `“${shown(field.trim())}”`).slice(0, 12);
      throw new SaidError("files.noTextColumn", "files.noTextColumnHint", { name, columns: columns.join(", ") });
    }
    const text = fields[places.text];
    if (text === undefined || text.trim() === "") continue;
    if (full()) return end(true);
    rows.push(row(text, fields[places.speaker], fields[places.at]));
  }
  return end(false);
}

/** @throws SaidError if there is no column of texts, or nothing in it */
export async function readTable(name: string, content: string): Promise<TextTable> {
  const lines = content.replace(/^\uFEFF/u, "").split(/\r?\n/u);
  return /\.(?:jsonl|ndjson)$/iu.test(name) ? jsonLines(name, lines) : separated(name, lines);
}
