import { describe, expect, test } from "vitest";
import { curveChart } from "../../bench/quality/chart.ts";
import type { Curve } from "../../bench/quality/results.ts";
import { FACE_CONDITIONS, soundConditions } from "../../bench/quality/robustness/conditions.ts";
import { blurred, darkened, rotated, sized, sunglasses } from "../../bench/quality/robustness/pictures.ts";
import type { Picture } from "../../src/core/media.ts";

const SIDE = 48;
/** Bright on the left, dark on the right. */
const halves: Picture = {
  data: Uint8Array.from({ length: SIDE * SIDE }, (_, at) => (at % SIDE < SIDE / 2 ? 200 : 100)),
  width: SIDE,
  height: SIDE,
  channels: 1,
};
const at = ({ data, width }: Picture, x: number, y: number): number => data[y * width + x] as number;

describe("what is done to a face", () => {
  test("a quarter turn clockwise brings the left side to the top", () => {
    const turned = rotated(90)(halves);
    expect(at(turned, 24, 4)).toBe(200);
    expect(at(turned, 24, 44)).toBe(100);
  });

  test("no blur leaves the face; blur keeps its mean and softens its edge", () => {
    expect(blurred(0)(halves)).toBe(halves);
    const soft = blurred(4)(halves);
    expect(at(soft, 2, 24)).toBe(200);
    expect(at(soft, 23, 24)).toBeGreaterThan(150);
    expect(at(soft, 23, 24)).toBeLessThan(200);
    expect(at(soft, 23, 24) + at(soft, 24, 24)).toBeCloseTo(300, -1);
  });

  test("a quarter of the light is a quarter of the grey levels, with the noise of a sensor", () => {
    const { data } = darkened(0.25)(halves);
    const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
    expect(mean).toBeCloseTo(37.5, 0);
    expect(new Set(data).size).toBeGreaterThan(10);
  });

  test("sunglasses cover the eyes and nothing else", () => {
    const covered = sunglasses(halves);
    expect(at(covered, 15, 18)).toBe(18);
    expect(at(covered, 33, 18)).toBe(18);
    expect(at(covered, 24, 40)).toBe(at(halves, 24, 40));
  });

  test("a size is a size", () => {
    expect(sized(200)(halves)).toMatchObject({ width: 200, height: 200 });
  });
});

describe("the conditions of a curve", () => {
  test("hold the untouched signal among them, and nothing but numbers", () => {
    for (const { conditions } of FACE_CONDITIONS) {
      const changed = conditions.map(({ change }) => change(halves, 0));
      expect(changed.some(({ data }) => Buffer.compare(data, halves.data) === 0)).toBe(true);
    }
    const sound = {
      samples: Float32Array.from({ length: 16_000 }, (_, n) => 0.5 * Math.sin(n / 10)),
      sampleRate: 16_000,
    };
    for (const { conditions } of soundConditions([sound])) {
      for (const { change } of conditions) {
        const { samples } = change(sound, 3);
        expect(samples.every((value) => Number.isFinite(value))).toBe(true);
      }
    }
  });
});

describe("the chart of a curve", () => {
  const point = { rows: 100, share: 0.5, low: 0.4, high: 0.6 };
  const curve: Curve = {
    model: "face",
    id: "x",
    title: "Face & <more>",
    axis: "degrees",
    points: [
      { ...point, condition: "0°", at: 0 },
      { ...point, condition: "30°", at: 30, share: 0.25, low: 0.2, high: 0.3 },
    ],
  };

  test("is an SVG with a line and its band where conditions have an order", () => {
    const svg = curveChart(curve);
    expect(svg).toContain("Face &amp; &lt;more>");
    expect(svg).toContain('class="band"');
    expect(svg.match(/class="dot"/gu)).toHaveLength(2);
  });

  test("has whiskers and no line where they have none", () => {
    const points = curve.points.map(({ at: _at, ...rest }) => rest);
    const svg = curveChart({ ...curve, points });
    expect(svg).not.toContain('class="line"');
    expect(svg.match(/class="whisker"/gu)).toHaveLength(2);
  });
});
