/**
 * One stream of the service: outlives the connection that feeds it for a while, and the process that carries it
 * altogether. Lasting events are numbered and kept for whoever comes back; passing ones are not.
 */
import { randomUUID } from "node:crypto";
import { AffektError } from "../../core/errors.ts";
import type { Modality } from "../../core/modality.ts";
import type { CarriedStream, StreamInput } from "../../platform/node/stream-process.ts";
import { isPassing, type StreamEvent, type UtteranceEvent } from "../../recognize/stream/events.ts";
import type { StreamMemory, StreamOptions } from "../../recognize/stream/options.ts";
import { type Alert, watchAlerts } from "../../scenario/alerts.ts";
import { applyScenario } from "../../scenario/apply.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { PredictionReply } from "../prediction-schema.ts";
import type { Keeper } from "./keeper.ts";
import type { StreamLimits } from "./limits.ts";
import type { OpenMessage, ServerMessage } from "./messages.ts";
import type { StreamProcesses } from "./processes.ts";

/** Who reads a stream: its client, or somebody who follows it. */
export interface Outlet {
  /**
   * @param passing may be left out where the reader is slow
   * @param seq of lasting events
   */
  send(message: string, about: { readonly passing: boolean; readonly seq?: number }): void;
  /** Whether its client should wait with what it sends. */
  hold(full: boolean): void;
  /** The stream is over, or somebody else has taken it up. */
  end(reason: "finished" | "taken" | "closing"): void;
}

export interface LiveStream {
  readonly id: string;
  readonly owner: string;
  readonly modalities: readonly Modality[];
  readonly openedAt: Date;
  /** Whether its client is connected. */
  isAttached(): boolean;
  push(input: StreamInput): void;
  /** @param after `seq` of the last event that its client has, if it comes back: it is sent what came since */
  attach(outlet: Outlet, after?: number): void;
  detach(outlet: Outlet): void;
  follow(outlet: Outlet, after: number): void;
  unfollow(outlet: Outlet): void;
  followers(): number;
  /** Says the last results; the stream may still be resumed to read them. */
  finish(): Promise<void>;
  /** Ends it at once. */
  close(): void;
  /** @throws AffektError `policy` if nobody says who the speaker is, and the scenario asks for it */
  checkSpeaker(speaker: string | undefined): void;
  /** @throws AffektError `policy` if those whom it is about do not agree to its scenario any more */
  recheck(): Promise<void>;
}

export interface LiveStreamParts {
  readonly owner: string;
  readonly wanted: OpenMessage;
  readonly scenario: Scenario | undefined;
  /** Why speakers whom nobody names may not be looked at; undefined: they may. */
  readonly strangers: AffektError | undefined;
  readonly recheck: () => Promise<void>;
  readonly modalities: readonly Modality[];
  readonly processes: StreamProcesses;
  readonly limits: StreamLimits;
  readonly keeper: Keeper | undefined;
  readonly clock: () => Date;
  /** Is called once, when nothing is left to be read. */
  readonly over: () => void;
}

/** Who speaks, where nobody says. */
const DEFAULT_SPEAKER = "1";

function optionsOf(wanted: OpenMessage): StreamOptions {
  const { modalities, labels, language, fps, pauseMs, mostMs, partialMs, smoothMs } = wanted;
  const given = Object.entries({ modalities, labels, language, fps, pauseMs, mostMs, partialMs, smoothMs });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** @throws AffektError `unavailable`, `model`, `label`, `input` */
export async function openLiveStream(parts: LiveStreamParts): Promise<LiveStream> {
  const { owner, wanted, scenario, strangers, processes, limits, keeper, clock, over } = parts;
  const id = randomUUID();
  const options = optionsOf(wanted);
  let memory: StreamMemory | undefined;
  let carried: CarriedStream | undefined;
  let client: Outlet | undefined;
  const followers = new Set<Outlet>();
  let seq = 0;
  let kept: { readonly seq: number; readonly message: string }[] = [];
  /** Bytes of the inputs that nobody has taken yet, in order. */
  let untaken: number[] = [];
  let untakenBytes = 0;
  let phase: "open" | "finished" | "over" = "open";
  let finishing: Promise<void> | undefined;
  let leaving: NodeJS.Timeout | undefined;
  const names = new Map<string, { readonly id: string; readonly createdAt: string }>();

  const isFull = (): boolean => untaken.length > limits.inputs || untakenBytes > limits.inputBytes;

  const watch = watchAlerts(scenario?.alerts ?? []);
  /** Of every speaker: the last utterance that was observed, which a late text may revise. */
  const observed = new Map<string, { readonly utterance: number; alerts: readonly Alert[] }>();

  /** What the scenario's rules raise at a final. @returns those of earlier revisions, and the new ones */
  function alertsAt({ speaker, utterance, startMs, endMs, smoothed }: UtteranceEvent) {
    const last = observed.get(speaker);
    const again = last?.utterance === utterance;
    // An utterance that others have followed is not observed once more.
    if (last !== undefined && last.utterance > utterance) return { all: [], fresh: [] };
    const fresh = watch.observe(speaker, { of: "utterance", startMs, endMs, scores: smoothed }, again);
    const all = [...(again ? (last?.alerts ?? []) : []), ...fresh];
    observed.set(speaker, { utterance, alerts: all });
    return { all, fresh };
  }

  function sayAlert(alert: Alert, about: { readonly speaker: string; track?: number; utterance?: number }): void {
    const message = { type: "alert", seq: ++seq, scenario: scenario?.id ?? "", ...about, ...alert } as const;
    broadcast(message, false, seq);
  }

  /** Speakers may have any name, that of a property of every object too. */
  const subjectOf = (speaker: string): string | undefined =>
    Object.hasOwn(wanted.subjects ?? {}, speaker) ? wanted.subjects?.[speaker] : wanted.subject;

  /** Whoever is not named cannot have agreed, nor is anything known of them. */
  function checkSpeaker(speaker = DEFAULT_SPEAKER): void {
    if (strangers === undefined || subjectOf(speaker) !== undefined) return;
    throw new AffektError(
      "policy",
      `The stream does not say who the speaker ${JSON.stringify(speaker)} is. ${strangers.message}`,
      "Name the subject of every speaker when opening the stream.",
    );
  }

  function reply(event: UtteranceEvent, alerts: readonly Alert[]): PredictionReply {
    const key = `${event.utterance}`;
    // A revision is the same prediction, better known.
    const name = names.get(key) ?? { id: randomUUID(), createdAt: clock().toISOString() };
    names.set(key, name);
    if (names.size > 64) names.delete([...names.keys()][0] as string);
    const subject = subjectOf(event.speaker);
    return {
      ...name,
      ...(subject === undefined ? {} : { subject }),
      session: wanted.session ?? id,
      ...(scenario === undefined ? {} : { scenario: scenario.id, alerts: [...alerts] }),
      ...(event.prediction as unknown as Omit<PredictionReply, "id" | "createdAt">),
    };
  }

  function broadcast(message: ServerMessage, passing: boolean, number?: number): void {
    const text = JSON.stringify(message);
    const about = { passing, ...(number === undefined ? {} : { seq: number }) };
    client?.send(text, about);
    for (const follower of followers) follower.send(text, about);
    if (number === undefined) return;
    kept.push({ seq: number, message: text });
    if (kept.length > limits.kept) kept = kept.slice(-limits.kept);
  }

  function replay(outlet: Outlet, after: number): void {
    for (const { seq: number, message } of kept) {
      if (number > after) outlet.send(message, { passing: false, seq: number });
    }
  }

  function ruled(event: StreamEvent): StreamEvent {
    if (scenario === undefined || (event.type !== "final" && event.type !== "partial")) return event;
    return { ...event, prediction: applyScenario(scenario, event.prediction) };
  }

  function tell(heard: StreamEvent): void {
    if (phase === "over") return;
    const event = ruled(heard);
    if (event.type === "final") {
      const { speaker, utterance } = event;
      const { all, fresh } = alertsAt(event);
      const prediction = reply(event, all);
      keeper?.add(utterance, prediction);
      broadcast({ ...event, type: "final", seq: ++seq, prediction } as ServerMessage, false, seq);
      for (const alert of fresh) sayAlert(alert, { speaker, utterance });
    } else if (event.type === "segment") {
      broadcast({ ...event, seq: ++seq } as unknown as ServerMessage, false, seq);
    } else {
      broadcast(event as unknown as ServerMessage, isPassing(event));
      if (event.type !== "faces") return;
      const { speaker, timeMs } = event;
      for (const { track, smoothed } of event.faces) {
        const seen = { of: "face", startMs: timeMs, endMs: timeMs, scores: smoothed } as const;
        for (const alert of watch.observe(`${speaker}/${track}`, seen)) sayAlert(alert, { speaker, track });
      }
    }
  }

  async function carry(): Promise<void> {
    carried = await processes.open(
      { ...options, ...(memory === undefined ? {} : { memory }) },
      {
        event: tell,
        remember(known) {
          memory = known;
        },
        taken(inputs) {
          const wasFull = isFull();
          for (const bytes of untaken.splice(0, inputs)) untakenBytes -= bytes;
          if (wasFull && !isFull()) client?.hold(false);
        },
      },
      () => void moved(),
    );
  }

  /** The process has ended: another one goes on with what is known of the speakers. */
  async function moved(): Promise<void> {
    carried = undefined;
    untaken = [];
    untakenBytes = 0;
    if (phase !== "open") return;
    client?.hold(true);
    try {
      await carry();
      tell({
        type: "error",
        code: "unavailable",
        message: "The process of this stream ended; another one goes on. What was being said is lost.",
        hint: "Go on sending.",
      });
      client?.hold(false);
    } catch (cause) {
      const { code, message, hint } = cause as AffektError;
      tell({ type: "error", code, message, hint });
      stop("finished");
    }
  }

  function stop(reason: "finished" | "closing"): void {
    if (phase === "over") return;
    phase = "over";
    clearTimeout(leaving);
    clearTimeout(longest);
    carried?.close();
    client?.end(reason);
    for (const follower of followers) follower.end(reason);
    client = undefined;
    followers.clear();
    void keeper?.flush();
    over();
  }

  async function finishOnce(): Promise<void> {
    await carried?.finish();
    phase = "finished";
    broadcast({ type: "finished" }, false);
    await keeper?.flush();
    // Whoever is here has it all; whoever is not may still come for it.
    if (client !== undefined) stop("finished");
    else leave();
  }

  function leave(): void {
    clearTimeout(leaving);
    leaving = setTimeout(() => {
      if (phase === "open") void stream.finish().finally(() => stop("finished"));
      else stop("finished");
    }, limits.resumeMs);
  }

  const longest = setTimeout(() => void stream.finish(), limits.longestMs);
  try {
    await carry();
  } catch (cause) {
    clearTimeout(longest);
    throw cause;
  }

  const stream: LiveStream = {
    id,
    owner,
    modalities: parts.modalities,
    openedAt: clock(),
    isAttached: () => client !== undefined,
    push(input) {
      if (phase !== "open" || finishing !== undefined) {
        throw new AffektError("aborted", "The stream is over.", "Open another one.");
      }
      checkSpeaker(input.speaker);
      if (carried === undefined) return;
      const bytes = input.type === "text" ? input.text.length : input.bytes.length;
      untaken.push(bytes);
      untakenBytes += bytes;
      carried.push(input);
      if (isFull()) client?.hold(true);
    },
    attach(outlet, after) {
      client?.end("taken");
      client = outlet;
      clearTimeout(leaving);
      if (after !== undefined) {
        const missed = after + 1 < (kept[0]?.seq ?? seq + 1);
        outlet.send(JSON.stringify({ type: "resumed", stream: id, missed } satisfies ServerMessage), {
          passing: false,
        });
        replay(outlet, after);
      }
      if (isFull() || carried === undefined) outlet.hold(true);
      if (phase === "finished") {
        outlet.send(JSON.stringify({ type: "finished" } satisfies ServerMessage), { passing: false });
        setImmediate(() => stop("finished"));
      }
    },
    detach(outlet) {
      if (client !== outlet) return;
      client = undefined;
      if (phase !== "over") leave();
    },
    follow(outlet, after) {
      followers.add(outlet);
      replay(outlet, after);
    },
    unfollow: (outlet) => void followers.delete(outlet),
    followers: () => followers.size,
    finish() {
      finishing ??= finishOnce();
      return finishing;
    },
    close: () => stop("closing"),
    checkSpeaker,
    recheck: parts.recheck,
  };
  return stream;
}
