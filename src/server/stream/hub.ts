/** All streams of the service. */
import { AffektError } from "../../core/errors.ts";
import type { Modality } from "../../core/modality.ts";
import type { PredictionReply } from "../prediction-schema.ts";
import { createKeeper } from "./keeper.ts";
import type { StreamLimits } from "./limits.ts";
import { type LiveStream, openLiveStream } from "./live-stream.ts";
import type { OpenMessage } from "./messages.ts";
import type { StreamProcesses } from "./processes.ts";

export interface HubParts {
  readonly processes: StreamProcesses;
  readonly limits: StreamLimits;
  /** That there are models for. */
  readonly modalities: readonly Modality[];
  readonly clock: () => Date;
  /** Keeps results. Default: none are kept. */
  readonly keep?: ((owner: string, found: readonly PredictionReply[]) => Promise<void>) | undefined;
  /** Results that could not be kept. */
  readonly lost: (results: number) => void;
  /** Rules of use cases, by name. Default: there are none. */
  readonly scenarios?: ((name: string) => Partial<OpenMessage> | undefined) | undefined;
}

export interface Hub {
  /** @throws AffektError `busy`, `not-found` (scenario), `unavailable`, `model`, `label`, `input` */
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
  const { processes, limits, modalities, clock, keep, lost, scenarios } = parts;
  const streams = new Map<string, LiveStream>();
  let opening = 0;
  let draining = false;

  function rulesOf(scenario: string | undefined): Partial<OpenMessage> {
    if (scenario === undefined) return {};
    const rules = scenarios?.(scenario);
    if (rules !== undefined) return rules;
    throw new AffektError("not-found", `There is no scenario ${JSON.stringify(scenario)} here.`, "Leave it out.");
  }

  return {
    async open(owner, sent) {
      const wanted = { ...sent, ...rulesOf(sent.scenario) };
      if (draining) throw new AffektError("unavailable", "The service is shutting down.", "Try again a little later.");
      if (streams.size + opening >= limits.streams) {
        throw new AffektError("busy", `${limits.streams} streams are open, the most there may be.`, "Try again later.");
      }
      opening++;
      try {
        const stream = await openLiveStream({
          owner,
          wanted,
          modalities: wanted.modalities ?? modalities,
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
