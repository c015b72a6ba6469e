/**
 * Recognition along a stream: text, sound and frames go in with their times, and what people appear to express comes
 * out while they speak. The same code serves in a process of the server and in a browser.
 *
 *     const streams = createStreams({ text, face, detector, speech, voice, decode });
 *     const session = streams.open({ modalities: ["face", "speech"] }, (event) => show(event));
 *     session.sound({ samples, sampleRate }, { timeMs });       // of any length, at any rate
 *     session.frame(picture, { timeMs });                       // a Picture, or bytes for `decode`
 *     session.text("so happy to be here", { startMs, endMs });  // typed or transcribed
 *     await session.finish();                                   // says the last finals
 *
 * Times are milliseconds since the session began, by the client's clock. A speaker is one microphone and one camera;
 * who sends only one of each need not name it. Nothing that is sent is kept longer than it takes to look at it.
 */
import { AffektError } from "../../core/errors.ts";
import type { Picture } from "../../core/media.ts";
import { MODALITIES, type Modality } from "../../core/modality.ts";
import { toEkman } from "../answer.ts";
import { lazily, openedOnly } from "../lazy.ts";
import type { RecognizerOptions, RecognizerParts } from "../recognizer.ts";
import type { StreamEvent } from "./events.ts";
import { fullOptions, type StreamOptions, wantedLabels } from "./options.ts";
import { openSession, type StreamSession } from "./session.ts";
import { createTurns } from "./turns.ts";

/** What streams are recognized with. A modality whose parts are missing cannot be asked for. */
export interface StreamParts extends Pick<RecognizerParts, "text" | "face" | "detector" | "speech" | "voice"> {
  /** Opens frames that come encoded. @throws AffektError `media`, `limit` */
  readonly decode?: (frame: Uint8Array) => Promise<Picture>;
}

/** Of all sessions. */
export type StreamSettings = Pick<RecognizerOptions, "pool" | "answerLabel" | "abstainBelow">;

export type { StreamSession };

export interface Streams {
  /** Modalities that there are parts for. */
  readonly modalities: readonly Modality[];
  /**
   * @param say is called with every event, in order; it must not throw
   * @throws AffektError `model` if there is nothing to recognize a modality with, `label`, `input`
   */
  open(options: StreamOptions, say: (event: StreamEvent) => void): StreamSession;
  /** Opens the networks of these modalities ahead of the first session. */
  warm(modalities?: readonly Modality[]): Promise<void>;
  /** Releases the networks. Sessions must be closed before. */
  close(): Promise<void>;
}

function missing(what: string): () => Promise<never> {
  return async () => {
    throw new AffektError("model", `There is no ${what}.`, "Open the streams with it, or ask for other modalities.");
  };
}

export function createStreams(parts: StreamParts, settings: StreamSettings = {}): Streams {
  const { answerLabel = toEkman, pool, abstainBelow } = settings;
  const text = lazily(parts.text);
  const face = lazily(parts.face);
  const detector = lazily(parts.detector);
  const speech = lazily(parts.speech);
  const voice = lazily(parts.voice);
  const there: Readonly<Record<Modality, boolean>> = {
    text: text !== undefined,
    face: face !== undefined && detector !== undefined,
    speech: speech !== undefined && voice !== undefined,
  };
  const modalities = MODALITIES.filter((modality) => there[modality]);
  const turns = createTurns();
  const assembling = {
    ...(pool === undefined ? {} : { pool }),
    ...(abstainBelow === undefined ? {} : { abstainBelow }),
  };
  return {
    modalities,
    open(options, say) {
      return openSession(
        {
          options: fullOptions(options, modalities),
          rename: wantedLabels(options.labels, answerLabel),
          assembling,
          text: text ?? missing("text model"),
          face: face ?? missing("face model"),
          detector: detector ?? missing("face detector"),
          speech: speech ?? missing("speech model"),
          voice: voice ?? missing("voice-activity detector"),
          decode: parts.decode ?? missing("decoder of frames"),
        },
        turns,
        say,
      );
    },
    async warm(wanted = modalities) {
      const openings = { text: [text], face: [face, detector], speech: [speech, voice] };
      await Promise.all(wanted.flatMap((modality) => openings[modality].map(async (opening) => opening?.())));
    },
    async close() {
      const [texter, seer, finder, hearer, ears] = await Promise.all([
        openedOnly(text),
        openedOnly(face),
        openedOnly(detector),
        openedOnly(speech),
        openedOnly(voice),
      ]);
      await Promise.all([texter?.close(), seer?.close(), finder?.release?.(), hearer?.close(), ears?.release?.()]);
    },
  };
}
