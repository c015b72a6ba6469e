/**
 * A recognizer in a process of its own: the network runtime blocks the thread it runs on, and a native abort then ends
 * nothing but that process.
 */
import { fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { AffektError, type ErrorCode } from "../../core/errors.ts";
import type { Explanation } from "../../core/explanation.ts";
import type { Modality } from "../../core/modality.ts";
import type { Inputs, Prediction } from "../../core/prediction.ts";
import type { MediaLimits } from "./bounded-media.ts";

/** What is asked of a recognizer. Media are encoded bytes. */
export interface Question {
  readonly inputs: Inputs;
  readonly modalities?: readonly Modality[] | undefined;
  /** Set: the answer carries an explanation, of this label or of the one with the highest score. */
  readonly explain?: { readonly label?: string | undefined } | undefined;
}

export interface Answer extends Prediction {
  readonly explanation?: Explanation;
}

export interface RecognizerProcessOptions extends MediaLimits {
  /** Folder of models. Default: the shipped ones. */
  readonly models?: string | undefined;
  readonly license?: "any" | "permissive" | undefined;
  /** Threads inside one operator. Default 1: under load, processes beat threads. */
  readonly threads?: number | undefined;
}

export type ToChild =
  | { readonly open: RecognizerProcessOptions }
  | {
      readonly ask: readonly Inputs[];
      readonly modalities?: readonly Modality[] | undefined;
      readonly explain?: Question["explain"];
    }
  | { readonly cancel: true };

export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

export type FromChild =
  | { readonly ready: true }
  | { readonly failed: PlainError }
  | { readonly answers: readonly ({ readonly value: Answer } | { readonly error: PlainError })[] };

const OWN = fileURLToPath(import.meta.url);
/** `.js` when built, `.ts` from source, which Node 20 reads only with a loader. */
const ENDING = extname(OWN);
const CHILD = OWN.replace(/process\.[jt]s$/, `child${ENDING}`);
const LOADER = ENDING === ".ts" ? ["--import", "tsx"] : [];

/**
 * What may be asked together: texts with texts, single pictures with single pictures. Sound and films are long, and so
 * are explanations, so that everything in their batch would wait for them.
 */
export function kindOfQuestion({ inputs, modalities = [], explain }: Question): string | undefined {
  if (explain !== undefined) return undefined;
  if (inputs.audio !== undefined || inputs.video !== undefined) return undefined;
  return `${inputs.image === undefined ? "text" : "picture"} ${modalities.join()}`;
}

export interface RecognizerProcess {
  readonly pid: number | undefined;
  readonly ready: Promise<void>;
  readonly ended: Promise<string>;
  /** All questions of a batch look at the same modalities, as `kindOfQuestion` sees to. */
  run(batch: readonly Question[]): Promise<readonly PromiseSettledResult<Answer>[]>;
  cancel(): void;
  kill(): void;
}

/** Starts the process, which opens the recognizer by itself. */
export function startRecognizerProcess(options: RecognizerProcessOptions): RecognizerProcess {
  const child = fork(CHILD, [], {
    execArgv: LOADER,
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  let answered: ((reply: readonly PromiseSettledResult<Answer>[]) => void) | undefined;
  let reason: string | undefined;
  let opened: () => void = () => {};
  const ready = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const ended = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => resolve(reason ?? `it ended with ${signal ?? `exit code ${code}`}`));
    child.once("error", (cause) => resolve(`it could not be started: ${cause.message}`));
  });
  child.on("message", (message: FromChild) => {
    if ("ready" in message) opened();
    else if ("failed" in message) reason = message.failed.message;
    else {
      answered?.(
        message.answers.map((answer) =>
          "value" in answer
            ? { status: "fulfilled", value: answer.value }
            : {
                status: "rejected",
                reason: new AffektError(answer.error.code, answer.error.message, answer.error.hint),
              },
        ),
      );
    }
  });
  // What cannot be sent because the process is gone is told by `ended`.
  const send = (message: ToChild): void => void child.send(message, () => {});
  child.on("error", () => {});
  send({ open: options });
  return {
    pid: child.pid,
    ready,
    ended,
    run: (batch) =>
      new Promise((resolve) => {
        answered = resolve;
        const [first] = batch;
        send({ ask: batch.map(({ inputs }) => inputs), modalities: first?.modalities, explain: first?.explain });
      }),
    cancel: () => send({ cancel: true }),
    kill: () => void child.kill("SIGKILL"),
  };
}
