/**
 * Live captions by the browser's own speech recognition, where it has one. Off unless somebody turns it on: some
 * browsers send the sound to their maker for it.
 */

/** As far as it is used here; the DOM's types do not know it yet. */
interface Recognition {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  onresult: ((event: RecognitionEvent) => void) | null;
  onerror: ((event: { readonly error: string }) => void) | null;
  onend: (() => void) | null;
  start(): void;
  abort(): void;
}

interface RecognitionEvent {
  readonly resultIndex: number;
  readonly results: ArrayLike<ArrayLike<{ readonly transcript: string }> & { readonly isFinal: boolean }>;
}

/** Errors after which trying again is no use. */
const FINAL_ERRORS = new Set([
  "not-allowed",
  "service-not-allowed",
  "language-not-supported",
  "audio-capture",
  "network",
]);

/** A browser that ends at once, each time, would otherwise be started without a break. */
export const PAUSE_MS = 300;

function recognitionOf(scope: object): (new () => Recognition) | undefined {
  const { SpeechRecognition, webkitSpeechRecognition } = scope as Record<string, (new () => Recognition) | undefined>;
  return SpeechRecognition ?? webkitSpeechRecognition;
}

/** @param scope the window */
export function hasCaptions(scope: object = globalThis): boolean {
  return recognitionOf(scope) !== undefined;
}

export interface CaptionEvents {
  /** A piece that will not change any more. */
  said(text: string): void;
  /** It could not go on; nothing more will be said. */
  failed(reason: string): void;
}

/**
 * Begins to listen, again after each pause, until it is ended.
 *
 * @param language BCP 47
 * @returns what ends it
 */
export function startCaptions(language: string, events: CaptionEvents, scope: object = globalThis): () => void {
  const Recognition = recognitionOf(scope);
  if (Recognition === undefined) {
    events.failed("unsupported");
    return () => undefined;
  }
  let running = true;
  const recognition = new Recognition();
  recognition.lang = language;
  recognition.continuous = true;
  recognition.interimResults = false;
  recognition.onresult = ({ resultIndex, results }) => {
    for (let at = resultIndex; at < results.length; at++) {
      const result = results[at];
      const text = result?.isFinal ? (result[0]?.transcript.trim() ?? "") : "";
      if (running && text !== "") events.said(text);
    }
  };
  recognition.onerror = ({ error }) => {
    if (!running || !FINAL_ERRORS.has(error)) return;
    running = false;
    events.failed(error);
  };
  // Browsers end it by themselves after a silence.
  let again: ReturnType<typeof setTimeout> | undefined;
  recognition.onend = () => {
    if (running) again = setTimeout(() => recognition.start(), PAUSE_MS);
  };
  recognition.start();
  return () => {
    running = false;
    clearTimeout(again);
    recognition.abort();
  };
}
