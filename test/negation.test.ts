/** The shipped text models do not name what a text denies. */
import { describe, expect, test } from "vitest";
import { openTexts } from "../bench/quality/experts.ts";
import { readModel, shippedPath } from "../bench/quality/model-file.ts";
import { scoresOf, toEkman } from "../src/recognize/answer.ts";
import { contractFromModel } from "../src/recognize/contract-file.ts";

const DENIED = {
  "text-en": [
    ["I am so glad about the new flat.", "I am not glad about the new flat.", "joy"],
    ["My brother is terrified.", "My brother is not terrified at all.", "fear"],
    ["We enjoyed the show.", "We didn't enjoy the show.", "joy"],
  ],
  "text-zh": [
    ["听到这个我很高兴", "听到这个我并不高兴", "joy"],
    ["弟弟很生气", "弟弟没有生气", "anger"],
    ["大家都很伤心", "大家都不伤心", "sadness"],
  ],
} as const;

describe.each(["text-en", "text-zh"] as const)("%s", (id) => {
  test("names no emotion that is denied", async () => {
    const { text, close } = await openTexts();
    for (const [said, denied, emotion] of DENIED[id]) {
      const [before, after] = await text[id].opinions([said, denied]);
      if (!before || !after) throw new Error("no opinion");
      expect(scoresOf(before, toEkman)[0]?.label, said).toBe(emotion);
      expect(scoresOf(after, toEkman)[0]?.label, denied).not.toBe(emotion);
    }
    await close();
  });

  test("says in its contract how a denial is taken back", async () => {
    const { content } = await readModel(shippedPath(id));
    expect(contractFromModel(content)).toHaveProperty("negation.strength");
  });
});
