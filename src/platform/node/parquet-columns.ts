/** The narrowest DuckDB type that holds every value of a column. */

/** From narrow to wide where one holds the other; `JSON` holds everything. */
type ColumnType =
  | "BOOLEAN"
  | "BIGINT"
  | "DOUBLE"
  | "VARCHAR"
  | "VARCHAR[]"
  | "MAP(VARCHAR, DOUBLE)"
  | "MAP(VARCHAR, VARCHAR)"
  | "JSON";

const isNumber = (value: unknown): boolean => typeof value === "number";
const isText = (value: unknown): boolean => typeof value === "string";

function typeOf(value: unknown): ColumnType {
  if (typeof value === "boolean") return "BOOLEAN";
  if (typeof value === "number") return Number.isSafeInteger(value) && !Object.is(value, -0) ? "BIGINT" : "DOUBLE";
  if (typeof value === "string") return "VARCHAR";
  if (Array.isArray(value)) return value.length > 0 && value.every(isText) ? "VARCHAR[]" : "JSON";
  const values = Object.values(value as object);
  if (values.length === 0) return "JSON";
  return values.every(isNumber) ? "MAP(VARCHAR, DOUBLE)" : values.every(isText) ? "MAP(VARCHAR, VARCHAR)" : "JSON";
}

function wider(known: ColumnType | undefined, type: ColumnType): ColumnType {
  if (known === undefined || known === type) return type;
  const numbers = (one: ColumnType): boolean => one === "BIGINT" || one === "DOUBLE";
  return numbers(known) && numbers(type) ? "DOUBLE" : "JSON";
}

export function columnTypes(): {
  see(row: Readonly<Record<string, unknown>>): void;
  /** In order of first appearance. */
  types(): { readonly name: string; readonly type: ColumnType }[];
} {
  const types = new Map<string, ColumnType>();
  return {
    see(row) {
      for (const [name, value] of Object.entries(row)) {
        if (value === null || value === undefined) continue;
        const known = types.get(name);
        if (known === "JSON") continue;
        const type = wider(known, typeOf(value));
        if (type !== known) types.set(name, type);
      }
    },
    types: () => [...types].map(([name, type]) => ({ name, type })),
  };
}
