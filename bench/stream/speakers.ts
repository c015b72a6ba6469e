/** Clients that speak in real time: utterances with pauses, and faces where a picture is given. */
import type { Client } from "../../src/client/client.ts";
import { PAUSE_MS } from "../../src/recognize/utterances.ts";
import { voice } from "../../test/support/voice.ts";

const RATE = 16_000;
const CHUNK_MS = 40;
const FRAME_MS = 200;
/** The detector decides in steps of this length, and adds this much to both ends of what it hears. */
const STEP_MS = 32;
const PAD_MS = 60;

/** Of one utterance, in ms. */
export interface Latency {
  /** From sending the sound that closes it, silence included, to its result. */
  readonly afterClosing: number;
  /** From sending its last voiced sound to its result. */
  readonly afterSpeech: number;
}

export interface Heard {
  readonly latencies: readonly Latency[];
  readonly partials: number;
  readonly faces: number;
  readonly dropped: number;
  readonly problems: readonly string[];
}

export interface SpeakerOptions {
  readonly seconds: number;
  /** An encoded picture with a face, sent five times a second. */
  readonly face?: Uint8Array | undefined;
  readonly pauseMs?: number | undefined;
}

/** Speech of 1.2 to 2.8 s, then silence of 1 to 1.8 s, again and again; no two speakers alike. */
function monologue(seconds: number, seed: number): Float32Array {
  const sound = new Float32Array(seconds * RATE);
  let at = Math.round((0.3 + 0.37 * seed) * RATE);
  for (let turn = seed; at < sound.length; turn++) {
    const said = voice(1.2 + 0.4 * (turn % 5), 110 + 15 * seed).samples;
    sound.set(said.subarray(0, sound.length - at), at);
    at += said.length + Math.round((1 + 0.2 * ((turn * 3) % 5)) * RATE);
  }
  return sound;
}

export async function speak(client: Client, seed: number, options: SpeakerOptions): Promise<Heard> {
  const { seconds, face, pauseMs = PAUSE_MS } = options;
  const sound = monologue(seconds, seed);
  const sentAt: number[] = [];
  const latencies: Latency[] = [];
  const counts = { partials: 0, faces: 0, dropped: 0 };
  const problems: string[] = [];
  const sentOf = (ms: number): number | undefined => sentAt[Math.floor(ms / CHUNK_MS)];
  const stream = await client.stream(
    { modalities: face === undefined ? ["speech"] : ["face", "speech"], pauseMs, keep: false },
    {
      message(message) {
        const now = performance.now();
        if (message.type === "partial") counts.partials++;
        else if (message.type === "faces") counts.faces++;
        else if (message.type === "dropped") counts.dropped += message.amount;
        else if (message.type === "error") problems.push(message.message);
        else if (message.type === "problem") problems.push(message.problem.detail);
        if (message.type !== "final" || isOver) return;
        const speechEnd = message.endMs - PAD_MS;
        const closing = sentOf(Math.ceil((speechEnd + pauseMs) / STEP_MS) * STEP_MS);
        const last = sentOf(speechEnd);
        if (closing === undefined || last === undefined) return;
        latencies.push({ afterClosing: now - closing, afterSpeech: now - last });
      },
    },
  );
  // What finish() closes was not closed by silence.
  let isOver = false;
  const began = performance.now();
  for (let chunk = 0; chunk * CHUNK_MS < seconds * 1000; chunk++) {
    const timeMs = chunk * CHUNK_MS;
    // A chunk can be sent once all of it has been spoken.
    const due = began + timeMs + CHUNK_MS;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    const from = (timeMs * RATE) / 1000;
    stream.sound(sound.slice(from, from + (CHUNK_MS * RATE) / 1000), { sampleRate: RATE, timeMs });
    sentAt.push(performance.now());
    if (face !== undefined && timeMs % FRAME_MS === 0) stream.frame(face, { timeMs });
  }
  isOver = true;
  await stream.finish();
  return { latencies, ...counts, problems };
}
