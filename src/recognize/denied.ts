/**
 * What a text denies is no emotion that it shows: "I am not happy", 我不是不开心.
 *
 * A network that adds up words and n-grams reads "happy" in both. So it is asked about the denied words by themselves
 * as well, and what it sees in them is taken from what it says of the whole:
 *
 *     logits(text) −= strength · share^power · q / max(q),    logits(text)[neutral] += neutral · share^power
 *
 * where q are the probabilities of the emotions in the denied words (neutral left out) and share is the part of the text
 * that the denial is. What is denied twice counts as said: the whole takes on what the network says of those words, by the
 * share of the text that both denials are.
 *
 * Source of the scopes: Das & Chen (2001), Pang et al. (2002); of composing meaning along them: Moilanen & Pulman (2007),
 * "Sentiment Composition".
 */
import { denials } from "../preprocess/text/negation-scope.ts";
import type { Negation } from "./contract.ts";

/** A stretch of text with what it denies. */
export interface Clause {
  readonly text: string;
  /** `share`: of the clause, in [0, 1], that cue and scope are. */
  readonly denied: readonly { readonly share: number; readonly clause: Clause }[];
}

/** Denials within denials: 不是不开心 has two, more are hardly understood by people. */
const DEEPEST = 3;
/** A denial that takes back less is not worth a question, in logits. */
const LEAST_CHANGE = 0.05;
const SIZE = /\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{N}\p{M}'_])+/gu;

/** In words; a Chinese character counts as one. */
const sizeOf = (text: string): number => text.match(SIZE)?.length ?? 0;

/** @param text normalized */
export function readClause(text: string, negation: Negation, depth = 0): Clause {
  if (depth === DEEPEST) return { text, denied: [] };
  const found = denials(text);
  if (found.length === 0) return { text, denied: [] };
  const { reach, strength, power } = negation;
  const whole = Math.max(1, sizeOf(text));
  return {
    text,
    denied: found.flatMap(({ cue, scope, affirms }) => {
      const denied = text.slice(...scope);
      const size = sizeOf(denied);
      const share = Math.min(1, (size + sizeOf(text.slice(...cue))) / whole);
      if (size > reach || strength * share ** power < LEAST_CHANGE) return [];
      const clause = readClause(denied, negation, depth + 1);
      // Two denials in one: that of the scope is the whole of what the other denies.
      return [{ share, clause: affirms ? { text: denied, denied: [{ share: 1, clause }] } : clause }];
    }),
  };
}

/** All that has to be asked about: the clause itself, then what it denies; of what is denied twice, only those words. */
export function clausesIn(clause: Clause): Clause[] {
  const read = clause.denied.flatMap(({ clause: part }) =>
    part.denied.length > 0 ? part.denied.map((twice) => twice.clause) : [part],
  );
  return [clause, ...read.flatMap(clausesIn)];
}

/**
 * @param logitsOf what the network says of a clause by itself; undefined if it has no token
 * @param probabilitiesOf calibrated
 * @param neutral index of the label, -1 where there is none
 */
export function composed(
  clause: Clause,
  logitsOf: (clause: Clause) => Float32Array | undefined,
  probabilitiesOf: (logits: Float32Array) => Float64Array,
  neutral: number,
  negation: Negation,
): Float32Array | undefined {
  const own = logitsOf(clause);
  if (own === undefined || clause.denied.length === 0) return own;
  const logits = Float32Array.from(own);
  const read = (part: Clause) => composed(part, logitsOf, probabilitiesOf, neutral, negation);
  for (const { share, clause: part } of clause.denied) {
    if (part.denied.length > 0) {
      for (const twice of part.denied) affirm(logits, read(twice.clause), share * twice.share);
      continue;
    }
    const said = read(part);
    if (said === undefined) continue;
    const emotions = probabilitiesOf(said);
    if (neutral >= 0) {
      if (1 - (emotions[neutral] as number) < negation.least) continue;
      emotions[neutral] = 0;
    }
    const most = Math.max(...emotions);
    const weight = share ** negation.power;
    for (const [label, probability] of emotions.entries()) {
      const taken = (negation.strength * probability) / most;
      const change = label === neutral ? negation.neutral : -taken;
      logits[label] = (logits[label] as number) + weight * change;
    }
  }
  return logits;
}

/** Moves logits towards what is said, by a share in [0, 1]. */
function affirm(logits: Float32Array, said: Float32Array | undefined, share: number): void {
  if (said === undefined) return;
  for (const [label, own] of logits.entries()) logits[label] = own + share * ((said[label] as number) - own);
}
