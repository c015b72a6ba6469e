/** What is counted for Prometheus. No label names a person, a key or a text. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Load } from "../queue/dispatcher.ts";

export interface Metrics {
  answered(route: string, method: string, status: number, seconds: number): void;
  batch(size: number): void;
  workerLost(): void;
  /** Items of jobs that ended, and how. */
  settled(state: string, many: number): void;
  /** Text in the exposition format. */
  render(): Promise<string>;
  readonly contentType: string;
}

export function createMetrics(load: () => Load): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register, prefix: "affekt_" });
  const requests = new Histogram({
    name: "affekt_http_request_seconds",
    help: "Time from the arrival of a request to its answer",
    labelNames: ["route", "method", "status"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [register],
  });
  const batches = new Histogram({
    name: "affekt_batch_questions",
    help: "Utterances that were recognized together",
    buckets: [1, 2, 4, 8, 16, 32, 64],
    registers: [register],
  });
  const lost = new Counter({
    name: "affekt_workers_lost_total",
    help: "Processes that ended without being told to",
    registers: [register],
  });
  const items = new Counter({
    name: "affekt_job_items_total",
    help: "Utterances of jobs that ended here",
    labelNames: ["state"],
    registers: [register],
  });
  new Gauge({
    name: "affekt_questions",
    help: "Utterances that wait or run, and processes that can take work",
    labelNames: ["state"],
    registers: [register],
    collect() {
      for (const [state, value] of Object.entries(load())) this.set({ state }, value);
    },
  });
  return {
    answered: (route, method, status, seconds) => requests.observe({ route, method, status }, seconds),
    batch: (size) => batches.observe(size),
    workerLost: () => lost.inc(),
    settled: (state, many) => items.inc({ state }, many),
    render: () => register.metrics(),
    contentType: register.contentType,
  };
}
