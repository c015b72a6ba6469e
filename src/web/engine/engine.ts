/** What the pages ask for, wherever it is done: on this device or by the server. */
import type { Modality } from "../../core/modality.ts";
import type { Prediction } from "../../core/prediction.ts";
import type { Shown, Size } from "../../platform/web/picture.ts";
import type { StreamEvent } from "../../recognize/stream/events.ts";

/** One utterance, as a person gives it. */
export interface Given {
  readonly text?: string;
  readonly image?: Blob;
  readonly audio?: Blob;
  readonly video?: Blob;
  /** Pseudonym under which a server keeps the result; on the device nothing is kept. */
  readonly subject?: string;
}

export interface LiveStream {
  /** Takes the frame over. Settles when the next one is welcome. @param size to look at it in; default: its own */
  frame(frame: Shown, timeMs: number, size?: Size): Promise<void>;
  /** @param samples mono; they are taken over. @param timeMs of the first */
  sound(samples: Float32Array<ArrayBuffer>, sampleRate: number, timeMs: number): void;
  text(text: string): void;
  close(): Promise<void>;
}

export interface LiveListener {
  event(event: StreamEvent): void;
  /** The connection was lost, or is there again; an engine on the device never says so. */
  connected(is: boolean): void;
}

export interface Engine {
  /** @throws AffektError */
  recognize(given: Given, signal?: AbortSignal): Promise<Prediction>;
  /** Loads what these modalities need, so that the first answer is quick. */
  warm(modalities: readonly Modality[]): Promise<void>;
  live(modalities: readonly Modality[], listener: LiveListener): Promise<LiveStream>;
  close(): void;
}
