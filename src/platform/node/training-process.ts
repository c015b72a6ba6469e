/**
 * A training, or the evaluation of what came of it, in a process of its own with a low priority: whoever asks for
 * recognition meanwhile goes first.
 */
import { fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { AffektError } from "../../core/errors.ts";
import type { RunOptions } from "../../train/run.ts";
import type { PlainError } from "./recognizer-process.ts";

/** Measures a model on the test rows of a manifest, and writes `evaluation.json` and `evaluation.html`. */
export interface EvaluationWork {
  readonly model: string;
  readonly manifest: string;
  /** Folder of what is written. */
  readonly out: string;
  /** Named on the page. */
  readonly generator: string;
}

export type TrainingWork = { readonly train: RunOptions } | { readonly evaluate: EvaluationWork };

export interface TrainingStep {
  readonly epoch: number;
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
}

export type FromTrainer =
  | { readonly step: TrainingStep }
  /** Rows that are left out so far, because their media cannot be decoded. */
  | { readonly undecodable: number }
  | { readonly done: true }
  | { readonly failed: PlainError };

export interface TrainingEvents {
  step?(step: TrainingStep): void;
  undecodable?(rows: number): void;
}

export interface TrainingProcess {
  /** Rejects with what the process says went wrong, or that it ended. */
  readonly done: Promise<void>;
  /** What was finished of a training stays in its checkpoint. */
  kill(): void;
}

const OWN = fileURLToPath(import.meta.url);
const ENDING = extname(OWN);
const CHILD = OWN.replace(/process\.[jt]s$/, `child${ENDING}`);
const LOADER = ENDING === ".ts" ? ["--import", "tsx"] : [];

export function startTrainingProcess(work: TrainingWork, events: TrainingEvents = {}): TrainingProcess {
  const child = fork(CHILD, [], {
    execArgv: LOADER,
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const done = new Promise<void>((resolve, reject) => {
    let finished = false;
    let failed: PlainError | undefined;
    child.on("message", (message: FromTrainer) => {
      if ("step" in message) events.step?.(message.step);
      else if ("undecodable" in message) events.undecodable?.(message.undecodable);
      else if ("done" in message) finished = true;
      else failed = message.failed;
    });
    child.once("error", (cause) =>
      reject(new AffektError("internal", `The training could not be started: ${cause.message}.`, "Try again.")),
    );
    child.once("exit", (code, signal) => {
      if (failed !== undefined) reject(new AffektError(failed.code, failed.message, failed.hint));
      else if (finished) resolve();
      else {
        const how = signal ?? `exit code ${code}`;
        reject(new AffektError("internal", `The process of the training ended with ${how}.`, "Resume the training."));
      }
    });
  });
  child.send(work, () => {});
  return { done, kill: () => void child.kill("SIGKILL") };
}
