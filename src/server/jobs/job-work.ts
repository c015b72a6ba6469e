/** What is done with items of jobs: opened, recognized, written down. Safe to be done twice. */
import type { Blobs } from "../../core/blobs.ts";
import { AffektError, type ErrorCode } from "../../core/errors.ts";
import type { Modality } from "../../core/modality.ts";
import type { Prediction } from "../../core/prediction.ts";
import type { Outcome, WaitingItem } from "../../store/job-store.ts";
import type { Store } from "../../store/store.ts";
import { predictionReply } from "../prediction-reply.ts";
import { problemOf } from "../problem.ts";
import type { Recognize } from "../recognize-port.ts";
import { decodeInputs, type SentInputs } from "./inputs-codec.ts";
import type { Seal } from "./seal.ts";

/** Another try, perhaps elsewhere, may end otherwise: a secret or a folder may be missing here only. */
const PASSING: readonly ErrorCode[] = ["aborted", "busy", "data", "deadline", "internal", "unavailable"];
/** For a group of items: a long film takes its time. */
const DEADLINE_MS = 900_000;

interface WorkParts {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly seal: Seal;
  readonly recognize: Recognize;
  readonly clock: () => Date;
  /** Told how many items ended how. */
  settled(state: Outcome["state"], many: number): void;
}

export interface JobWork {
  /** @returns the ids that are to be tried again */
  work(ids: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>>;
  bury(ids: readonly string[]): Promise<void>;
}

function outcomeOf(item: WaitingItem, result: PromiseSettledResult<Prediction>, now: Date): Outcome | undefined {
  const { id } = item;
  if (result.status === "rejected") {
    const passing = !(result.reason instanceof AffektError) || PASSING.includes(result.reason.code);
    return passing ? undefined : { id, state: "failed", problem: problemOf(result.reason) };
  }
  const about = { id, now, subject: item.subject ?? undefined, session: item.session ?? undefined };
  const prediction = predictionReply(about, result.value);
  return { id, state: "done", label: prediction.label, confidence: prediction.confidence, prediction };
}

export function createJobWork({ store, blobs, seal, recognize, clock, settled }: WorkParts): JobWork {
  async function open({ id, input }: WaitingItem): Promise<SentInputs> {
    const sealed = input ?? (await blobs.get(id));
    if (sealed !== undefined) return decodeInputs(seal.open(id, sealed));
    throw new AffektError(
      "unavailable",
      "The media of this item are not in the media folder.",
      "All processes of one service need the same --media-dir.",
    );
  }

  async function write(outcomes: readonly Outcome[]): Promise<void> {
    const { media } = await store.settleItems(outcomes, clock());
    for (const id of media) await blobs.remove(id);
    for (const state of ["done", "failed", "dead"] as const) {
      settled(state, outcomes.filter((outcome) => outcome.state === state).length);
    }
  }

  return {
    async work(ids, signal) {
      // Those that do not wait any more were recognized by somebody else, or were cancelled.
      const items = await store.waitingItems(ids);
      const opened = await Promise.allSettled(items.map(open));
      const ready = items.flatMap((item, index) => {
        const one = opened[index];
        return one?.status === "fulfilled" ? [{ item, inputs: one.value }] : [];
      });
      const found = await recognize(
        ready.map(({ item: { modalities }, inputs }) => ({
          inputs,
          modalities: (modalities ?? undefined) as Modality[],
        })),
        { deadlineMs: DEADLINE_MS, signal, patient: true },
      );
      const outcomes = ready.flatMap(({ item }, index) => {
        const result = found[index];
        return (result && outcomeOf(item, result, clock())) ?? [];
      });
      await write(outcomes);
      const ended = new Set(outcomes.map(({ id }) => id));
      return new Set(items.map(({ id }) => id).filter((id) => !ended.has(id)));
    },

    async bury(ids) {
      const problem = problemOf(
        new AffektError(
          "unavailable",
          "It was tried several times, and each time the process that should recognize it ended or could not work.",
          "Replay it when the service is well again.",
        ),
      );
      await write(ids.map((id) => ({ id, state: "dead", problem })));
    },
  };
}
