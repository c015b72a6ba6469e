/** Tables and numbers as the generated pages write them. */

/** Of the expected calibration error on test rows of the domain. */
export const CALIBRATION_AIM = 0.03;

/** `.613`, `1.000`. */
export const short = (value: number): string => value.toFixed(3).replace(/^(-?)0\./, "$1.");

/** `61 %`. */
export const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** `.613 (.601–.625)`. */
export function withInterval(value: number, { low, high }: { readonly low: number; readonly high: number }): string {
  return `${short(value)} (${short(low)}–${short(high)})`;
}

export function markdownTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
