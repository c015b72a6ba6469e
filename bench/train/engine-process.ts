/** A measuring process that is asked for one round at a time, so that two engines can take turns. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Measurement } from "./measurement.ts";

export interface EngineProcess {
  measure(network: string, seconds: number): Promise<Measurement>;
  stop(): void;
}

export function startEngine(command: string, args: readonly string[], env: Record<string, string>): EngineProcess {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async measure(network, seconds) {
      child.stdin.write(`${network} ${seconds}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${command} ${args.join(" ")} ended without an answer`);
      return JSON.parse(value) as Measurement;
    },
    stop: () => void child.stdin.end(),
  };
}
