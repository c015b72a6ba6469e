/** The process of recognizer-process.ts: opens a recognizer, then answers one batch after the other. */
import { AffektError } from "../../core/errors.ts";
import type { Inputs } from "../../core/prediction.ts";
import type { RecognizeOptions } from "../../recognize/recognizer.ts";
import { boundedMedia } from "./bounded-media.ts";
import { nodeMedia } from "./media.ts";
import { type OpenedRecognizer, openRecognizer } from "./open.ts";
import type { Answer, FromChild, PlainError, RecognizerProcessOptions, ToChild } from "./recognizer-process.ts";

let recognizer: OpenedRecognizer | undefined;
let running = new AbortController();

function say(message: FromChild): void {
  process.send?.(message);
}

function plain(cause: unknown): PlainError {
  if (cause instanceof AffektError) return { code: cause.code, message: cause.message, hint: cause.hint };
  const message = cause instanceof Error ? cause.message : String(cause);
  return { code: "internal", message, hint: "This is a fault of affekt: report it." };
}

async function open({ models, license, threads, ...limits }: RecognizerProcessOptions): Promise<void> {
  try {
    recognizer = await openRecognizer({ models, license, threads, media: boundedMedia(nodeMedia(), limits) });
    say({ ready: true });
  } catch (cause) {
    process.send?.({ failed: plain(cause) } satisfies FromChild, () => process.exit(1));
  }
}

/** One question, since it is asked alone. */
async function explained(
  [inputs]: readonly Inputs[],
  options: RecognizeOptions,
  label: string | undefined,
): Promise<readonly PromiseSettledResult<Answer>[]> {
  if (recognizer === undefined || inputs === undefined) return [];
  const explanation = await recognizer.explain(inputs, { ...options, label });
  return [{ status: "fulfilled", value: { ...explanation.prediction, explanation } }];
}

async function answer({ ask, modalities, explain }: Extract<ToChild, { ask: unknown }>): Promise<void> {
  running = new AbortController();
  const options = { signal: running.signal, ...(modalities === undefined ? {} : { modalities }) };
  let results: readonly PromiseSettledResult<unknown>[];
  try {
    results =
      explain === undefined
        ? ((await recognizer?.recognizeSettled(ask, options)) ?? [])
        : await explained(ask, options, explain.label);
  } catch (reason) {
    results = ask.map(() => ({ status: "rejected", reason }));
  }
  const answers = results.map((result) =>
    result.status === "fulfilled" ? { value: result.value } : { error: plain(result.reason) },
  );
  say({ answers } as FromChild);
}

// A signal from the terminal goes to every process of the group: this one ends with its parent, who may first finish.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
process.on("disconnect", () => process.exit());
process.on("message", (message: ToChild) => {
  if ("open" in message) void open(message.open);
  else if ("ask" in message) void answer(message);
  else running.abort();
});
