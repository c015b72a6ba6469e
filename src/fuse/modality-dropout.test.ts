import { describe, expect, test } from "vitest";
import { random } from "../core/random.ts";
import { dropModalities } from "./modality-dropout.ts";

const ROWS = 3000;

describe("dropModalities", () => {
  test("never hides all and never invents a modality", () => {
    const presence = Float32Array.from({ length: ROWS * 3 }, (_, i) => (i % 3 === 0 || i % 7 === 0 ? 1 : 0));
    const kept = dropModalities(presence, 3, 0.9, random(1));
    for (let row = 0; row < ROWS; row++) {
      const [before, after] = [presence, kept].map((mask) => [...mask.slice(3 * row, 3 * row + 3)]);
      expect(after).toContain(1);
      for (const [column, value] of (after as number[]).entries()) {
        expect(value).toBeLessThanOrEqual(before?.[column] as number);
      }
    }
  });

  test("hides about the asked share", () => {
    const kept = dropModalities(new Float32Array(ROWS * 3).fill(1), 3, 0.4, random(2));
    const hidden = kept.filter((value) => value === 0).length / kept.length;
    // 0.4 less the survivors of the 0.4³ that would have lost all: 0.4 − 0.064 / 3 = 0.3787; five deviations are 0.026.
    expect(Math.abs(hidden - 0.3787)).toBeLessThan(0.026);
  });

  test("share 0 changes nothing, share 1 leaves exactly one", () => {
    const presence = Float32Array.of(1, 1, 0, 1, 1, 1);
    expect(dropModalities(presence, 3, 0, random(3))).toEqual(presence);
    const alone = dropModalities(presence, 3, 1, random(3));
    expect(alone[0]! + alone[1]! + alone[2]!).toBe(1);
    expect(alone[3]! + alone[4]! + alone[5]!).toBe(1);
  });

  test("draws the same for the same seed", () => {
    const presence = new Float32Array(60).fill(1);
    expect(dropModalities(presence, 3, 0.5, random(4))).toEqual(dropModalities(presence, 3, 0.5, random(4)));
  });

  test("refuses a sample without any modality", () => {
    expect(() => dropModalities(Float32Array.of(1, 0, 0, 0), 2, 0.5, random(5))).toThrow(
      "Sample 1 of the batch has none of its 2 modalities.",
    );
  });
});
