/** Opus as browsers record it (WebM or Ogg), one decoder per speaker, as sound for a stream. */
import { AffektError } from "../../core/errors.ts";
import { type LiveDecoder, openLiveDecoder } from "../../platform/node/live-decoder.ts";
import type { StreamInput } from "../../platform/node/stream-process.ts";

export interface OpusInput {
  /**
   * @param timeMs of the recording's beginning; later ones are not looked at
   * @returns resolves when there is room for more
   * @throws AffektError `media`, `missing-tool`, `limit`
   */
  push(bytes: Uint8Array, speaker: string | undefined, timeMs: number | undefined): Promise<void>;
  /** Resolves when all that was sent has been decoded. */
  end(): Promise<void>;
  close(): void;
}

const RATE = 16_000;
const MOST = 8;

export function opusInput(give: (input: StreamInput) => void): OpusInput {
  const decoders = new Map<string | undefined, Promise<LiveDecoder>>();

  function open(first: Uint8Array, speaker: string | undefined, timeMs: number | undefined): Promise<LiveDecoder> {
    if (decoders.size >= MOST) {
      throw new AffektError("limit", `A connection decodes at most ${MOST} recordings.`, "Send PCM instead.");
    }
    let fromMs = timeMs;
    return openLiveDecoder(first, RATE, (bytes) => {
      const place = fromMs === undefined ? {} : { timeMs: fromMs };
      fromMs = undefined;
      give({ type: "sound", bytes, encoding: "float32", sampleRate: RATE, speaker, ...place });
    });
  }

  return {
    async push(bytes, speaker, timeMs) {
      let opening = decoders.get(speaker);
      if (opening === undefined) {
        opening = open(bytes, speaker, timeMs);
        decoders.set(speaker, opening);
        opening.catch(() => decoders.delete(speaker));
      }
      await (await opening).push(bytes);
    },
    async end() {
      const all = await Promise.allSettled(decoders.values());
      await Promise.all(all.map(async (one) => (one.status === "fulfilled" ? one.value.end() : undefined)));
    },
    close() {
      for (const opening of decoders.values()) {
        opening.then(
          (decoder) => decoder.close(),
          () => {},
        );
      }
      decoders.clear();
    },
  };
}
