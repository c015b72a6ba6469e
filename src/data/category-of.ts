/** A further field of a row as the name of a category: text, and numbers and truth values as they are written. */
export function categoryOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined;
}
