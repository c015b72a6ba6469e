/** Sentences made for choosing what a word of degree does: an emotion said, and the same said more or less strongly. @table */
import type { Emotion } from "../../../src/core/emotion.ts";
import { feelings } from "../negation/sentences.ts";

export interface GradedSentence {
  readonly said: string;
  readonly graded: string;
  readonly emotion: Emotion;
  readonly strength: "more" | "less";
}

/** `A` where the word stands; what is said, and how it is graded. */
type Frame = readonly [said: string, graded: string, strength: "more" | "less"];

const FRAMES: Readonly<Record<"en" | "zh", readonly Frame[]>> = {
  en: [
    ["We are A today.", "We are really A today.", "more"],
    ["She looks A to me.", "She looks absolutely A to me.", "more"],
    ["He was A about the news.", "He was incredibly A about the news.", "more"],
    ["They feel A.", "They feel very A.", "more"],
    ["My sister seems A.", "My sister seems utterly A.", "more"],
    ["Everybody here is A.", "Everybody here is so A.", "more"],
    ["I was A when I left, and then I went home.", "I was deeply A when I left, and then I went home.", "more"],
    ["We are A today.", "We are a bit A today.", "less"],
    ["She looks A to me.", "She looks slightly A to me.", "less"],
    ["He was A about the news.", "He was somewhat A about the news.", "less"],
    ["They feel A.", "They feel a little A.", "less"],
    ["My sister seems A.", "My sister seems kind of A.", "less"],
  ],
  zh: [
    ["今天我A。", "今天我特别A。", "more"],
    ["妈妈A。", "妈妈十分A。", "more"],
    ["他听了之后A。", "他听了之后极其A。", "more"],
    ["这件事让我A。", "这件事让我非常A。", "more"],
    ["老师现在A，我们都知道。", "老师现在相当A，我们都知道。", "more"],
    ["心里A。", "心里A极了。", "more"],
    ["今天我A。", "今天我有点A。", "less"],
    ["妈妈A。", "妈妈稍微A。", "less"],
    ["他听了之后A。", "他听了之后有些A。", "less"],
    ["这件事让我A。", "这件事让我略微A。", "less"],
  ],
};

export function gradedSentences(language: "en" | "zh"): GradedSentence[] {
  return feelings(language).flatMap(([emotion, words]) =>
    words.flatMap((word) =>
      FRAMES[language].map(([said, graded, strength]) => ({
        said: said.replace("A", word),
        graded: graded.replace("A", word),
        emotion,
        strength,
      })),
    ),
  );
}
