/**
 * The service for minutes on end, asked for all that it answers: memory of its own process and of all, over time.
 *
 *     npm run bench -- soak [--minutes 10] [--write]
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createClient } from "../../src/client/client.ts";
import { pause } from "../../test/faults/fault.ts";
import { type ServiceProcess, startServiceProcess } from "../../test/faults/service-process.ts";
import { requestBodies } from "../serve/bodies.ts";
import { speak } from "../stream/speakers.ts";

const PAGE = fileURLToPath(new URL("../../docs/benchmarks/soak.md", import.meta.url));
const EVERY_MS = 5_000;

interface Sample {
  /** Since the beginning, in minutes. */
  readonly minute: number;
  /** MiB of the service's own process, and with those that recognize. */
  readonly own: number;
  readonly all: number;
  readonly requests: number;
}

function ownMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  return Number(/^VmRSS:\s+(\d+)/mu.exec(status)?.[1]) / 1024;
}

interface Counts {
  requests: number;
  refused: number;
  utterances: number;
  jobItems: number;
}

/** Clients that ask until they are told to stop: requests of every kind, one stream after the other, small jobs. */
function clients(service: ServiceProcess, bodies: Readonly<Record<string, string>>, counts: Counts) {
  let over = false;
  const headers = { "content-type": "application/json" };
  const post = async (body: string): Promise<void> => {
    const { status } = await service.ask("/v1/recognize", { method: "POST", headers, body });
    counts.requests++;
    if (status !== 200) counts.refused++;
  };
  const all = Object.values(bodies);
  const asking = async (seed: number): Promise<void> => {
    for (let at = seed; !over; at++) {
      await post(all[at % all.length] as string);
      // Kept results, read and erased again.
      if (at % 10 === 0) await post(JSON.stringify({ text: "The train was late again.", subject: `p${at % 50}` }));
      if (at % 100 === 0) {
        await service.ask(`/v1/predictions?subject=p${at % 50}`);
        await service.ask(`/v1/subjects/p${at % 50}`, { method: "DELETE" });
      }
    }
  };
  const streaming = async (): Promise<void> => {
    const client = createClient({ url: service.url });
    for (let seed = 0; !over; seed++) {
      const { latencies } = await speak(client, seed % 8, { seconds: 15 });
      counts.utterances += latencies.length;
    }
  };
  const jobs = async (): Promise<void> => {
    while (!over) {
      const inputs = Array.from({ length: 50 }, (_, at) => ({ text: `The train was late again, number ${at}.` }));
      const { body } = await service.post("/v1/jobs", { inputs, keep: false });
      while (!over && (await service.ask(`/v1/jobs/${body.id}`)).body.state === "running") await pause(200);
      counts.jobItems += inputs.length;
      await service.ask(`/v1/jobs/${body.id}`, { method: "DELETE" });
      await pause(2_000);
    }
  };
  const running = Promise.all([asking(0), asking(1), asking(2), asking(3), streaming(), jobs()]);
  return {
    async stop() {
      over = true;
      await running;
    },
  };
}

/** MiB a minute, by least squares over the second half. */
function slope(samples: readonly Sample[], of: "own" | "all"): number {
  const half = samples.slice(Math.floor(samples.length / 2));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(half.map(({ minute }) => minute)), mean(half.map((sample) => sample[of]))];
  const across = half.reduce((sum, sample) => sum + (sample.minute - x) * (sample[of] - y), 0);
  return across / half.reduce((sum, { minute }) => sum + (minute - x) ** 2, 0);
}

/** A curve as text: one row a minute. */
function rows(samples: readonly Sample[]): readonly string[] {
  const last = samples.at(-1)?.minute ?? 0;
  return Array.from({ length: Math.floor(last) + 1 }, (_, minute) => {
    const within = samples.filter((sample) => Math.floor(sample.minute) === minute);
    const most = (of: "own" | "all") => Math.round(Math.max(...within.map((sample) => sample[of])));
    const asked = within.at(-1)?.requests ?? 0;
    return within.length === 0 ? "" : `| ${minute + 1} | ${asked} | ${most("own")} | ${most("all")} |`;
  }).filter((row) => row !== "");
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { minutes: { type: "string", default: "10" }, write: { type: "boolean", default: false } },
  });
  const minutes = Number(values.minutes);
  const folder = mkdtempSync(join(tmpdir(), "affekt-soak-"));
  const service = await startServiceProcess({ dataDir: join(folder, "data"), ratePerMinute: 0 });
  const counts: Counts = { requests: 0, refused: 0, utterances: 0, jobItems: 0 };
  const samples: Sample[] = [];
  try {
    await service.ready();
    const asking = clients(service, await requestBodies(), counts);
    const began = performance.now();
    for (let now = 0; now < minutes; now = (performance.now() - began) / 60_000) {
      await pause(EVERY_MS);
      const minute = (performance.now() - began) / 60_000;
      samples.push({ minute, own: ownMemory(service.pid), all: service.memory(), requests: counts.requests });
      if (samples.length % 12 === 0) console.log(JSON.stringify(samples.at(-1)));
    }
    await asking.stop();
  } finally {
    await service.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
  const grows = (of: "own" | "all") => `${slope(samples, of).toFixed(1)} MiB a minute`;
  const page = [
    "# Soak",
    "",
    `Made by \`npm run bench -- soak --minutes ${values.minutes} --write\`, Node ${process.version}, ${cpus().length} × ` +
      `${cpus()[0]?.model.trim() ?? "unknown processor"}, with other programs beside it. Four clients ask for texts, ` +
      "pictures, speech and all three, keep, list and erase results; one streams speech in real time; one sends jobs.",
    "",
    `${counts.requests} requests (${counts.refused} not answered with 200), ${counts.utterances} utterances of streams, ` +
      `${counts.jobItems} of jobs. In the second half the service's own process grew by ${grows("own")}, all processes by ${grows("all")}.`,
    "",
    "| Minute | Requests so far | Own process, MiB at most | All processes, MiB at most |",
    "|---:|---:|---:|---:|",
    ...rows(samples),
    "",
  ].join("\n");
  console.log(page);
  if (values.write) writeFileSync(PAGE, page);
}
