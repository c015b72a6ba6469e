/** An expert's opinion as the pool reads it. */
import type { PoolMember } from "../fuse/log-linear-pool.ts";
import { type AnswerLabel, answerOf } from "./answer.ts";
import type { Opinion } from "./opinion.ts";

export function poolMember(opinion: Opinion, rename: AnswerLabel): PoolMember {
  const { labels, probabilities, prior } = answerOf(opinion, rename);
  return {
    labels,
    logProbabilities: probabilities.map(Math.log),
    quality: opinion.quality,
    ...(prior === undefined ? {} : { prior }),
  };
}
