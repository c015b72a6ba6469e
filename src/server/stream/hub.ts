/** All streams of the service. */
import { AffektError } from "../../core/errors.ts";
import type { Modality } from "../../core/modality.ts";
import { allowedModalities } from "../../scenario/policy.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { Store } from "../../store/store.ts";
import type { PredictionReply } from "../prediction-schema.ts";
import { admit, type Scenarios } from "../scenarios.ts";
import { createKeeper } from "./keeper.ts";
import type { StreamLimits } from "./limits.ts";
import { type LiveStream, openLiveStream } from "./live-stream.ts";
import type { OpenMessage } from "./messages.ts";
import type { StreamProcesses } from "./processes.ts";

export interface HubParts {
  readonly processes: StreamProcesses;
  readonly limits: StreamLimits;
  /** That there are models for now. */
  readonly modalities: () => readonly Modality[];
  readonly clock: () => Date;
  /** Keeps results. Default: none are kept. */
  readonly keep?: ((owner: string, found: readonly PredictionReply[]) => Promise<void>) | undefined;
  /** Results that could not be kept. */
  readonly lost: (results: number) => void;
  readonly scenarios: Scenarios;
  readonly store: Pick<Store, "validConsents">;
}

export interface Hub {
  /** @throws AffektError `busy`, `not-found` (scenario), `policy`, `unavailable`, `model`, `label`, `input` */
  open(owner: string, wanted: OpenMessage): Promise<LiveStream>;
  /** @throws AffektError `not-found`, also if it is another owner's */
  find(owner: string, id: string): LiveStream;
  of(owner: string): readonly LiveStream[];
  /** Says the last results of all streams, then ends them. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** How long the last results may take when the service stops. */
const DRAIN_MS = 10_000;

export function createHub(parts: HubParts): Hub {
  const { processes, limits, modalities, clock, keep, lost, scenarios, store } = parts;
  const streams = new Map<string, LiveStream>();
  let opening = 0;
  let draining = false;

  /** What the scenario makes of what was asked for. @throws AffektError `policy` */
  function ruled(sent: OpenMessage, scenario: Scenario | undefined): OpenMessage {
    if (scenario === undefined) return sent;
    const { labels, smoothing } = scenario;
    const allowed = allowedModalities(scenario, sent.modalities);
    return {
      ...sent,
      modalities: sent.modalities === undefined ? allowed.filter((one) => modalities().includes(one)) : [...allowed],
      smoothMs: smoothing.halfLifeSeconds * 1000,
      ...(labels === "ekman7" ? {} : { labels: [...labels] }),
    };
  }

  /** @param people undefined: somebody whom the stream does not name @throws AffektError `policy` */
  async function lookAt(
    people: readonly (string | undefined)[],
    owner: string,
    wanted: OpenMessage,
    scenario: Scenario,
  ): Promise<void> {
    const all = people.map((subject) => ({ subject, modalities: wanted.modalities ?? modalities() }));
    await admit(store, scenario, { owner, looked: all, jurisdiction: wanted.jurisdiction });
  }

  /** Whether everybody whom the stream is about has agreed, if they must. @throws AffektError `policy` */
  async function allow(owner: string, wanted: OpenMessage, scenario: Scenario): Promise<void> {
    const { subject, subjects = {} } = wanted;
    const named = [...new Set([...(subject === undefined ? [] : [subject]), ...Object.values(subjects)])];
    await lookAt(named.length === 0 ? [undefined] : named, owner, wanted, scenario);
  }

  /** Why speakers whom the stream does not name may not be looked at; undefined: they may. */
  async function strangersOf(owner: string, wanted: OpenMessage, scenario: Scenario): Promise<AffektError | undefined> {
    try {
      await lookAt([undefined], owner, wanted, scenario);
      return undefined;
    } catch (cause) {
      if (cause instanceof AffektError && cause.code === "policy") return cause;
      throw cause;
    }
  }

  return {
    async open(owner, sent) {
      const scenario = scenarios.named(sent.scenario);
      const wanted = ruled(sent, scenario);
      if (draining) throw new AffektError("unavailable", "The service is shutting down.", "Try again a little later.");
      if (streams.size + opening >= limits.streams) {
        throw new AffektError("busy", `${limits.streams} streams are open, the most there may be.`, "Try again later.");
      }
      opening++;
      try {
        const recheck = async (): Promise<void> => {
          if (scenario !== undefined) await allow(owner, wanted, scenario);
        };
        await recheck();
        const strangers = scenario === undefined ? undefined : await strangersOf(owner, wanted, scenario);
        const stream = await openLiveStream({
          owner,
          wanted,
          scenario,
          strangers,
          recheck,
          modalities: wanted.modalities ?? modalities(),
          processes,
          limits,
          clock,
          keeper: keep !== undefined && wanted.keep ? createKeeper((found) => keep(owner, found), lost) : undefined,
          over: () => void streams.delete(stream.id),
        });
        streams.set(stream.id, stream);
        return stream;
      } finally {
        opening--;
      }
    },
    find(owner, id) {
      const stream = streams.get(id);
      if (stream?.owner === owner) return stream;
      throw new AffektError("not-found", "There is no such stream, or it has ended.", "Open a new one.");
    },
    of: (owner) => [...streams.values()].filter((stream) => stream.owner === owner),
    async drain() {
      draining = true;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, DRAIN_MS);
      });
      await Promise.race([Promise.allSettled([...streams.values()].map((stream) => stream.finish())), late]);
      clearTimeout(timer);
      for (const stream of streams.values()) stream.close();
    },
    async close() {
      for (const stream of streams.values()) stream.close();
      await processes.close();
    },
  };
}
