/**
 * Training speed of our engine beside PyTorch's, in turns: one round ours, one round the peer's, one the peer's with an
 * allocator that keeps its memory, and again, so that all meet the same load. Where python3-torch is missing it measures ours alone.
 *
 *     npm run bench -- train [--networks W1,W4] [--threads 2,1] [--rounds 5] [--seconds 3] [--write]
 */
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { startEngine } from "./engine-process.ts";
import type { Measurement } from "./measurement.ts";
import { NETWORKS } from "./networks.ts";
import { cells, HEAD, heading, type Row, type Section, together, writePage } from "./page.ts";
import { fastestKernels, findPeer, type PeerSetUp, startPeer } from "./peer-set-up.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

async function measure(
  network: string,
  rounds: number,
  seconds: number,
  threads: number,
  peer?: PeerSetUp,
): Promise<Row> {
  const { title, batch } = NETWORKS[network] as (typeof NETWORKS)[string];
  const env = { THREADS: String(threads) };
  const ours = startEngine(process.execPath, ["--import", "tsx", here("./ours.ts")], env);
  const kernels = peer ? await fastestKernels(peer, network, threads) : "";
  const theirs = peer && startPeer(peer, threads, { kernels, keeping: false });
  const keeping = peer && startPeer(peer, threads, { kernels, keeping: true });
  const row = {
    network,
    title,
    batch,
    ours: [] as Measurement[],
    peer: [] as Measurement[],
    keeping: [] as Measurement[],
  };
  try {
    for (let round = 0; round < rounds; round++) {
      row.ours.push(await ours.measure(network, seconds));
      if (theirs) row.peer.push(await theirs.measure(network, seconds));
      if (keeping) row.keeping.push(await keeping.measure(network, seconds));
    }
  } finally {
    ours.stop();
    theirs?.stop();
    keeping?.stop();
  }
  return row;
}

function chosenNetworks(list: string): string[] {
  const names = list.split(",");
  const unknown = names.filter((name) => !(name in NETWORKS));
  if (unknown.length > 0)
    throw new Error(`unknown network: ${unknown.join(", ")} (there are ${Object.keys(NETWORKS).join(", ")})`);
  return names;
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      networks: { type: "string", default: Object.keys(NETWORKS).join(",") },
      threads: { type: "string", default: "2,1" },
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "3" },
      write: { type: "boolean", default: false },
    },
  });
  const names = chosenNetworks(values.networks);
  const peer = findPeer();
  if (!peer) console.error("python3-torch is not installed: measuring ours alone.");
  const sections: Section[] = [];
  for (const threads of values.threads.split(",").map(Number)) {
    const rows: Row[] = [];
    for (const name of names) {
      const row = await measure(name, Number(values.rounds), Number(values.seconds), threads, peer);
      rows.push(row);
      console.error(`${threads}  ${cells(row).join("  ")}`);
    }
    sections.push({ threads, rows });
  }
  const first = sections[0]?.rows[0] as Row;
  const facts = [
    `${values.rounds} rounds of ${values.seconds} s each, ${cpus().length} cores`,
    `Ours: ${first.ours[0]?.version}, Node ${process.versions.node}`,
    ...(peer ? [`Peer: ${first.peer[0]?.version}, ${peer.note}`] : []),
  ];
  for (const section of sections) {
    const table = new Table({ head: HEAD });
    table.push(...section.rows.map(cells));
    console.log([heading(section), table.toString(), ...together(section)].join("\n"));
  }
  console.log(facts.join("\n"));
  if (!values.write) return;
  if (!peer?.fair) throw new Error(`Not written, because the peer is not at its best: ${peer?.note ?? "no PyTorch"}.`);
  writePage({ processor: cpus()[0]?.model ?? "unknown processor", facts, sections });
}
