/** Horizontal bars of block characters, an eighth of a cell fine. */

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/**
 * @param share in [0, 1]; values outside are cut
 * @param width of a full bar, in characters
 * @returns exactly `width` characters
 */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(Math.max(share, 0), 1) * width * 8);
  const full = Math.floor(eighths / 8);
  return ("█".repeat(full) + (EIGHTHS[eighths % 8] ?? "")).padEnd(width);
}
