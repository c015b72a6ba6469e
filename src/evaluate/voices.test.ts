import { describe, expect, test } from "vitest";
import { type SpokenClip, voicesOf } from "./voices.ts";

/** A clip of one step and one band. */
const clip = (subject: string | undefined, value: number): SpokenClip => ({
  subject,
  features: { data: Float32Array.of(value), steps: 1, bands: 1 },
});

describe("what is known of the speaker of a clip", () => {
  const clips = [clip("ann", 1), clip("bob", 100), clip("ann", 2), clip(undefined, 7), clip("ann", 6)];

  test("are all clips of the subject, whatever their order", () => {
    const voices = voicesOf(clips, "subject");
    expect(voices.map((voice) => voice?.count)).toEqual([3, 1, 3, undefined, 3]);
    // (1 + 2 + 6) / 3
    expect(voices[4]?.mean[0]).toBeCloseTo(3, 9);
  });

  test("or only the clip and those of its subject before it", () => {
    const voices = voicesOf(clips, "earlier");
    const ann = [0, 2, 4].map((at) => voices[at]);
    expect(new Set(ann.map((voice) => voice?.count))).toEqual(new Set([1, 2, 3]));
    const first = [0, 2, 4].find((at) => voices[at]?.count === 1) as number;
    // Nothing but the clip itself is known of the first.
    expect(voices[first]?.mean[0]).toBe(clips[first]?.features.data[0]);
    expect(ann.find((voice) => voice?.count === 3)?.mean[0]).toBeCloseTo(3, 9);
    expect(voices[1]?.count).toBe(1);
    expect(voices[3]).toBeUndefined();
    expect(voicesOf(clips, "earlier")).toEqual(voices);
  });
});
