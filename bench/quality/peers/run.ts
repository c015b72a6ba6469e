/**
 * Measures networks of others on the rows of our accuracy table.
 *
 *   npm run bench -- peers --root DATA [--write]
 *
 * `--write` stores docs/benchmarks/peers.json, from which the tables take the figures.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { wilson } from "../../../src/metrics/wilson.ts";
import { TABLE_OPTIONS } from "../arguments.ts";
import { type PeerResult, RESULTS } from "../results.ts";
import { faceRows } from "../sampled-rows.ts";
import { openHumanEmotion } from "./human.ts";

const TOGETHER = 64;
const ALL = Number.POSITIVE_INFINITY;

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      root: TABLE_OPTIONS.root,
      write: TABLE_OPTIONS.write,
    },
  });
  const human = await openHumanEmotion();
  if (human === undefined) return;
  const results: PeerResult[] = [];
  for (const [row, unseen] of [
    ["fer2013", false],
    ["fer2013-unseen", true],
  ] as const) {
    const faces = await faceRows(values.root, ALL, { unseen });
    let right = 0;
    for (let from = 0; from < faces.length; from += TOGETHER) {
      const own = faces.slice(from, from + TOGETHER);
      const said = await human.labels(own.map(({ input }) => input));
      for (const [at, { label }] of own.entries()) if (said[at] === label) right++;
    }
    const { name, bytes } = human;
    const share = right / faces.length;
    results.push({ row, name, bytes, metric: "accuracy", rows: faces.length, share, ...wilson(right, faces.length) });
    console.log(`${name}, ${row}: accuracy ${share.toFixed(4)} of ${faces.length}`);
  }
  await human.close();
  if (values.write) await writeFile(`${RESULTS}/peers.json`, `${JSON.stringify(results, null, 2)}\n`);
}
