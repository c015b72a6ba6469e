/** One session: takes what is sent, and gives its speakers their turns at the networks, the most urgent work first. */
import { AffektError } from "../../core/errors.ts";
import type { Picture, Waveform } from "../../core/media.ts";
import type { Modality } from "../../core/modality.ts";
import type { AssembleOptions } from "../assemble.ts";
import type { TextOpinions } from "../text-expert.ts";
import type { DroppedEvent, StreamEvent } from "./events.ts";
import { createLane, type Job, type LaneParts } from "./lane.ts";
import type { FullOptions, StreamMemory } from "./options.ts";
import { createSpeaker, type Ended, type Speaker, type SpeakerParts } from "./speaker.ts";
import type { Turns } from "./turns.ts";
import { type Fate, type Waiting, waitingInput } from "./waiting.ts";

/** Where and when something sent belongs. */
export interface StreamPlace {
  /** Whose microphone, camera or words; default "1". At most eight in one session. */
  readonly speaker?: string;
}

export interface StreamSession {
  /**
   * Sound of one microphone, mono. Never blocks: what is more than ten seconds ahead of the networks is dropped, and
   * a `dropped` event says so.
   *
   * @param place `timeMs` of the first sample; default: right after the piece before
   * @throws AffektError `input`, `sample-rate`, `limit` (too many speakers), `aborted` (the session is over)
   */
  sound(sound: Waveform, place?: StreamPlace & { readonly timeMs?: number }): void;
  /** A frame of one camera. Only the newest waits: one that was not looked at in time is dropped. */
  frame(picture: Picture | Uint8Array, place: StreamPlace & { readonly timeMs: number }): void;
  /**
   * What was typed or transcribed. A text whose times fall into an utterance belongs to it, even if that has ended: its
   * final is then said again, with a higher `revision`.
   *
   * @param place default: now, alone
   */
  text(text: string, place?: StreamPlace & { readonly startMs?: number; readonly endMs?: number }): void;
  /** What has been sent and not yet been looked at. */
  waiting(): { readonly soundMs: number; readonly frames: number; readonly texts: number };
  /** Resolves when nothing waits any more: for callers that read from a file, and should not run ahead. */
  settled(): Promise<void>;
  /** Resolves when no frame waits, so that another would push none out: for callers that have a camera. */
  welcome(): Promise<void>;
  /** Ends what is being said, says the last finals, and closes. */
  finish(): Promise<void>;
  /** Closes at once; nothing more is said. */
  close(): void;
  /** What another session needs to go on with the same speakers. */
  memory(): StreamMemory;
}

export interface SessionParts extends Pick<SpeakerParts, "rename" | "voice" | "speech" | "detector" | "face"> {
  readonly options: FullOptions;
  readonly assembling: AssembleOptions;
  readonly text: () => Promise<TextOpinions>;
  /** Opens frames that come encoded. */
  readonly decode: (frame: Uint8Array) => Promise<Picture>;
}

interface Member {
  readonly speaker: Speaker;
  readonly waiting: Waiting;
}

const DEFAULT_SPEAKER = "1";
const MOST_SPEAKERS = 8;

function over(): AffektError {
  return new AffektError("aborted", "The stream is over.", "Open another one.");
}

function isTime(value: number | undefined): boolean {
  return value === undefined || (Number.isFinite(value) && value >= 0);
}

/** @param say must not throw */
export function openSession(parts: SessionParts, turns: Turns, say: (event: StreamEvent) => void): StreamSession {
  const { options, decode } = parts;
  const members = new Map<string, Member>();
  const remembered = options.memory?.speakers ?? [];
  let utterances = options.memory?.utterances ?? 0;
  let tracks = options.memory?.tracks ?? 0;
  let phase: "open" | "finishing" | "closed" = "open";
  const dropped = new Map<string, DroppedEvent>();
  let welcomed: (() => void)[] = [];

  const tell = (event: StreamEvent): void => {
    if (phase !== "closed") say(event);
  };

  function fail(cause: unknown): void {
    const error =
      cause instanceof AffektError
        ? cause
        : new AffektError("internal", cause instanceof Error ? cause.message : String(cause), "Report it.", { cause });
    tell({ type: "error", code: error.code, message: error.message, hint: error.hint });
  }

  function member(name: string = DEFAULT_SPEAKER): Member {
    const known = members.get(name);
    if (known !== undefined) return known;
    if (members.size >= MOST_SPEAKERS) {
      throw new AffektError(
        "limit",
        `A stream has at most ${MOST_SPEAKERS} speakers; ${JSON.stringify(name)} would be one more.`,
        "Open another stream.",
      );
    }
    const speaker = createSpeaker(
      name,
      { ...parts, nextUtterance: () => ++utterances, nextTrack: () => ++tracks, say: tell },
      remembered.find((one) => one.name === name),
    );
    const fresh: Member = { speaker, waiting: waitingInput(options.fps) };
    members.set(name, fresh);
    return fresh;
  }

  function check(modality: Modality, ...times: readonly (number | undefined)[]): void {
    if (phase !== "open") throw over();
    if (!options.modalities.includes(modality)) {
      throw new AffektError(
        "input",
        `This stream was opened for ${options.modalities.join(", ")}, not for ${modality}.`,
        "Name all modalities when opening it.",
      );
    }
    const wrong = times.find((value) => !isTime(value));
    if (wrong === undefined) return;
    throw new AffektError(
      "input",
      `Times are milliseconds since the stream began, 0 or more; received ${wrong}.`,
      "Subtract the time at which the stream was opened.",
    );
  }

  function drop(what: DroppedEvent["what"], fate: Fate, amount: number): void {
    if (fate === "kept" || fate === "thinned") return;
    const key = `${what} ${fate}`;
    const before = dropped.get(key)?.amount ?? 0;
    dropped.set(key, { type: "dropped", what, why: fate, amount: before + amount });
  }

  function sayDropped(): void {
    for (const event of dropped.values()) tell({ ...event, amount: Math.round(event.amount) });
    dropped.clear();
  }

  /** One after the other: an utterance that cannot be recognized does not stop the next. */
  async function conclude(speaker: Speaker, ended: readonly Ended[]): Promise<void> {
    for (const one of ended) await speaker.conclude(one).catch(fail);
  }

  /** What has ended gets its result in the same turn: whoever spoke waits for it. */
  async function hear({ speaker, waiting }: Member): Promise<void> {
    for (const { sound, timeMs } of waiting.takeSound()) {
      const { ended, lateMs } = await speaker.hear(sound, timeMs);
      if (lateMs > 0) drop("audio", "late", lateMs);
      await conclude(speaker, ended);
    }
  }

  async function read({ speaker, waiting }: Member): Promise<void> {
    const taken = waiting.takeTexts();
    const expert = await parts.text();
    const opinions = await expert.opinions(
      taken.map(({ text }) => text),
      options.language,
    );
    for (const [index, { text, startMs, endMs }] of taken.entries()) {
      const opinion = opinions[index] ?? null;
      if (opinion !== null) speaker.read({ opinion, length: text.length }, startMs, endMs);
      else fail(new AffektError("input", "The text is empty.", "Send at least one word or symbol."));
    }
  }

  function welcome(): void {
    for (const resolve of welcomed) resolve();
    welcomed = [];
  }

  function frameJob({ speaker, waiting }: Member): Job {
    const taken = waiting.takeFrame() as NonNullable<ReturnType<Waiting["takeFrame"]>>;
    welcome();
    let { picture } = taken;
    return {
      urgency: "frame",
      async prepare() {
        if (!("channels" in picture)) picture = await decode(picture);
      },
      async run() {
        if ("channels" in picture) await speaker.see(picture, taken.timeMs);
      },
    };
  }

  function nextTalk(): Job | undefined {
    const all = [...members.values()];
    const told = all.find(({ waiting }) => waiting.texts() > 0);
    if (told !== undefined) return { urgency: "result", run: () => read(told) };
    // Who has the most to be heard is the furthest behind.
    const [loudest] = all.sort((a, b) => b.waiting.soundMs() - a.waiting.soundMs());
    if (loudest !== undefined && loudest.waiting.soundMs() > 0) {
      return { urgency: "sound", run: () => hear(loudest) };
    }
    // A partial is worth making only while nobody waits for anything else.
    const speaking = phase === "open" && turns.idle() ? all.find(({ speaker }) => speaker.isPartialDue()) : undefined;
    return speaking && { urgency: "partial", run: () => speaking.speaker.partial() };
  }

  function nextFrame(): Job | undefined {
    const shown = [...members.values()].find(({ waiting }) => waiting.frames() > 0);
    return shown && frameJob(shown);
  }

  const some = (waits: (waiting: Waiting) => boolean) => () =>
    [...members.values()].some(({ waiting }) => waits(waiting));
  const shared: Pick<LaneParts, "turns" | "isClosed" | "fail" | "done"> = {
    turns,
    isClosed: () => phase === "closed",
    fail,
    done: sayDropped,
  };
  // Side by side, or what somebody says would wait until the frame before it has had its turn.
  const talk = createLane({
    ...shared,
    next: nextTalk,
    isWaiting: some((waiting) => waiting.soundMs() > 0 || waiting.texts() > 0),
  });
  const frames = createLane({ ...shared, next: nextFrame, isWaiting: some((waiting) => waiting.frames() > 0) });

  async function settled(): Promise<void> {
    await Promise.all([talk.settled(), frames.settled()]);
  }

  return {
    sound(sound, { speaker, timeMs } = {}) {
      check("speech", timeMs);
      const { samples, sampleRate } = sound;
      if (!(sampleRate >= 1_000 && sampleRate <= 192_000) || !Number.isInteger(sampleRate)) {
        throw new AffektError(
          "sample-rate",
          `Sound must come at a whole number of 1,000 to 192,000 samples a second; received ${sampleRate}.`,
          "Check the sample rate.",
        );
      }
      if (samples.length === 0) return;
      drop("audio", member(speaker).waiting.sound({ sound, timeMs }), (1000 * samples.length) / sampleRate);
      talk.wake();
    },
    frame(picture, { speaker, timeMs }) {
      check("face", timeMs);
      drop("frame", member(speaker).waiting.frame({ picture, timeMs }), 1);
      frames.wake();
    },
    text(text, { speaker, startMs, endMs } = {}) {
      check("text", startMs, endMs);
      drop("text", member(speaker).waiting.text({ text, startMs, endMs }), 1);
      talk.wake();
    },
    waiting() {
      const all = [...members.values()].map(({ waiting }) => waiting);
      return {
        soundMs: all.reduce((sum, one) => sum + one.soundMs(), 0),
        frames: all.reduce((sum, one) => sum + one.frames(), 0),
        texts: all.reduce((sum, one) => sum + one.texts(), 0),
      };
    },
    settled,
    welcome: () =>
      new Promise((resolve) => {
        welcomed.push(resolve);
        if (phase === "closed" || ![...members.values()].some(({ waiting }) => waiting.frames() > 0)) welcome();
      }),
    async finish() {
      if (phase !== "open") throw over();
      phase = "finishing";
      await settled();
      for (const { speaker } of members.values()) {
        await turns.take("sound", async () => conclude(speaker, await speaker.flush())).catch(fail);
      }
      phase = "closed";
      welcome();
    },
    close() {
      phase = "closed";
      welcome();
    },
    memory: () => ({
      utterances,
      tracks,
      speakers: [
        ...remembered.filter(({ name }) => !members.has(name)),
        ...[...members.values()].map(({ speaker }) => speaker.memory()),
      ],
    }),
  };
}
