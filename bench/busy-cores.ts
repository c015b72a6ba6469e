import { cpus } from "node:os";

/** Cores in use (0 to as many as there are) over one second in which this process waits. The load average lags by a minute. */
export async function busyCores(): Promise<number> {
  const times = () =>
    cpus().map(({ times: { idle, ...busy } }) => [Object.values(busy).reduce((a, b) => a + b, 0), idle]);
  const before = times();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const shares = times().map(([busy = 0, idle = 0], core) => {
    const [busyBefore = 0, idleBefore = 0] = before[core] ?? [];
    return (busy - busyBefore) / Math.max(1, busy - busyBefore + idle - idleBefore);
  });
  return shares.reduce((sum, share) => sum + share, 0);
}
