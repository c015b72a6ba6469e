/**
 * A word of degree moves no answer against its sense: what is said "extremely" is not less likely than what is just said,
 * and "a bit" not more likely.
 *
 * A network that adds up words learns of "extremely" whatever its texts were like. So it is asked about the text without the
 * words of degree as well. Where its answer with them goes the wrong way, in the emotion that it finds likeliest without,
 * the answer without counts, and is moved in their sense:
 *
 *     logits(text) = logits(text without) ± step · q / max(q)
 *
 * where q are the probabilities of the emotions in the text without (neutral left out).
 *
 * Source of the idea that degree is monotonic: Ribeiro et al. (2020), CheckList; of scaling by it: Taboada et al. (2011).
 */
import { degrees } from "../preprocess/text/degree-scope.ts";
import { denials } from "../preprocess/text/negation-scope.ts";
import type { Degree } from "./contract.ts";

/** A text without its words of degree, and which way they point. */
export interface WithoutDegree {
  readonly text: string;
  readonly strength: "more" | "less";
}

const WORD = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;

/**
 * @param text normalized
 * @returns undefined where no word of degree stands outside of what is denied, or where some point up and some down
 */
export function withoutDegree(text: string): WithoutDegree | undefined {
  const found = degrees(text);
  const [first] = found;
  if (first === undefined || found.some(({ strength }) => strength !== first.strength)) return undefined;
  const denied = denials(text);
  const own = found.filter(({ cue }) => !denied.some((one) => cue[0] < one.scope[1] && cue[1] > one.cue[0]));
  if (own.length === 0) return undefined;
  const kept = own.reduceRight((left, { cue: [start, end] }) => left.slice(0, start) + left.slice(end), text);
  return WORD.test(kept) ? { text: kept, strength: first.strength } : undefined;
}

/**
 * @param own logits of the text
 * @param plain logits of the text without its words of degree
 * @param probabilitiesOf calibrated
 * @param neutral index of the label, -1 where there is none
 */
export function inItsSense(
  own: Float32Array,
  plain: Float32Array,
  strength: WithoutDegree["strength"],
  probabilitiesOf: (logits: Float32Array) => Float64Array,
  neutral: number,
  degree: Degree,
): Float32Array {
  const said = probabilitiesOf(plain);
  const emotions = said.map((probability, label) => (label === neutral ? 0 : probability));
  const most = Math.max(...emotions);
  const label = emotions.indexOf(most);
  const [before, after] = [said[label] as number, probabilitiesOf(own)[label] as number];
  if (strength === "more" ? after > before : after < before) return own;
  const step = strength === "more" ? degree.more : -degree.less;
  return plain.map((logit, at) => logit + (step * (emotions[at] as number)) / most);
}
