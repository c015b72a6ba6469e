/** The samples of a stream that may still be needed, found by their place in the whole stream. */
export interface SampleBuffer {
  append(samples: Float32Array): void;
  /** @param index of the first sample that is still needed */
  forgetBefore(index: number): void;
  /** A copy of samples from `start` up to `end`; what is forgotten is left out. */
  slice(start: number, end: number): Float32Array;
  /** How many samples the stream has brought so far. */
  end(): number;
}

const LEAST_CAPACITY = 16_384;

/** Small pieces are appended in place: what is held is moved only when the room has run out. */
export function sampleBuffer(): SampleBuffer {
  let room = new Float32Array(LEAST_CAPACITY);
  /** Place in `room` of the first sample held, and how many are held. */
  let first = 0;
  let held = 0;
  /** Index in the stream of the first sample held. */
  let from = 0;
  return {
    append(samples) {
      if (first + held + samples.length > room.length) {
        const needed = held + samples.length;
        const next = needed * 2 > room.length ? new Float32Array(needed * 2) : room;
        next.set(room.subarray(first, first + held));
        room = next;
        first = 0;
      }
      room.set(samples, first + held);
      held += samples.length;
    },
    forgetBefore(index) {
      const drop = Math.min(held, Math.max(0, index - from));
      first += drop;
      held -= drop;
      from += drop;
    },
    slice: (start, end) =>
      room.slice(first + Math.max(0, start - from), first + Math.min(held, Math.max(0, end - from))),
    end: () => from + held,
  };
}
