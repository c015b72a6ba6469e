/**
 * Times training steps of one reference network on our engine: "NETWORK SECONDS" per line on stdin, one JSON line a
 * measurement on stdout, as peer.py does.
 */
import { createInterface } from "node:readline";
import { random } from "../../src/core/random.ts";
import { adamW } from "../../src/graph/optimize/optimizer.ts";
import { createParameterStore } from "../../src/graph/optimize/store.ts";
import { openTrainingStep, trainingGraph } from "../../src/graph/training-step.ts";
import { nodeRuntime } from "../../src/platform/node/runtime.ts";
import type { Measurement } from "./measurement.ts";
import { batchOf, definitionOf, NETWORKS } from "./networks.ts";

const threads = Number(process.env.THREADS ?? "2");
const WARM_UP = 3;
const runtime = nodeRuntime();
const prepared = new Map<string, () => Promise<unknown>>();

/** A function that runs one training step of the named network; made once. */
async function trainingStep(name: string): Promise<() => Promise<unknown>> {
  const known = prepared.get(name);
  if (known) return known;
  const network = NETWORKS[name];
  if (network === undefined) throw new Error(`unknown network: ${name}`);
  const define = definitionOf(network);
  const store = createParameterStore(trainingGraph(define).graph, { optimizer: adamW(), random: random(1) });
  const step = await openTrainingStep(runtime, store, define, { threads, seed: 1 });
  const feeds = batchOf(network);
  const run = () => step.run(feeds, { learningRate: 1e-3 });
  for (let index = 0; index < WARM_UP; index++) await run();
  prepared.set(name, run);
  return run;
}

async function measure(network: string, seconds: number): Promise<Measurement> {
  const step = await trainingStep(network);
  await step(); // a pause before this round may have cooled the caches
  const times: number[] = [];
  const start = performance.now();
  while (times.length < 3 || performance.now() - start < seconds * 1e3) {
    const before = performance.now();
    await step();
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  const quantile = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))] as number;
  return {
    network,
    threads,
    medianMs: quantile(0.5),
    p10: quantile(0.1),
    p90: quantile(0.9),
    steps: times.length,
    rssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    version: runtime.name,
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const [network = "", seconds = "3"] = line.split(" ");
  console.log(JSON.stringify(await measure(network, Number(seconds))));
}
