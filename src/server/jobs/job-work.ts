/** What is done with items of jobs: opened, recognized, written down. Safe to be done twice. */
import type { Blobs } from "../../core/blobs.ts";
import { AffektError, type ErrorCode } from "../../core/errors.ts";
import type { Modality } from "../../core/modality.ts";
import type { Prediction } from "../../core/prediction.ts";
import { modalitiesOf } from "../../scenario/policy.ts";
import { parseScenario, type Scenario } from "../../scenario/scenario.ts";
import type { Outcome, WaitingItem } from "../../store/job-store.ts";
import type { Store } from "../../store/store.ts";
import { predictionReply } from "../prediction-reply.ts";
import { problemOf } from "../problem.ts";
import type { Recognize } from "../recognize-port.ts";
import { admit, keeping } from "../scenarios.ts";
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

/** The rules that an item came in with. @throws AffektError `config` if they cannot be read */
function rulesOf({ id, rules }: WaitingItem): Scenario | undefined {
  return rules === null ? undefined : parseScenario(rules, `of the item ${id}`);
}

function outcomeOf(item: WaitingItem, result: PromiseSettledResult<Prediction>, now: Date): Outcome | undefined {
  const { id } = item;
  if (result.status === "rejected") {
    const passing = !(result.reason instanceof AffektError) || PASSING.includes(result.reason.code);
    return passing ? undefined : { id, state: "failed", problem: problemOf(result.reason) };
  }
  const about = { id, now, subject: item.subject ?? undefined, session: item.session ?? undefined };
  const scenario = rulesOf(item);
  const prediction = predictionReply({ ...about, scenario }, result.value);
  const { label, confidence, alerts } = prediction;
  const kept = scenario === undefined ? {} : { scenario: scenario.id, ...keeping(scenario, now, alerts) };
  return { id, state: "done", label, confidence, prediction, ...kept };
}

export function createJobWork({ store, blobs, seal, recognize, clock, settled }: WorkParts): JobWork {
  /** What is agreed to may have been withdrawn since the job came in. @throws AffektError `policy` */
  async function allowed(item: WaitingItem, inputs: SentInputs): Promise<SentInputs> {
    const scenario = rulesOf(item);
    if (scenario === undefined) return inputs;
    const { owner, subject, jurisdiction } = item;
    const looked = [{ subject, modalities: modalitiesOf(inputs, (item.modalities ?? []) as Modality[]) }];
    await admit(store, scenario, { owner, looked, jurisdiction: jurisdiction ?? undefined });
    return inputs;
  }

  async function open(item: WaitingItem): Promise<SentInputs> {
    const { id, input } = item;
    const sealed = input ?? (await blobs.get(id));
    if (sealed !== undefined) return allowed(item, decodeInputs(seal.open(id, sealed)));
    throw new AffektError(
      "unavailable",
      "The media of this item are not where this process looks for them.",
      "All processes of one service need the same --media-dir, or the same bucket.",
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
      const outcomes = ready.flatMap(({ item }, index): Outcome | [] => {
        const result = found[index];
        return (result && outcomeOf(item, result, clock())) ?? [];
      });
      for (const [index, item] of items.entries()) {
        const one = opened[index];
        if (one?.status !== "rejected" || !(one.reason instanceof AffektError)) continue;
        if (one.reason.code === "policy")
          outcomes.push({ id: item.id, state: "failed", problem: problemOf(one.reason) });
      }
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
