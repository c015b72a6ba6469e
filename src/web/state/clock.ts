/** A place in a recording, as people write it: `1:02.5`. */
export function clock(ms: number): string {
  return `${Math.floor(ms / 60_000)}:${((Math.floor(ms / 100) / 10) % 60).toFixed(1).padStart(4, "0")}`;
}
