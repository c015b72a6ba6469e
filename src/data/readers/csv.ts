/**
 * Comma- or tab-separated values: quoted fields (with doubled quotes and line breaks inside), byte order mark, CRLF.
 *
 * Source: RFC 4180. A quote inside a field that did not start with one stands for itself, as in Python's csv module.
 */
import type { Parsed } from "../manifest.ts";

/** Fields of one record and the line that it started on, counted from 1. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
  /** Set if the file ended inside quotes. */
  readonly unclosed?: true;
}

/** Takes lines, gives records; a record may span lines. */
function csvMachine(delimiter: string) {
  let fields: string[] = [];
  let field = "";
  let quoted = false;
  let start = 0;
  return {
    open: () => quoted,
    push(text: string, line: number): CsvRecord | undefined {
      let at = 0;
      if (quoted) field += "\n";
      else start = line;
      for (;;) {
        if (quoted) {
          const quote = text.indexOf('"', at);
          if (quote < 0) {
            field += text.slice(at);
            return undefined;
          }
          field += text.slice(at, quote);
          at = quote + 1;
          if (text[at] === '"') {
            field += '"';
            at++;
          } else quoted = false;
          continue;
        }
        if (field === "" && text[at] === '"') {
          quoted = true;
          at++;
          continue;
        }
        const end = text.indexOf(delimiter, at);
        field += text.slice(at, end < 0 ? undefined : end);
        fields.push(field);
        field = "";
        if (end < 0) break;
        at = end + delimiter.length;
      }
      const record = { line: start, fields };
      fields = [];
      return record;
    },
    end: (): CsvRecord => ({ line: start, fields: [...fields, field], unclosed: true }),
  };
}

/** Blank lines are skipped. The delimiter is a tab if the first line has one, else a comma. */
export async function* csvRecords(
  lines: AsyncIterable<string> | Iterable<string>,
  delimiter?: string,
): AsyncGenerator<CsvRecord> {
  let machine: ReturnType<typeof csvMachine> | undefined;
  let line = 0;
  for await (const text of lines) {
    line++;
    const body = line === 1 ? text.replace(/^\uFEFF/u, "") : text;
    machine ??= csvMachine(delimiter ?? (body.includes("\t") ? "\t" : ","));
    if (!machine.open() && body === "") continue;
    const record = machine.push(body, line);
    if (record !== undefined) yield record;
  }
  if (machine?.open() === true) yield machine.end();
}

/** A record of a table whose first line names the columns; cells by column, empty ones absent. */
export interface TableRecord {
  readonly line: number;
  readonly field: Readonly<Partial<Record<string, string>>>;
}

/** Records of a comma-separated table, as corpora have them beside their media. */
export async function* tableRecords(lines: AsyncIterable<string>): AsyncGenerator<TableRecord> {
  let columns: readonly string[] | undefined;
  for await (const { line, fields } of csvRecords(lines, ",")) {
    if (columns === undefined) columns = fields;
    else {
      const cells = columns.map((column, at) => [column, fields[at] ?? ""] as const);
      yield { line, field: Object.fromEntries(cells.filter(([, text]) => text !== "")) };
    }
  }
}

export interface CsvOptions {
  readonly delimiter?: string | undefined;
}

function cell(column: string, text: string): unknown {
  if (column === "labels") return text.split("|").map((label) => label.trim());
  if ((column === "distribution" || column === "features" || column === "sha256") && text.startsWith("{")) {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }
  return text;
}

/** Rows of a table whose first line names the columns. `labels` are separated by `|`; `distribution` is JSON. */
export async function* readCsv(
  lines: AsyncIterable<string> | Iterable<string>,
  options: CsvOptions = {},
): AsyncGenerator<Parsed> {
  let columns: readonly string[] | undefined;
  for await (const { line, fields, unclosed } of csvRecords(lines, options.delimiter)) {
    if (unclosed === true) {
      yield { line, problem: "has a quote that is never closed" };
      continue;
    }
    if (columns === undefined) {
      columns = fields.map((name) => name.trim());
      if (!columns.includes("id")) {
        yield { line, code: "missing-column", problem: `has no column id; it has ${columns.join(", ")}` };
        return;
      }
      continue;
    }
    if (fields.length !== columns.length) {
      yield { line, problem: `has ${fields.length} fields; the header has ${columns.length}` };
      continue;
    }
    yield {
      line,
      value: Object.fromEntries(
        columns.flatMap((column, at) => (fields[at] === "" ? [] : [[column, cell(column, fields[at] ?? "")]])),
      ),
    };
  }
}
