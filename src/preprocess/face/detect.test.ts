import { expect, test } from "vitest";
import type { Picture } from "../../core/media.ts";
import type { Session } from "../../core/ports.ts";
import type { Tensor } from "../../core/tensor.ts";
import { decodeFaces, overlap, suppress } from "./blazeface.ts";
import { faceDetector } from "./detect.ts";

const NO_FACE = -20;

/** Stands for BlazeFace: sees a face as large as `size` input pixels about every input pixel that is pure red. */
function redFinder(size: number, logit: number, looks: number[][] = []): Session {
  return {
    inputs: ["input"],
    outputs: ["scores16", "boxes16", "scores32", "boxes32"],
    async run({ input }) {
      const { dims, data } = input as Extract<Tensor, { type: "float32" }>;
      const [, , height = 0, width = 0] = dims;
      looks.push([width, height]);
      const area = width * height;
      const scores16 = new Float32Array((area / 256) * 2).fill(NO_FACE);
      const boxes16 = new Float32Array((area / 256) * 32);
      for (let at = 0; at < area; at++) {
        if (!((data[at] as number) > 0.9 && (data[area + at] as number) < -0.9)) continue;
        const [x, y] = [at % width, Math.floor(at / width)];
        const [column, row] = [Math.floor(x / 16), Math.floor(y / 16)];
        const anchor = (row * (width / 16) + column) * 2;
        scores16[anchor] = logit;
        const [dx, dy] = [x + 0.5 - (column + 0.5) * 16, y + 0.5 - (row + 0.5) * 16];
        boxes16.set([dx, dy, size, size, ...Array.from({ length: 6 }, () => [dx, dy]).flat()], anchor * 16);
      }
      const tensor = (values: Float32Array): Tensor => ({ type: "float32", dims: [values.length], data: values });
      return {
        scores16: tensor(scores16),
        boxes16: tensor(boxes16),
        scores32: tensor(new Float32Array((area / 1024) * 6).fill(NO_FACE)),
        boxes32: tensor(new Float32Array((area / 1024) * 96)),
      };
    },
    release: async () => {},
  };
}

/** Stands for the mesh: says yes where the upper half of the crop is brighter in blue than the lower one. */
const blueAbove: Session = {
  inputs: ["input"],
  outputs: ["face"],
  async run({ input }) {
    const data = input?.data as Float32Array;
    const blue = data.subarray(2 * 192 * 192);
    const half = blue.length / 2;
    const sum = (from: number): number => blue.subarray(from, from + half).reduce((total, value) => total + value, 0);
    return { face: { type: "float32", dims: [1, 1], data: Float32Array.of(sum(0) > sum(half) ? 1 : 0) } };
  },
  release: async () => {},
};

/** Black, with a red dot at the centre and blue on the side where the forehead is. */
function scene(width: number, height: number, up: "top" | "left", dot = 1): Picture {
  const data = new Uint8Array(width * height * 3);
  const [cx, cy] = [width >> 1, height >> 1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      if (up === "top" ? y < cy - dot : x < cx - dot) data[at + 2] = 255;
      if (Math.abs(x - cx) < dot && Math.abs(y - cy) < dot) data.set([255, 0, 0], at);
    }
  }
  return { data, width, height, channels: 3 };
}

test("boxes are decoded about their anchors, at both strides", () => {
  const boxes = new Float32Array(2 * 2 * 2 * 16);
  // Second anchor of the cell at row 1, column 0: centre (8, 24)
  boxes.set([1, -2, 10, 20, 3, 4], (2 * 2 + 1) * 16);
  const scores = new Float32Array(8).fill(NO_FACE);
  scores[5] = 0;
  const [face, ...others] = decodeFaces([{ stride: 16, rows: 2, columns: 2, scores, boxes }], 0.4);
  expect(others).toEqual([]);
  expect(face).toMatchObject({ confidence: 0.5, box: { x: 4, y: 12, width: 10, height: 20 } });
  expect(face?.landmarks[0]).toEqual({ x: 11, y: 28 });
});

test("two squares that share a half overlap by a third, and the more confident one is kept", () => {
  const a = { box: { x: 0, y: 0, width: 2, height: 2 }, landmarks: [], confidence: 0.6 };
  const b = { box: { x: 1, y: 0, width: 2, height: 2 }, landmarks: [], confidence: 0.9 };
  expect(overlap(a.box, b.box)).toBeCloseTo(1 / 3, 12);
  expect(suppress([a, b], 0.3)).toEqual([b]);
  expect(suppress([a, b], 0.4)).toEqual([b, a]);
});

test("a large face costs one look, and its box is in pixels of the picture", async () => {
  const looks: number[][] = [];
  const detector = faceDetector({ detector: redFinder(64, 5, looks), verifier: blueAbove });
  const [face, ...others] = await detector.detect(scene(512, 384, "top", 4));
  expect(others).toEqual([]);
  expect(looks).toEqual([[256, 256]]);
  expect(face?.confidence).toBeCloseTo(1 / (1 + Math.exp(-5)), 6);
  // 64 input pixels are 128 across and 96 down; the square about the head is 128 · 1.4
  expect(face?.tight.width).toBeCloseTo(128, 6);
  expect(face?.tight.height).toBeCloseTo(96, 6);
  expect(face?.box.width).toBeCloseTo(179.2, 6);
  expect(Math.abs((face?.landmarks[0]?.x ?? 0) - 256)).toBeLessThanOrEqual(3);
});

test("a face of a wide picture is looked at once more undistorted, so that its box is not as wide as the picture", async () => {
  const looks: number[][] = [];
  const detector = faceDetector({ detector: redFinder(64, 5, looks), verifier: blueAbove });
  const [face, ...others] = await detector.detect(scene(600, 400, "top", 4));
  expect(others).toEqual([]);
  expect(looks).toEqual([
    [256, 256],
    [160, 160],
  ]);
  // 64 of 256 input pixels are 150 across and 100 down; of the same area is a square of √15000 = 122.47, and 64 of the
  // closer look's 160 input pixels are as much again, with three quarters of it on each side
  expect(face?.tight.width).toBeCloseTo(122.474, 3);
  expect(face?.tight.height).toBeCloseTo(122.474, 3);
  expect(Math.abs((face?.landmarks[0]?.x ?? 0) - 300)).toBeLessThanOrEqual(4);
  expect(Math.abs((face?.landmarks[0]?.y ?? 0) - 200)).toBeLessThanOrEqual(4);
});

test("an even look keeps the picture's proportions, and needs no other", async () => {
  const looks: number[][] = [];
  const detector = faceDetector({ detector: redFinder(64, 5, looks), verifier: blueAbove });
  const [face, ...others] = await detector.detect(scene(640, 360, "top", 4), { even: true });
  expect(others).toEqual([]);
  // 144 rows of 2.5 pixels, up to the next 32
  expect(looks).toEqual([[256, 160]]);
  // 64 input pixels are 160, across as well as down
  expect(face?.tight.width).toBeCloseTo(160, 6);
  expect(face?.tight.height).toBeCloseTo(160, 6);
  expect(Math.abs((face?.landmarks[0]?.x ?? 0) - 320)).toBeLessThanOrEqual(4);
  expect(Math.abs((face?.landmarks[0]?.y ?? 0) - 180)).toBeLessThanOrEqual(4);
});

test("a face of a wide picture that a closer look does not see stays as it was found", async () => {
  const finder = redFinder(64, 5);
  const nearsighted: Session = {
    ...finder,
    async run(feeds) {
      const input = feeds["input"] as Extract<Tensor, { type: "float32" }>;
      const blind = { ...input, data: new Float32Array(input.data.length) };
      return finder.run({ input: input.dims[2] === 160 ? blind : input });
    },
  };
  const detector = faceDetector({ detector: nearsighted, verifier: blueAbove });
  const [face] = await detector.detect(scene(600, 400, "top", 4));
  expect([face?.tight.width, face?.tight.height]).toEqual([expect.closeTo(150, 6), expect.closeTo(100, 6)]);
});

test("boxes are cut at the picture's edges", async () => {
  const detector = faceDetector({ detector: redFinder(250, 5), verifier: blueAbove });
  const [face] = await detector.detect(scene(256, 256, "top", 2));
  expect(face?.box).toEqual({ x: 0, y: 0, width: 256, height: 256 });
});

test("a small face makes it look again at a finer size", async () => {
  const looks: number[][] = [];
  const detector = faceDetector({ detector: redFinder(16, 5, looks), verifier: blueAbove });
  const picture = scene(640, 480, "top", 4);
  expect(await detector.detect(picture)).toHaveLength(1);
  expect(looks).toEqual([
    [256, 256],
    [512, 384],
  ]);
  looks.length = 0;
  await detector.detect(picture, { finest: 256 });
  expect(looks).toEqual([[256, 256]]);
});

test("a lying face is found by a quarter turn, and its points are where they are in the picture", async () => {
  const looks: number[][] = [];
  const detector = faceDetector({ detector: redFinder(64, 5, looks), verifier: blueAbove });
  const picture = scene(200, 100, "left", 3);
  const faces = await detector.detect(picture);
  expect(faces).toHaveLength(1);
  expect(Math.abs((faces[0]?.landmarks[0]?.x ?? 0) - 100)).toBeLessThanOrEqual(3);
  expect(Math.abs((faces[0]?.landmarks[0]?.y ?? 0) - 50)).toBeLessThanOrEqual(3);
  expect(await detector.detect(picture, { turns: false })).toEqual([]);
});

test("a face that fills the picture is found with room around it", async () => {
  const finder = redFinder(64, 5);
  const timid: Session = {
    ...finder,
    // Finds nothing unless the corner of what it sees is black
    run: async (feeds) => {
      const input = feeds["input"] as Extract<Tensor, { type: "float32" }>;
      const bordered = [0, 1, 2].every((plane) => (input.data[(plane * input.data.length) / 3] as number) === -1);
      return finder.run({ input: bordered ? input : { ...input, data: new Float32Array(input.data.length) } });
    },
  };
  const detector = faceDetector({ detector: timid, verifier: blueAbove });
  const [face] = await detector.detect(scene(100, 100, "top", 3));
  expect(Math.abs((face?.landmarks[0]?.x ?? 0) - 50)).toBeLessThanOrEqual(3);
  // 64 of 256 input pixels, over a picture with 30 % room on each side
  expect(face?.tight.width).toBeCloseTo((64 / 256) * 160, 6);
});

test("what the mesh does not confirm is no face", async () => {
  const never: Session = {
    ...blueAbove,
    run: async () => ({ face: { type: "float32", dims: [1, 1], data: Float32Array.of(0.7) } }),
  };
  const detector = faceDetector({ detector: redFinder(64, 5), verifier: never });
  expect(await detector.detect(scene(256, 256, "top", 2))).toEqual([]);
});

test("a face is followed by one small look about where it was, and one elsewhere is not taken for it", async () => {
  const looks: number[][] = [];
  const detector = faceDetector({ detector: redFinder(64, 5, looks), verifier: blueAbove });
  const picture = scene(640, 480, "top", 4);
  const face = await detector.follow(picture, { x: 270, y: 200, width: 80, height: 80 });
  expect(looks).toEqual([[160, 160]]);
  // 64 of 160 input pixels, over the box with three quarters of its width on each side
  expect(face?.tight.width).toBeCloseTo((64 / 160) * 200, 6);
  expect(Math.abs((face?.landmarks[0]?.x ?? 0) - 320)).toBeLessThanOrEqual(4);
  expect(Math.abs((face?.landmarks[0]?.y ?? 0) - 240)).toBeLessThanOrEqual(4);
  expect(await detector.follow(picture, { x: 230, y: 150, width: 60, height: 60 })).toBeUndefined();
  expect(await detector.follow(picture, { x: 20, y: 20, width: 80, height: 80 })).toBeUndefined();
});

test("an unsure find near where a face was is shown to the mesh", async () => {
  const box = { x: 280, y: 200, width: 80, height: 80 };
  const unsure = faceDetector({ detector: redFinder(64, 1), verifier: blueAbove });
  expect(await unsure.follow(scene(640, 480, "top", 4), box)).toBeDefined();
  expect(await unsure.follow(scene(640, 480, "left", 4), box)).toBeUndefined();
});
