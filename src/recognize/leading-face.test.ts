import { describe, expect, test } from "vitest";
import type { Picture } from "../core/media.ts";
import type { DetectedFace, DetectOptions, FaceDetector } from "./face-expert.ts";
import { largestFirst, leadingFace } from "./leading-face.ts";

const picture: Picture = { data: new Uint8Array(4), width: 2, height: 2, channels: 1 };

function faceAt(x: number, side = 10): DetectedFace {
  const box = { x, y: 0, width: side, height: side };
  return { box, tight: box, confidence: 0.9 };
}

/** Answers with these faces in turn, and writes down what it was asked. */
function scripted(everywhere: (readonly DetectedFace[])[], near: (DetectedFace | undefined)[] = []) {
  const asked: string[] = [];
  const detector: FaceDetector = {
    async detect(_picture, { finest, room }: DetectOptions = {}) {
      asked.push(room === false ? "glance" : `look ${finest}`);
      return everywhere.shift() ?? [];
    },
    async follow(_picture, tight) {
      asked.push(`follow ${tight.x}`);
      return near.shift();
    },
  };
  return { detector, asked };
}

async function play(detector: FaceDetector, count: number, periodMs = 200): Promise<(number | undefined)[]> {
  const next = leadingFace(detector);
  const found: (number | undefined)[] = [];
  for (let frame = 0; frame < count; frame++) {
    found.push((await next({ picture, timeMs: frame * periodMs }))?.box.x);
  }
  return found;
}

describe("the leading face of a film", () => {
  test("is looked for everywhere once a second and followed in between", async () => {
    const near = [1, 2, 3, 4, 5, 50, 51].map((x) => faceAt(x));
    const { detector, asked } = scripted([[faceAt(0)], [faceAt(49)]], near);
    expect(await play(detector, 7)).toEqual([1, 2, 3, 4, 5, 50, 51]);
    const first = ["look 512", "follow 0", "follow 1", "follow 2", "follow 3", "follow 4"];
    expect(asked).toEqual([...first, "look 512", "follow 49", "follow 50"]);
  });

  test("is looked for everywhere at once when it is lost", async () => {
    const { detector, asked } = scripted([[faceAt(0)], [faceAt(70)]], [faceAt(0), undefined, faceAt(71)]);
    expect(await play(detector, 2)).toEqual([0, 71]);
    expect(asked).toEqual(["look 512", "follow 0", "follow 0", "look 512", "follow 70"]);
  });

  test("that is not there is only glanced for until a second has passed", async () => {
    const { detector, asked } = scripted([]);
    expect(await play(detector, 6)).toEqual(Array(6).fill(undefined));
    expect(asked).toEqual(["look 512", "glance", "glance", "glance", "glance", "look 512"]);
  });

  test("is followed once a glance has found it", async () => {
    const { detector, asked } = scripted([[], [faceAt(7)]], [faceAt(8)]);
    expect(await play(detector, 3)).toEqual([undefined, 7, 8]);
    expect(asked).toEqual(["look 512", "glance", "follow 7"]);
  });

  test("is the one of the whole picture where the closer look does not see it", async () => {
    const { detector } = scripted([[faceAt(3)]]);
    expect(await play(detector, 1)).toEqual([3]);
  });

  test("is looked for in every frame that is a second from the last, or where the detector cannot follow", async () => {
    const slow = scripted([[faceAt(0)], [faceAt(1)]], [faceAt(0), faceAt(1)]);
    expect(await play(slow.detector, 2, 1000)).toEqual([0, 1]);
    const { detector, asked } = scripted([[faceAt(0)], [faceAt(1)], [faceAt(2)]]);
    expect(await play({ detect: detector.detect }, 3)).toEqual([0, 1, 2]);
    expect(asked).toEqual(["look 512", "look 512", "look 512"]);
  });
});

test("the largest face leads by its tight box, from brow to chin", () => {
  const small = { ...faceAt(0, 40), tight: { x: 0, y: 0, width: 5, height: 5 } };
  expect(largestFirst([small, faceAt(1, 10), faceAt(2, 20)]).map(({ box }) => box.x)).toEqual([2, 1, 0]);
});
