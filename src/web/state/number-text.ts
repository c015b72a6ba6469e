/** A number of any size for people: two places behind the point, fewer of large ones, with a true minus. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  const text = size >= 1000 ? String(Math.round(size)) : size >= 100 ? size.toFixed(1) : size.toFixed(2);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}
