/** What page and worker say to each other. Plain data, and bitmaps that change hands. */
import type { ErrorCode } from "../../core/errors.ts";
import type { Explanation } from "../../core/explanation.ts";
import type { Waveform } from "../../core/media.ts";
import type { Modality } from "../../core/modality.ts";
import type { MediaInfo } from "../../core/ports.ts";
import type { Prediction } from "../../core/prediction.ts";
import type { Shown, Size } from "../../platform/web/picture.ts";
import type { StreamEvent } from "../../recognize/stream/events.ts";

/** One utterance. A film, and sound that only the page can decode, are named; the page is then asked for them. */
export interface WorkerInputs {
  readonly text?: string;
  readonly image?: Uint8Array;
  readonly audio?: Uint8Array | Waveform;
  readonly video?: string;
}

export type Ask =
  | { readonly kind: "open"; readonly catalogue: string; readonly wasm: string }
  | { readonly kind: "warm"; readonly modalities: readonly Modality[] }
  | { readonly kind: "recognize"; readonly inputs: WorkerInputs }
  | { readonly kind: "explain"; readonly inputs: WorkerInputs; readonly label: string | undefined }
  | { readonly kind: "live-start"; readonly session: number; readonly modalities: readonly Modality[] }
  | {
      readonly kind: "live-frame";
      readonly session: number;
      readonly frame: Shown;
      readonly timeMs: number;
    }
  | { readonly kind: "live-sound"; readonly session: number; readonly sound: Waveform; readonly timeMs: number }
  | { readonly kind: "live-text"; readonly session: number; readonly text: string; readonly timeMs: number }
  | { readonly kind: "live-stop"; readonly session: number };

export type ToWorker =
  | { readonly type: "ask"; readonly id: number; readonly ask: Ask }
  | { readonly type: "abort"; readonly id: number }
  | { readonly type: "played"; readonly id: number; readonly value?: unknown; readonly failed?: string };

/** What the worker wants the page to play. */
export type Play =
  | { readonly kind: "info"; readonly source: string }
  | { readonly kind: "sound"; readonly source: string; readonly sampleRate: number }
  | { readonly kind: "frame"; readonly source: string; readonly timeMs: number; readonly maxSide: number };

export type Played = MediaInfo | Waveform | ImageBitmap | undefined;

/** Of a frame: the size that it was looked at in; of the opening: what there are models for. */
export type Answer = Prediction | Explanation | Size | readonly Modality[] | undefined;

export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

export type FromWorker =
  | { readonly type: "answer"; readonly id: number; readonly value: Answer }
  | { readonly type: "failure"; readonly id: number; readonly failure: Failure }
  | { readonly type: "event"; readonly session: number; readonly event: StreamEvent }
  | { readonly type: "play"; readonly id: number; readonly play: Play };
