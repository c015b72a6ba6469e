/**
 * Latency of streams: how long after an utterance its result comes, with several speakers at once against the real
 * service on the shipped models.
 *
 *     npm run bench -- stream [--streams 8] [--seconds 40] [--face FILE] [--write]
 *
 * Budget: 300 ms at the 95th percentile with 8 streams on 2 cores, from the sound that closes the utterance on, so
 * that an answer feels like one. The silence that closes it (`pauseMs`) comes before that and is the client's to choose.
 */
import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { createClient } from "../../src/client/client.ts";
import { readPicture } from "../../src/platform/node/picture.ts";
import { startService } from "../../src/server/service.ts";
import { busyCores } from "../busy-cores.ts";
import { costs } from "./costs.ts";
import { type Heard, speak } from "./speakers.ts";

const PAGE = new URL("../../docs/benchmarks/stream.md", import.meta.url);

function quantile(values: readonly number[], share: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return value === undefined ? "–" : value.toFixed(0);
}

/** Seconds that processes have computed so far; Linux counts them in hundredths. */
async function computed(pids: readonly number[]): Promise<number> {
  const each = await Promise.all(
    pids.map(async (pid) => {
      const fields = (await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")).split(") ")[1]?.split(" ") ?? [];
      return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
    }),
  );
  return each.reduce((sum, one) => sum + one, 0);
}

function row(what: string, heard: readonly Heard[], streams: number, seconds: number, cpu: number): string {
  const all = heard.flatMap(({ latencies }) => latencies);
  const sum = (of: (one: Heard) => number): number => heard.reduce((total, one) => total + of(one), 0);
  const closing = all.map(({ afterClosing }) => afterClosing);
  const speech = all.map(({ afterSpeech }) => afterSpeech);
  const perSecond = (count: number): string => (count / seconds / streams).toFixed(1);
  const cells = [
    what,
    streams,
    all.length,
    quantile(closing, 0.5),
    quantile(closing, 0.95),
    quantile(closing, 0.99),
    quantile(speech, 0.95),
    perSecond(sum(({ partials }) => partials)),
    perSecond(sum(({ faces }) => faces)),
    sum(({ dropped }) => dropped),
    `${((100 * cpu) / seconds / streams).toFixed(1)} %`,
  ];
  return `| ${cells.join(" | ")} |`;
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      streams: { type: "string", default: "8" },
      seconds: { type: "string", default: "40" },
      face: { type: "string" },
      write: { type: "boolean", default: false },
    },
  });
  const [streams, seconds] = [Number(values.streams), Number(values.seconds)];
  const face = values.face === undefined ? undefined : new Uint8Array(await readFile(values.face));
  const picture = face === undefined ? undefined : await readPicture(face);
  // What a picture costs grows with its size and with the faces in it.
  const size = picture === undefined ? "" : ` (one of ${picture.width} × ${picture.height} px)`;
  const others = await busyCores();
  const steps = await costs(face);
  console.error(steps);
  const service = await startService({ version: "bench", port: 0, workers: 1, keepDays: 0 });
  await service.warmStreams();
  const client = createClient({ url: service.url });
  const together = async (count: number, own: { face?: Uint8Array | undefined; pauseMs?: number }) => {
    const heard = await Promise.all(
      Array.from({ length: count }, (_, seed) => speak(client, seed, { seconds, ...own })),
    );
    const problems = heard.flatMap((one) => one.problems);
    if (problems.length > 0) console.error(problems.slice(0, 5).join("\n"));
    return heard;
  };
  // The first utterance of a process is slower than all others.
  await speak(client, 0, { seconds: 8, face });
  const rows: string[] = [];
  const measure = async (what: string, count: number, own: Parameters<typeof together>[1]): Promise<void> => {
    const before = await computed(service.streamPids());
    const heard = await together(count, own);
    rows.push(row(what, heard, count, seconds, (await computed(service.streamPids())) - before));
    console.error(rows.at(-1));
  };
  await measure("speech", 1, {});
  await measure("speech", streams, {});
  await measure("speech, pause 200 ms", streams, { pauseMs: 200 });
  if (face !== undefined) await measure("speech and faces", streams, { face });
  await service.close();
  const busy =
    others > 0.2
      ? [
          "**Other programs were computing on this machine meanwhile**: the times are upper bounds, and the rows that need most of a core are starved. Processor times hold. Run it again where nothing else runs.",
          "",
        ]
      : [];
  const page = [
    "# Latency of streams",
    "",
    `Made by \`npm run bench -- stream --streams ${streams} --seconds ${seconds}${face === undefined ? "" : " --face FILE"} --write\` on ${availableParallelism()} cores (${cpus()[0]?.model ?? "unknown"}), Node ${process.versions.node}; ${others.toFixed(1)} cores taken by others before it. Real service, clients on the same machine, real time, 40 ms of sound a message, five pictures a second${size}.`,
    "",
    ...busy,
    "Times in ms, to the arrival of the final. *Closing*: from sending the sound that closes the utterance, of which the last `pauseMs` (400) are silence. *Speech*: from sending the last voiced sound. Partials and faces: answers per second and stream. CPU: of one core, by one stream.",
    "",
    "| Sent | streams | utterances | closing p50 | p95 | p99 | speech p95 | partials/s | faces/s | dropped | CPU |",
    "|---|---|---|---|---|---|---|---|---|---|---|",
    ...rows,
    "",
    "Where the time goes: each step by itself in one thread, in ms of the processor (median).",
    "",
    "| Step | ms |",
    "|---|---|",
    ...Object.entries(steps).map(([step, ms]) => `| ${step} | ${ms.toFixed(1)} |`),
    "",
  ].join("\n");
  console.log(page);
  if (values.write) await writeFile(PAGE, page);
}
