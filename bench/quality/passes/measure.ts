/** Answers of a face expert to still faces, by the passes that it looks in, and along a stream of the same still face. */

import { EMOTIONS } from "../../../src/core/emotion.ts";
import type { Picture } from "../../../src/core/media.ts";
import type { Scores } from "../../../src/core/prediction.ts";
import { scoresOf, toEkman } from "../../../src/recognize/answer.ts";
import type { FaceExpert, PreparedFace } from "../../../src/recognize/face-expert.ts";
import type { Opinion } from "../../../src/recognize/opinion.ts";
import { watching } from "../../../src/recognize/stream/watching.ts";

/** Faces asked about at once. */
const BATCH = 64;

/** By face and pass. */
export type PassOpinions = readonly (readonly Opinion[])[];

/** Every pass of every face, each by itself. */
export async function askPasses(expert: FaceExpert, faces: readonly Picture[]): Promise<PassOpinions> {
  const found: Opinion[][] = [];
  for (let from = 0; from < faces.length; from += BATCH) {
    const batch = faces.slice(from, from + BATCH);
    const passes = Array.from({ length: expert.passes }, (_, pass) => pass);
    const prepared = batch.flatMap((face) => passes.map((pass) => expert.prepare(face, null, [pass])));
    const opinions = await expert.opinions(prepared);
    for (const at of batch.keys()) found.push(opinions.slice(at * expert.passes, (at + 1) * expert.passes));
  }
  return found;
}

/** The opinion of some passes together, as the expert itself averages them. */
export function together(opinions: readonly Opinion[]): Opinion {
  const [first] = opinions as [Opinion, ...Opinion[]];
  const logits = first.logits.map(
    (_, at) => opinions.reduce((sum, own) => sum + (own.logits[at] as number), 0) / opinions.length,
  );
  return { ...first, logits };
}

/** Which of the seven emotions has the highest score. */
export function topOf(scores: Scores): number {
  return (EMOTIONS as readonly string[]).indexOf(scores[0]?.label ?? "");
}

/** What a still answer says. */
export const answerTo = (opinion: Opinion): number => topOf(scoresOf(opinion, toEkman));

/** The passes that stand for a face until the expert is asked. */
type Held = PreparedFace & { readonly held: Opinion };

/**
 * The smoothed answer of a live stream before which this face stands still.
 *
 * @param passes of the face, each by itself
 * @param fps frames a second
 * @param atMs when it is looked at
 */
export async function streamed(
  expert: FaceExpert,
  passes: readonly Opinion[],
  fps: number,
  atMs: readonly number[],
): Promise<number[]> {
  const blank: Picture = { data: new Uint8Array(3), width: 1, height: 1, channels: 3 };
  const face = { box: { x: 0, y: 0, width: 1, height: 1 }, confidence: 1 };
  let tracks = 0;
  const watch = watching(
    { detect: async () => [face], follow: async () => face },
    {
      ...expert,
      prepare(_picture, _face, wanted = [...passes.keys()]): Held {
        const held = together(wanted.map((pass) => passes[pass] as Opinion));
        return { views: [], quality: held.quality, held };
      },
      opinions: async (prepared) => prepared.map((one) => (one as Held).held),
    },
    toEkman,
    () => ++tracks,
  );
  const answers: number[] = [];
  for (let frame = 0; answers.length < atMs.length; frame++) {
    const timeMs = (1000 * frame) / fps;
    const { faces } = await watch.see({ picture: blank, timeMs });
    if (timeMs >= (atMs[answers.length] as number)) answers.push(topOf(faces[0]?.smoothed ?? []));
  }
  return answers;
}
