/** Tries faults: one shared service, further ones as they are wanted, everything ended afterwards. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tinyFace, tinyText } from "../support/tiny-models.ts";
import type { Attempt, Fault, Finding } from "./fault.ts";
import { type ServiceProcess, type ServiceProcessOptions, startServiceProcess } from "./service-process.ts";

export interface Attempts {
  try(fault: Fault): Promise<Finding>;
  close(): Promise<void>;
}

/** @param quick with networks of a few numbers, for tests; otherwise with the shipped ones */
export function createAttempts(quick: boolean): Attempts {
  const folder = mkdtempSync(join(tmpdir(), "affekt-faults-"));
  const models = join(folder, "models");
  mkdirSync(models);
  writeFileSync(join(models, "text.onnx"), tinyText());
  writeFileSync(join(models, "face.onnx"), tinyFace());
  const common: ServiceProcessOptions = { ...(quick ? { models, workers: 1 } : {}), ratePerMinute: 0 };
  let shared: Promise<ServiceProcess> | undefined;
  return {
    async try(fault) {
      const undo: (() => unknown)[] = [];
      const own = mkdtempSync(join(folder, "attempt-"));
      const attempt: Attempt = {
        quick,
        folder: own,
        async shared() {
          const now = await shared?.catch(() => undefined);
          if (now === undefined || !now.isRunning()) shared = startServiceProcess(common);
          return shared as Promise<ServiceProcess>;
        },
        async start(options = {}) {
          const service = await startServiceProcess({ ...common, ...options });
          undo.push(() => service.kill("SIGKILL"));
          return service;
        },
        after: (work) => void undo.push(work),
      };
      try {
        return await fault.run(attempt);
      } finally {
        for (const work of undo.reverse()) await work();
        rmSync(own, { recursive: true, force: true });
      }
    },
    async close() {
      await (await shared?.catch(() => undefined))?.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
