/** What the benchmarks of quality are asked with: `--root DATA [--only ID,ID] [--write]`. */
export const TABLE_OPTIONS = {
  root: { type: "string", default: process.env.AFFEKT_DATA ?? "../shared/data" },
  only: { type: "string" },
  write: { type: "boolean", default: false },
} as const;

/** Whether an id is among those that `--only` names; without it, all are. */
export function among(only: string | undefined): (id: string) => boolean {
  const ids = only?.split(",");
  return (id) => ids === undefined || ids.includes(id);
}
