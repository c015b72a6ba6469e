/** The behaviour suite as a page: what each kind asks, an example, and how often it is met. */
import { markdownTable, percent } from "../markdown.ts";
import type { BehaviourResults } from "../results.ts";
import type { Suite } from "./pairs.ts";

const ASKS: Readonly<Record<string, string>> = {
  negation: "what is denied is not named, and its score falls",
  "double negation": "what is denied twice is named, or its opposite's score falls",
  intensifiers: "the score of what is said more strongly rises",
  diminishers: "the score of what is said more weakly falls",
  names: "another name or place changes nothing",
  pronouns: "another pronoun or sex changes nothing",
  emoji: "the score of what the emoji shows rises",
  elongations: "stretched words and signs change nothing",
  typos: "a slip, a homophone changes nothing",
  "sarcasm marks": "the score of joy falls",
  writing: "case, blanks, width and script change nothing",
};

export function behaviourPage({ kinds }: BehaviourResults, suites: readonly Suite[]): string {
  const names = [...new Set(kinds.map(({ kind }) => kind))];
  const cell = (kind: string, language: string): string => {
    const found = kinds.find((one) => one.kind === kind && one.language === language);
    if (found === undefined) return "–";
    const { rows, share, low, high } = found;
    return `${percent(share)} of ${rows} (${percent(low)}–${percent(high)})`;
  };
  const total = (language: string): string => {
    const own = kinds.filter((one) => one.language === language);
    const rows = own.reduce((sum, one) => sum + one.rows, 0);
    const passed = own.reduce((sum, one) => sum + Math.round(one.share * one.rows), 0);
    return `**${percent(passed / rows)}** of ${rows}`;
  };
  const example = (kind: string): string => {
    const [first, second] = suites[0]?.kinds[kind]?.[0] ?? [];
    return first === undefined ? "" : `“${first}” → “${second}”`;
  };
  return [
    "# Behaviour of the text models",
    "",
    "Written by `npm run bench -- behaviour --write`. Pairs of texts written by hand in the manner of CheckList (Ribeiro et al.",
    "2020): one thing changes, and the answer has to do what the change asks for. None of them was used for training or for a",
    "choice. [English pairs](../../bench/quality/behaviour/en.json), [Chinese pairs](../../bench/quality/behaviour/zh.json).",
    "",
    markdownTable(
      ["Kind", "Asks that", "Example", "text-en passes", "text-zh passes"],
      [
        ...names.map((kind) => [kind, ASKS[kind] ?? "", example(kind), cell(kind, "en"), cell(kind, "zh")]),
        ["all", "", "", total("en"), total("zh")],
      ],
    ),
    "",
    "How a denial is taken back ([how](../answers.md#what-a-text-denies)) was developed on made sentences; this suite's rates were",
    "looked at about half a dozen times meanwhile, and that what is denied twice counts as said came after one of these looks. Its sentences were",
    "not looked at, but for the examples above. Words of degree, slips of the keyboard and denials such as 怎能不 came later, developed on",
    "sentences of their own; this suite was then asked once.",
    "",
    "In brackets: 95 % intervals (Wilson). Pairs about an emotion that a model has no class for do not count.",
    "`--show KIND` prints what failed.",
    "",
  ].join("\n");
}
