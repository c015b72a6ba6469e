/**
 * Generated requests in great number against the real server: not one may end with a 5xx.
 *
 *     npm run bench -- fuzz [--requests 20000]
 */
import { parseArgs } from "node:util";
import { sendGenerated } from "../../test/faults/generated.ts";

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { requests: { type: "string", default: "20000" } } });
  process.exitCode = (await sendGenerated(Number(values.requests), "inherit")) ? 0 : 1;
}
