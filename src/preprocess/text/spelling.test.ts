import { describe, expect, test } from "vitest";
import { speller } from "./spelling.ts";
import { subwordTokenizer, trainSubwords } from "./subwords.ts";

const WORDS =
  "happy really because wonderful disappointed surprised terrible friend manage stirring strength angry".split(" ");
const texts = WORDS.flatMap((word) => Array.from({ length: 40 }, () => `${word} so`));
const mend = speller(subwordTokenizer(trainSubwords(texts, { vocabularySize: 600 })));

describe("slips of the keyboard", () => {
  test.each([
    ["I am hapy", "I am happy"],
    ["realy good", "really good"],
    ["becuase of it", "because of it"],
    ["wonderfull!", "wonderful!"],
    ["so dissapointed", "so dissapointed"],
    ["suprised", "surprised"],
    ["my freind", "my friend"],
    ["terribel", "terrible"],
    ["srength", "strength"],
  ])("%s → %s", (text, expected) => {
    expect(mend(text)).toBe(expected);
  });

  test.each(["Hapy", "#hapy", "@realy", "hapy2", "realy.com", "manages", "happier", "angr", "开心realy", "zzzzz", ""])(
    "%s stays",
    (text) => {
      expect(mend(text)).toBe(text);
    },
  );

  test("a word that is known stays, and a long text ends", () => {
    for (const word of WORDS) expect(mend(word)).toBe(word);
    expect(mend("hapy ".repeat(20_000))).toBe("happy ".repeat(20_000));
  });
});
