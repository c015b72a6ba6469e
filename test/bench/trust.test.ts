import { describe, expect, test } from "vitest";
import { trustPage } from "../../bench/quality/trust/page.ts";
import { drawnPictures, PICTURE_KINDS } from "../../bench/quality/trust/pictures.ts";
import { surestRows } from "../../bench/quality/trust/run.ts";
import { madeSounds, SOUND_KINDS } from "../../bench/quality/trust/sounds.ts";
import { keyboard, lorem, OTHER_LANGUAGES, shuffledHan } from "../../bench/quality/trust/texts.ts";

describe("inputs outside the domain", () => {
  test.each(PICTURE_KINDS)("pictures (%s) are the same each time, and differ from each other", (kind) => {
    const [first, second] = drawnPictures(kind, 2);
    expect(first?.data).toHaveLength(160 * 160);
    expect(drawnPictures(kind, 1)[0]?.data).toEqual(first?.data);
    expect(first?.data).not.toEqual(second?.data);
  });

  test.each(SOUND_KINDS)("sounds (%s) are four seconds within full scale, and no silence", (kind) => {
    for (const { samples, sampleRate } of madeSounds(kind, 3)) {
      expect(samples.length).toBe(4 * sampleRate);
      const loudest = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(loudest).toBeGreaterThan(0.05);
      expect(loudest).toBeLessThan(2);
    }
  });

  test("texts are seeded, and all different", () => {
    expect(lorem(5)).toEqual(lorem(5));
    for (const texts of [OTHER_LANGUAGES, lorem(40), keyboard(40), shuffledHan(40)]) {
      expect(new Set(texts).size).toBe(texts.length);
      expect(texts.every((text) => text.trim().length > 3)).toBe(true);
    }
  });
});

test("the surest rows are the first of the most confident", () => {
  // right, right, wrong, right, … by falling confidence
  const confidences = [0.2, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.25, 0.1];
  const right = [false, true, true, false, true, true, true, false, false, false];
  const points = surestRows(confidences, right);
  expect(points[0]).toMatchObject({ condition: "100 %", rows: 10, share: 0.5 });
  expect(points.at(-1)).toMatchObject({ condition: "20 %", rows: 2, share: 1 });
  expect(points.find(({ rows }) => rows === 3)?.share).toBeCloseTo(2 / 3, 12);
});

test("the page sets what is in domain apart", () => {
  const set = { rows: 40, share: 0.25, low: 0.142, high: 0.402, confidence: 0.51 };
  const page = trustPage({
    models: {},
    sets: [
      { ...set, model: "face", title: "test rows", inDomain: true },
      { ...set, model: "recognizer", title: "picture: noise", inDomain: false },
    ],
  });
  expect(page).toContain("| face | **test rows** (in domain) | 40 | 25 % (14 %–40 %) | 0.51 |");
  expect(page).toContain("| recognizer | picture: noise | 40 |");
});
