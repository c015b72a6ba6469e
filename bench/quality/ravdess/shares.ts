/** How much each member of a pool counts: the shares that make the right labels most likely. */
import { argmax } from "../../../src/metrics/argmax.ts";
import { uar } from "../../../src/metrics/uar.ts";
import { fitTemperature, negativeLogLikelihood } from "../../../src/recognize/calibrate.ts";

/** Shares are multiples of 1 / STEPS. */
const STEPS = 10;

export interface Answer {
  readonly subject: string;
  readonly label: number;
  /** Of each member. */
  readonly logits: readonly Float32Array[];
}

/** `[rows, labels]` of the weighted sum of the members, and the right labels. */
export function summed(
  answers: readonly Answer[],
  weights: readonly number[],
): { logits: Float32Array; truth: Int32Array } {
  const classes = answers[0]?.logits[0]?.length ?? 0;
  const logits = new Float32Array(answers.length * classes);
  for (const [row, answer] of answers.entries()) {
    for (const [index, own] of answer.logits.entries()) {
      for (const [at, value] of own.entries()) logits[row * classes + at]! += (weights[index] as number) * value;
    }
  }
  return { logits, truth: Int32Array.from(answers, ({ label }) => label) };
}

/** All shares of so many members that sum to 1. */
function simplex(members: number, left = STEPS): number[][] {
  if (members === 1) return [[left / STEPS]];
  return Array.from({ length: left + 1 }, (_, own) => own).flatMap((own) =>
    simplex(members - 1, left - own).map((rest) => [own / STEPS, ...rest]),
  );
}

export interface Choice {
  readonly shares: readonly number[];
  /** Factors of the members' logits: share / temperature of the member. */
  readonly weights: readonly number[];
  readonly uar: number;
  readonly loss: number;
}

/** The shares with the smallest mean of −log p of the true label, each after its best temperature. */
export function choose(answers: readonly Answer[]): { best: Choice; alone: readonly Choice[] } {
  const count = answers[0]?.logits.length ?? 0;
  const classes = answers[0]?.logits[0]?.length ?? 0;
  const temperatures = Array.from({ length: count }, (_, member) => {
    const { logits, truth } = summed(
      answers,
      Array.from({ length: count }, (_one, at) => Number(at === member)),
    );
    return fitTemperature(logits, truth);
  });
  const tried = simplex(count).map((shares): Choice => {
    const weights = shares.map((share, member) => share / (temperatures[member] as number));
    const { logits, truth } = summed(answers, weights);
    const loss = negativeLogLikelihood(logits, truth, fitTemperature(logits, truth));
    return { shares, weights, loss, uar: uar(truth, argmax(logits, classes)) };
  });
  return {
    best: tried.reduce((a, b) => (b.loss < a.loss ? b : a)),
    alone: tried.filter(({ shares }) => shares.includes(1)),
  };
}

export const told = ({ shares, uar: value, loss }: Choice): string =>
  `${shares.join("/")}: UAR ${value.toFixed(3)}, loss ${loss.toFixed(3)}`;
