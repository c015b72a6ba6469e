import { describe, expect, test } from "vitest";
import { tinyFace } from "../../test/support/tiny-models.ts";
import { faceExpert } from "../../test/support/tiny-recognizer.ts";
import type { Picture } from "../core/media.ts";
import { turnedPicture } from "../preprocess/face/turn.ts";
import { prepareFace, uprightCrop } from "./face-expert.ts";

const SIDE = 32;
const INPUT = {
  inputs: { pixels: "pixels" },
  size: 8,
  channels: 1,
  normalization: "standardize",
  cropMargin: 0.1,
  aligned: false,
  flipAverage: false,
} as const;

/** Grey levels without any symmetry. */
const STANDING: Picture = {
  data: Uint8Array.from({ length: SIDE * SIDE }, (_, at) => (at % SIDE) * 3 + Math.floor(at / SIDE) * 5),
  width: SIDE,
  height: SIDE,
  channels: 1,
};
const BOX = { x: 6, y: 6, width: 20, height: 20 };

/** A face in the middle whose right eye lies in this direction from the left one. */
function face(x: number, y: number) {
  const landmarks = [
    { x: 16 - 4 * x, y: 16 - 4 * y },
    { x: 16 + 4 * x, y: 16 + 4 * y },
  ];
  return { box: BOX, confidence: 0.9, landmarks };
}

describe("prepared for a network that knows faces that stand", () => {
  const standing = prepareFace(STANDING, face(1, 0), INPUT);

  test.each([
    ["a quarter clockwise", 1, 0, 1],
    ["on its head", 2, -1, 0],
    ["a quarter the other way", 3, 0, -1],
  ])("a face that lies %s is set up", (_way, quarters, x, y) => {
    const lying = prepareFace(turnedPicture(STANDING, quarters), face(x, y), INPUT);
    expect(lying.views).toEqual(standing.views);
  });

  test.each([-60, -30, 12, 45, 75, 130])("a face tilted by %s° is set up", (degrees) => {
    const side = 96;
    const angle = (degrees * Math.PI) / 180;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    // Brighter to the right and below, as the face itself has it, about the middle of the picture.
    const tilted = (turn: number): Picture => {
      const [c, s] = [Math.cos(turn), Math.sin(turn)];
      const data = Uint8Array.from({ length: side * side }, (_, at) => {
        const [x, y] = [(at % side) + 0.5 - side / 2, Math.floor(at / side) + 0.5 - side / 2];
        return 128 + 1.2 * (c * x + s * y) + 0.5 * (c * y - s * x);
      });
      return { data, width: side, height: side, channels: 1 };
    };
    // Not on whole pixels, as detectors give them.
    const box = { x: 28.3, y: 28.3, width: 39.4, height: 39.4 };
    const eyes = (x: number, y: number) => [
      { x: 48 - 8 * x, y: 48 - 8 * y },
      { x: 48 + 8 * x, y: 48 + 8 * y },
    ];
    const upright = prepareFace(tilted(0), { box, confidence: 0.9, landmarks: eyes(1, 0) }, INPUT);
    const face = { box, confidence: 0.9, landmarks: eyes(cos, sin) };
    const [view = []] = prepareFace(tilted(angle), face, INPUT).views;
    // Grey levels are whole numbers, and two are rounded: a level is 0.03 of the deviation; from side to side it is 3.2
    expect(view).toHaveLength(64);
    for (const [at, value] of view.entries()) {
      expect(Math.abs(value - (upright.views[0]?.[at] as number))).toBeLessThan(0.09);
    }
    const { corners } = uprightCrop(tilted(angle), face, INPUT);
    // Half the square is 23.64 pixels: its top left corner, turned with the face
    expect(corners[0].x).toBeCloseTo(48 - 23.64 * cos + 23.64 * sin, 6);
    expect(corners[0].y).toBeCloseTo(48 - 23.64 * sin - 23.64 * cos, 6);
    expect(corners[1].x).toBeCloseTo(48 + 23.64 * cos + 23.64 * sin, 6);
  });

  test("a face that stands, or whose points nobody knows, stays as it is", () => {
    const { landmarks: _landmarks, ...unknown } = face(1, 0);
    expect(prepareFace(STANDING, unknown, INPUT).views).toEqual(standing.views);
    // The picture is brighter below and on the right
    const [view] = standing.views;
    expect(view?.[0]).toBeLessThan(view?.at(-1) as number);
  });
});

test("a face less than a pixel wide is an error", () => {
  const nothing = { ...face(1, 0), box: { ...BOX, width: 0.4, height: 0.4 } };
  expect(() => prepareFace(STANDING, nothing, INPUT)).toThrowError(expect.objectContaining({ code: "shape" }));
});

test("the passes of a face, asked one by one, are the views and mirror images of the still face", async () => {
  const views = [
    { scale: 1, shiftX: 0, shiftY: 0 },
    { scale: 1.5, shiftX: 0.1, shiftY: 0 },
  ];
  const { inputs: _inputs, ...input } = INPUT;
  const bytes = tinyFace({ input: { ...input, inputs: { pixels: "pixels" }, flipAverage: true, views } });
  const expert = await faceExpert(bytes);
  expect(expert.passes).toBe(4);
  const still = expert.prepare(STANDING, face(1, 0));
  const single = [0, 1, 2, 3].map((pass) => expert.prepare(STANDING, face(1, 0), [pass]));
  expect([single[0]?.views[0], single[2]?.views[0]]).toEqual(still.views);
  // Pass 3 mirrors the view of pass 2, row by row
  const [plain, mirror] = [single[2], single[3]].map((one) => [...(one?.views[0] ?? [])]);
  for (let row = 0; row < 64; row += 8) {
    expect(mirror?.slice(row, row + 8)).toEqual(plain?.slice(row, row + 8).reverse());
  }
  const [whole] = await expert.opinions([still]);
  const [asked] = await expert.opinions([expert.prepare(STANDING, face(1, 0), [3, 0, 2, 1])]);
  const [half] = await expert.opinions([expert.prepare(STANDING, face(1, 0), [0])]);
  await expert.close();
  for (const [at, logit] of (whole?.logits ?? []).entries()) expect(asked?.logits[at]).toBeCloseTo(logit, 5);
  expect(half?.logits).not.toEqual(whole?.logits);
});
