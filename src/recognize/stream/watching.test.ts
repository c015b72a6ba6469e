/** Which passes of a face model look at the faces of a stream. */
import { describe, expect, test } from "vitest";
import { tinyColumns, tinyFace } from "../../../test/support/tiny-models.ts";
import { faceExpert, picture, squareDetector } from "../../../test/support/tiny-recognizer.ts";
import { watching } from "./watching.ts";

const bright = picture({ x: 10, y: 10, width: 20, height: 20, grey: 255 });
const two = picture(
  { x: 10, y: 10, width: 20, height: 20, grey: 255 },
  { x: 50, y: 10, width: 20, height: 20, grey: 0 },
);

/** The passes of each frame, per face, of a model that has six. */
async function passesOf(frames: readonly { readonly timeMs: number; readonly faces?: 2 }[]) {
  const expert = await faceExpert(tinyFace());
  const asked: (readonly number[] | undefined)[][] = [];
  let track = 0;
  const eyes = watching(
    squareDetector,
    {
      ...expert,
      passes: 6,
      prepare(own, face, passes) {
        asked.at(-1)?.push(passes);
        return expert.prepare(
          own,
          face,
          passes?.map(() => 0),
        );
      },
    },
    (label) => label,
    () => ++track,
  );
  for (const { timeMs, faces } of frames) {
    asked.push([]);
    await eyes.see({ picture: faces === 2 ? two : bright, timeMs });
  }
  await expert.close();
  return asked;
}

describe("a face before a camera", () => {
  test("is looked at in all passes when it is new, then in one or two of each frame, which go round", async () => {
    const asked = await passesOf([0, 66, 133, 333, 533, 599].map((timeMs) => ({ timeMs })));
    expect(asked).toEqual([[[0, 1, 2, 3, 4, 5]], [[0]], [[1]], [[2, 3]], [[4, 5]], [[0]]]);
  });

  test("is looked at in all passes where frames are rare", async () => {
    const asked = await passesOf([0, 1_000].map((timeMs) => ({ timeMs })));
    expect(asked.map(([passes]) => passes)).toEqual([
      [0, 1, 2, 3, 4, 5],
      [0, 1, 2, 3, 4, 5],
    ]);
  });

  test("has a round of its own beside other faces", async () => {
    const asked = await passesOf([
      { timeMs: 0 },
      { timeMs: 100 },
      { timeMs: 200, faces: 2 },
      { timeMs: 300, faces: 2 },
    ]);
    expect(asked.slice(2)).toEqual([
      [[1], [0, 1, 2, 3, 4, 5]],
      [[2], [0]],
    ]);
  });
});

describe("further columns of a face before a camera", () => {
  /** Standardized 2 of the bright face, -2 of the dark one. */
  const dark = picture({ x: 10, y: 10, width: 20, height: 20, grey: 0 });
  const eyesOf = async (bytes: Uint8Array) => {
    let track = 0;
    return watching(
      squareDetector,
      await faceExpert(bytes),
      (label) => label,
      () => ++track,
    );
  };

  test("are smoothed as its scores are, and told with its evidence", async () => {
    const eyes = await eyesOf(tinyColumns(tinyFace()));
    const [first] = (await eyes.see({ picture: bright, timeMs: 0 })).faces;
    expect(first?.columns?.numbers?.["sentiment"]).toBeCloseTo(4.5, 5);
    const [second] = (await eyes.see({ picture: dark, timeMs: 700 })).faces;
    // A half-life later the first frame counts half, each by its quality, as among the scores.
    const share = (joy: readonly { label: string; score: number }[] = []) =>
      joy.find(({ label }) => label === "joy")?.score ?? 0;
    const [before, now] = [share(first?.scores), share(second?.scores)];
    const kept = (share(second?.smoothed) - now) / (before - now);
    expect(kept).toBeGreaterThan(0.1);
    expect(second?.columns?.numbers?.["sentiment"]).toBeCloseTo(kept * 4.5 + (1 - kept) * -3.5, 5);
    const [high, low] = second?.columns?.categories?.["intensity"] ?? [];
    expect((high?.score ?? 0) + (low?.score ?? 0)).toBeCloseTo(1, 6);
    const evidence = eyes.evidence(0, 0);
    expect(evidence).toMatchObject({ faces: [{ columns: { numbers: { sentiment: expect.closeTo(4.5, 5) } } }] });
  });

  test("are absent where the model has none", async () => {
    const [face] = (await (await eyesOf(tinyFace())).see({ picture: bright, timeMs: 0 })).faces;
    expect(face).toBeDefined();
    expect(face).not.toHaveProperty("columns");
  });
});
