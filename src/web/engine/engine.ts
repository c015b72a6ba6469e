/** What the pages ask for, wherever it is done: on this device or by the server. */
import type { Explanation } from "../../core/explanation.ts";
import type { Modality } from "../../core/modality.ts";
import type { Prediction } from "../../core/prediction.ts";
import type { Shown, Size } from "../../platform/web/picture.ts";
import type { StreamEvent } from "../../recognize/stream/events.ts";
import type { Alert } from "../../scenario/alerts.ts";

/** One utterance, as a person gives it. */
export interface Given {
  readonly text?: string;
  readonly image?: Blob;
  readonly audio?: Blob;
  readonly video?: Blob;
  /** Pseudonym under which a server keeps the result; on the device nothing is kept. */
  readonly subject?: string;
  /** What it is for, of the server's scenarios. */
  readonly scenario?: string;
  /** Whose law applies, where no consent says so: `DE`, `US-CA`. */
  readonly jurisdiction?: string;
  /** Whether a server may keep the result. Default: as long as it keeps results. */
  readonly keep?: boolean;
}

/** An answer; of a server also what the rules of a scenario found in it. */
export interface Recognized extends Prediction {
  readonly alerts?: readonly Alert[];
}

export interface LiveStream {
  /** Takes the frame over. Settles when the next one is welcome. @returns the size that boxes of its faces are given in */
  frame(frame: Shown, timeMs: number): Promise<Size>;
  /** @param samples mono; they are taken over. @param timeMs of the first */
  sound(samples: Float32Array<ArrayBuffer>, sampleRate: number, timeMs: number): void;
  /** @param timeMs when it was said @returns false if it was not taken, because the server is gone */
  text(text: string, timeMs: number): boolean;
  close(): Promise<void>;
}

/** What a live stream through the server is for, and whom it is about. */
export interface Use {
  /** Of the server's scenarios. */
  readonly scenario?: string;
  /** Pseudonym of the person, under which results are kept and a consent was recorded. */
  readonly subject?: string;
  /** Whose law applies, where no consent says so: `DE`, `US-CA`. */
  readonly jurisdiction?: string;
}

/** A rule of the scenario was met: somebody should look. Only a server says so. */
export interface AlertEvent extends Alert {
  readonly type: "alert";
  readonly seq: number;
}

export type LiveEvent = StreamEvent | AlertEvent;

export interface LiveListener {
  event(event: LiveEvent): void;
  /** The connection was lost, or is there again; an engine on the device never says so. */
  connected(is: boolean): void;
  /** The server will not go on: a consent was withdrawn, a key taken back. Nothing more comes. */
  refused(error: Error): void;
}

export interface Engine {
  /** What there are models for here; all of them where that cannot be told. */
  modalities(): Promise<readonly Modality[]>;
  /** @param progress told the share of a film that has been looked at, in [0, 1] @throws AffektError */
  recognize(given: Given, signal?: AbortSignal, progress?: (share: number) => void): Promise<Recognized>;
  /** @param label default: the one with the highest score @throws AffektError */
  explain(given: Given, label?: string, signal?: AbortSignal): Promise<Explanation>;
  /** Loads what these modalities need, so that the first answer is quick. */
  warm(modalities: readonly Modality[]): Promise<void>;
  /** @param use an engine on the device has none @throws AffektError */
  live(modalities: readonly Modality[], listener: LiveListener, use?: Use): Promise<LiveStream>;
  close(): void;
}
