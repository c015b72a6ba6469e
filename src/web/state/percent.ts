/** A share in [0, 1] for people: whole percent, and never a certainty that a model cannot have. */
export function percent(share: number): string {
  if (share > 0.99 && share < 1) return ">99%";
  if (share > 0 && share < 0.01) return "<1%";
  return `${Math.round(100 * share)}%`;
}
