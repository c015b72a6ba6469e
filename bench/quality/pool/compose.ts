/** Utterances of three channels, composed: opinions about a text, a face and a voice that have the same label. */
import type { Modality, PerModality } from "../../../src/core/modality.ts";
import { random } from "../../../src/core/random.ts";
import type { PoolRow } from "../../../src/fuse/fit-pool.ts";
import type { PoolMember } from "../../../src/fuse/log-linear-pool.ts";
import { toEkman } from "../../../src/recognize/answer.ts";
import type { Opinion } from "../../../src/recognize/opinion.ts";
import { poolMember } from "../../../src/recognize/pool-member.ts";

export interface Judged {
  readonly opinion: Opinion;
  readonly label: string;
}

const memberOf = (opinion: Opinion): PoolMember => poolMember(opinion, toEkman);

/**
 * The same number of rows per label, each channel drawn with replacement.
 *
 * @param places which of a channel's opinions are drawn depends on the seed alone, so that the same opinions under
 *   other conditions, in the same order, make the same rows
 */
export function composed(
  judged: Readonly<Record<Modality, readonly Judged[]>>,
  labels: readonly string[],
  perLabel: number,
  seed: number,
): PoolRow[] {
  const generator = random(seed);
  return labels.flatMap((truth) => {
    const of = (modality: Modality): readonly Judged[] => judged[modality].filter(({ label }) => label === truth);
    const [text, face, speech] = [of("text"), of("face"), of("speech")];
    if (text.length === 0 || face.length === 0 || speech.length === 0) return [];
    const draw = (from: readonly Judged[]): PoolMember =>
      memberOf((from[generator.integer(from.length)] as Judged).opinion);
    return Array.from({ length: perLabel }, (): PoolRow => {
      const members: PerModality<PoolMember> = { text: draw(text), face: draw(face), speech: draw(speech) };
      return { truth, members };
    });
  });
}
