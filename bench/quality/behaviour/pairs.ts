/**
 * Pairs of texts in the manner of CheckList: what changes between the two, and what the answer must then do.
 *
 * Source: Ribeiro et al. (2020), "Beyond Accuracy: Behavioral Testing of NLP Models with CheckList", ACL.
 */
import { z } from "zod";
import { EMOTIONS } from "../../../src/core/emotion.ts";

const Label = z.enum(EMOTIONS);

/**
 * - `same`: both get the same label.
 * - `not`: the second does not get this label, and its score falls.
 * - `is`: the second gets this label.
 * - `higher`, `lower`: the label's score rises, or falls; from 0.95 on it need not rise any more.
 */
const Expectation = z.union([
  z.literal("same"),
  z.strictObject({ not: Label }),
  z.strictObject({ is: Label }),
  z.strictObject({ higher: Label }),
  z.strictObject({ lower: Label }),
]);

export type Expectation = z.infer<typeof Expectation>;

const Text = z.string().min(1);

export const Suite = z.strictObject({
  language: z.enum(["en", "zh"]),
  kinds: z.record(z.string(), z.array(z.tuple([Text, Text, Expectation])).min(1)),
});

export type Suite = z.infer<typeof Suite>;

/** Score by label; labels that the model lacks have none. */
export type Said = Readonly<Record<string, number>>;

/** So sure already that no more can be asked. */
const SATURATED = 0.95;

function topOf(said: Said): string {
  return Object.entries(said).reduce((best, entry) => (entry[1] > best[1] ? entry : best), ["", -1])[0];
}

/** @returns undefined where the model lacks the label, so that nothing can be expected of it */
export function passes(first: Said, second: Said, expectation: Expectation): boolean | undefined {
  if (expectation === "same") return topOf(first) === topOf(second);
  const [kind, label] = Object.entries(expectation)[0] as [string, string];
  const [before, after] = [first[label], second[label]];
  if (before === undefined || after === undefined) return undefined;
  switch (kind) {
    case "not":
      return topOf(second) !== label && after < before;
    case "is":
      return topOf(second) === label;
    case "higher":
      return after > before || after >= SATURATED;
    default:
      return after < before;
  }
}
