import { describe, expect, test } from "vitest";
import { tinyFace, tinyText } from "../../test/support/tiny-models.ts";
import { isPermissive } from "./choose-models.ts";
import { contractFromModel } from "./contract-file.ts";
import { describeMissing, missingFor, missingParts, noPart } from "./missing.ts";

const closed = { licence: { terms: "CC BY-NC 4.0", commercial: false } };
const of = (bytes: Uint8Array) => ({ contract: contractFromModel(bytes) });
const input = (language: string) => {
  const { contract } = of(tinyText());
  if (contract.modality !== "text") throw new Error("the tiny text model is none");
  return { ...contract.input, languages: [language] };
};

describe("what permissive terms leave out", () => {
  const english = of(tinyText({ id: "text-en", input: input("en") }));
  const chinese = of(tinyText({ id: "text-zh", input: input("zh"), ...closed }));
  const face = of(tinyFace({ id: "face", ...closed }));

  test("is a modality without a model, and a language that nobody reads", () => {
    expect(missingParts([english, chinese, face], { license: "permissive" })).toEqual([
      { modality: "text", model: "text-zh", terms: "CC BY-NC 4.0", languages: ["zh"] },
      { modality: "face", model: "face", terms: "CC BY-NC 4.0" },
    ]);
  });

  test("is nothing under any terms, or where another model stands in", () => {
    expect(missingParts([english, chinese, face], {})).toEqual([]);
    const other = of(tinyFace({ id: "face-permissive" }));
    expect(missingParts([face, other], { license: "permissive" })).toEqual([]);
  });

  test("is said with the model and its terms", () => {
    const [text, picture] = missingParts([chinese, face], { license: "permissive" });
    expect([text, picture].map((part) => part && describeMissing(part))).toEqual([
      "text in zh: text-zh is left out (terms: CC BY-NC 4.0)",
      "faces: face is left out (terms: CC BY-NC 4.0)",
    ]);
    expect(noPart("face model", "face", picture)).toMatchObject({
      code: "model",
      reason: expect.stringContaining("CC BY-NC 4.0"),
    });
  });

  test("is found for a text by its language", () => {
    const parts = missingParts([english, chinese, face], { license: "permissive" });
    expect(missingFor(parts, "text", "zh")?.model).toBe("text-zh");
    expect(missingFor(parts, "text", "en")).toBeUndefined();
    expect(missingFor(parts, "face")?.model).toBe("face");
    expect(missingFor(parts, "speech")).toBeUndefined();
  });
});

test("one restricted source is enough to restrict a model", () => {
  const sources = [{ name: "a", terms: "CC0-1.0", commercial: true }];
  expect(isPermissive(of(tinyFace({ sources })).contract)).toBe(true);
  expect(
    isPermissive(of(tinyFace({ sources: [...sources, { name: "b", terms: "research", commercial: false }] })).contract),
  ).toBe(false);
});
