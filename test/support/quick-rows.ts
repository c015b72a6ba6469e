/** The rows of "quick" in docs/training.md: two labels that one word tells apart. */
export function quickRows(each = 120): string {
  return Array.from({ length: each }, (_, index) =>
    [
      { id: `a${index}`, text: `what an awful day ${index}`, label: "anger", language: "en" },
      { id: `j${index}`, text: `what a lovely day ${index}`, label: "joy", language: "en" },
    ]
      .map((row) => `${JSON.stringify(row)}\n`)
      .join(""),
  ).join("");
}
