/** DuckDB's values as plain ones: what `JSON.parse` might have given. */
import type * as api from "@duckdb/node-api";

export type DuckDB = typeof api;

/** Numbers beyond 2⁵³ would lose digits, so they stay text. */
function wholeNumber(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function plain(value: unknown, duckdb: DuckDB): unknown {
  if (value === null || typeof value !== "object") return typeof value === "bigint" ? wholeNumber(value) : value;
  const { DuckDBListValue, DuckDBArrayValue, DuckDBMapValue, DuckDBStructValue, DuckDBDecimalValue } = duckdb;
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) {
    return value.items.map((item) => plain(item, duckdb));
  }
  if (value instanceof DuckDBMapValue) {
    return Object.fromEntries(
      value.entries.map((entry) => [String(plain(entry.key, duckdb)), plain(entry.value, duckdb)]),
    );
  }
  if (value instanceof DuckDBStructValue) {
    // A field that is null is one that this row does not have: all rows share the fields of a struct.
    const fields = Object.entries(value.entries).filter(([, field]) => field !== null);
    return Object.fromEntries(fields.map(([name, field]) => [name, plain(field, duckdb)]));
  }
  if (value instanceof DuckDBDecimalValue) return Number(value.toString());
  return String(value);
}

/** Makes the rows of a result's chunks. JSON columns are text in DuckDB, told by the alias of their type. */
export function plainRows(
  duckdb: DuckDB,
  result: Pick<api.DuckDBResult, "columnNames" | "columnTypes">,
): (chunk: Pick<api.DuckDBDataChunk, "getRows">) => Generator<Record<string, unknown>> {
  const names = result.columnNames();
  const isJson = result.columnTypes().map((type) => type.alias === "JSON");
  return function* (chunk) {
    for (const values of chunk.getRows()) {
      const row: Record<string, unknown> = {};
      for (const [column, value] of values.entries()) {
        if (value === null) continue;
        const name = names[column] as string;
        row[name] = isJson[column] === true ? (JSON.parse(String(value)) as unknown) : plain(value, duckdb);
      }
      yield row;
    }
  };
}
