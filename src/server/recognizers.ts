/** The processes that recognize: chosen models, a dispatcher before them, and models that change without a pause. */
import { availableParallelism } from "node:os";
import { AffektError } from "../core/errors.ts";
import type { Modality } from "../core/modality.ts";
import { listModels, type ModelFile } from "../platform/node/open.ts";
import {
  type Answer,
  kindOfQuestion,
  type Question,
  startRecognizerProcess,
} from "../platform/node/recognizer-process.ts";
import { createDispatcher, type Dispatcher, type DispatcherEvents } from "../queue/dispatcher.ts";
import { chooseModels } from "../recognize/choose-models.ts";
import { type MissingPart, missingParts } from "../recognize/missing.ts";
import type { Limits } from "./limits.ts";

export interface RecognizersOptions {
  /** Folder of models, asked whenever they are read. */
  readonly models: () => string | undefined;
  readonly license?: "any" | "permissive" | undefined;
  /** Default: one per core. */
  readonly workers?: number | undefined;
  readonly limits: Limits;
  readonly events: DispatcherEvents;
}

export interface Recognizers {
  readonly dispatcher: Dispatcher<Question, Answer>;
  /** How many processes there are. */
  readonly workers: number;
  /** The models in use, in order of preference. */
  chosen(): Readonly<Record<Modality, readonly ModelFile[]>>;
  /** All of them, texts first. */
  models(): readonly ModelFile[];
  /** What cannot be done because models were left out for their terms. */
  missing(): readonly MissingPart[];
  pids(): readonly number[];
  /** Takes up the models that lie in the folder now. @throws AffektError if they cannot be used: the old ones stay */
  reload(): Promise<void>;
}

/** Utterances that a process is given at once. */
const MAX_BATCH = 16;

/** @throws AffektError `model`, `contract` or `file` if there is nothing to recognize with */
export async function startRecognizers(options: RecognizersOptions): Promise<Recognizers> {
  const { models, license, limits, events, workers = availableParallelism() } = options;
  const { maxPixels, maxSeconds } = limits;
  const pids = new Set<number>();
  async function choose() {
    const found = await listModels(models());
    const chosen = chooseModels(found, { license });
    const files = [...chosen.text, ...chosen.face, ...chosen.speech];
    if (files.length > 0) return { chosen, files, missing: missingParts(found, { license }) };
    throw new AffektError("model", "There is no model to serve.", "Name a folder with models, or another --license.");
  }
  function start() {
    const started = startRecognizerProcess({ models: models(), license, maxPixels, maxSeconds });
    const { pid, ended } = started;
    if (pid !== undefined) {
      pids.add(pid);
      void ended.then(() => pids.delete(pid));
    }
    return started;
  }
  let now = await choose();
  const dispatcher = createDispatcher<Question, Answer>(start, {
    workers,
    maxWaiting: limits.waiting,
    maxBatch: MAX_BATCH,
    kind: kindOfQuestion,
    events,
  });
  let reloading: Promise<void> = Promise.resolve();
  return {
    dispatcher,
    workers,
    chosen: () => now.chosen,
    models: () => now.files,
    missing: () => now.missing,
    pids: () => [...pids],
    reload() {
      // One after the other: the last one that is asked for sees the newest files.
      reloading = reloading
        .catch(() => {})
        .then(async () => {
          const next = await choose();
          await dispatcher.renew();
          now = next;
        });
      return reloading;
    },
  };
}
