/**
 * Measures networks of others on the rows of our accuracy table.
 *
 *   npm run bench -- peers --root DATA [--write]
 *
 * `--write` stores docs/benchmarks/peers.json, from which the tables take the figures; those of a package that is not
 * installed stay as they were.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { wilson } from "../../../src/metrics/wilson.ts";
import { TABLE_OPTIONS } from "../arguments.ts";
import { type PeerResult, RESULTS, readResults } from "../results.ts";
import { faceRows } from "../sampled-rows.ts";
import { faceApi } from "./face-api.ts";
import { human } from "./human.ts";
import { openPeer, type Peer } from "./peer.ts";

const TOGETHER = 64;
const ALL = Number.POSITIVE_INFINITY;

type Faces = Awaited<ReturnType<typeof faceRows>>;

async function measure(row: string, faces: Faces, peer: Peer): Promise<PeerResult> {
  let right = 0;
  for (let from = 0; from < faces.length; from += TOGETHER) {
    const own = faces.slice(from, from + TOGETHER);
    const said = await peer.labels(own.map(({ input }) => input));
    for (const [at, { label }] of own.entries()) if (said[at] === label) right++;
  }
  const share = right / faces.length;
  const { name, bytes } = peer;
  console.log(`${name}, ${row}: accuracy ${share.toFixed(4)} of ${faces.length}`);
  return { row, name, bytes, metric: "accuracy", rows: faces.length, share, ...wilson(right, faces.length) };
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      root: TABLE_OPTIONS.root,
      write: TABLE_OPTIONS.write,
    },
  });
  const opened = await Promise.all([human, faceApi].map(openPeer));
  const peers = opened.filter((peer) => peer !== undefined);
  const results: PeerResult[] = [];
  for (const [row, wanted] of [
    ["fer2013", { unseen: false }],
    ["fer2013-unseen", { unseen: true }],
    // None of them knows contempt: those rows count as wrong, as they do for a person who cannot say it.
    ["ferplus", { unseen: false, dataset: "ferplus" }],
  ] as const) {
    const faces = await faceRows(values.root, ALL, wanted);
    for (const peer of peers) results.push(await measure(row, faces, peer));
  }
  for (const peer of peers) await peer.close();
  if (!values.write) return;
  const before = (await readResults<PeerResult[]>("peers")) ?? [];
  const packageOf = (name: string): string => name.slice(0, name.lastIndexOf(" "));
  const asked = new Set(peers.map(({ name }) => packageOf(name)));
  const kept = before.filter(({ name }) => !asked.has(packageOf(name)));
  await writeFile(`${RESULTS}/peers.json`, `${JSON.stringify([...results, ...kept], null, 2)}\n`);
}
