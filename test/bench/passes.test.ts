/** The benchmark of the passes of a face: what it takes for all of them is what the expert itself makes of a picture. */
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Experts, openFaceAndSpeech } from "../../bench/quality/experts.ts";
import { answerTo, askPasses, streamed, together } from "../../bench/quality/passes/measure.ts";
import { portrait } from "../../src/cli/demo/photograph.ts";
import type { Picture } from "../../src/core/media.ts";
import type { Opinion } from "../../src/recognize/opinion.ts";

let experts: Pick<Experts, "face" | "close">;
let crop: Picture;

beforeAll(async () => {
  experts = await openFaceAndSpeech();
  const { data, info } = await sharp(await portrait())
    .resize(96, 96)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  crop = { data: new Uint8Array(data), width: info.width, height: info.height, channels: 3 };
});
afterAll(() => experts?.close());

test("passes asked one by one are together what the expert says of the picture", async () => {
  const { face } = experts;
  const [passes = []] = await askPasses(face, [crop]);
  expect(passes).toHaveLength(face.passes);
  const [whole] = await face.opinions([face.prepare(crop, null)]);
  for (const [at, value] of together(passes).logits.entries()) expect(value).toBeCloseTo(whole?.logits[at] ?? 0, 3);
});

test("a stream begins with the answer of all passes, and stays near it while the face stands still", async () => {
  const { face } = experts;
  const [passes] = (await askPasses(face, [crop])) as [readonly Opinion[]];
  const answer = answerTo(together(passes));
  expect(await streamed(face, passes, 20, [0, 2_000])).toEqual([answer, answer]);
});
