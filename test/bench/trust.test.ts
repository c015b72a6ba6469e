import { describe, expect, test } from "vitest";
import { trustPage } from "../../bench/quality/trust/page.ts";
import { drawnPictures, PICTURE_KINDS } from "../../bench/quality/trust/pictures.ts";
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
