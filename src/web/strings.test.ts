import { describe, expect, test } from "vitest";
import { EMOTIONS } from "../core/emotion.ts";
import { MODALITIES, MODALITY_NAMES } from "../core/modality.ts";
import { type Key, LANGUAGES, STRINGS, translate } from "./strings.ts";

const keys = Object.keys(STRINGS) as Key[];
const holes = (text: string): string[] => (text.match(/\{\w+\}/gu) ?? []).sort();

describe("the words of the web app", () => {
  test.each(LANGUAGES)("are there for every key in %s", (language) => {
    expect(keys.length).toBeGreaterThan(100);
    expect(keys.filter((key) => STRINGS[key][language].trim() === "")).toEqual([]);
  });

  test("take the same values in every language", () => {
    const odd = keys.filter((key) => holes(STRINGS[key].en).join() !== holes(STRINGS[key].zh).join());
    expect(odd).toEqual([]);
  });

  test("name every emotion and every modality", () => {
    const wanted = [...EMOTIONS.map((label) => `emotion.${label}`), ...MODALITIES.map((one) => `modality.${one}`)];
    expect(wanted.filter((key) => !(key in STRINGS))).toEqual([]);
  });

  test("are Chinese where Chinese is due, and are not where it is not", () => {
    const han = /\p{Script=Han}/u;
    // The switch of language is written in the other one.
    const own = keys.filter((key) => !key.startsWith("settings.language"));
    expect(own.filter((key) => han.test(STRINGS[key].en))).toEqual([]);
    expect(own.filter((key) => !han.test(STRINGS[key].zh))).toEqual([]);
  });

  test("call a face in Chinese what reports call it, but for the reader's own", () => {
    expect(STRINGS["modality.face"].zh).toBe(MODALITY_NAMES.face.zh);
    expect(keys.filter((key) => /面部(?!表情)|(?<!您的)面孔/u.test(STRINGS[key].zh))).toEqual([]);
  });

  test("never say that somebody feels something, but in the line that says it is not known", () => {
    const claims = keys.filter((key) => /\bfeel(s|ing|ings)?\b/iu.test(STRINGS[key].en));
    expect(claims).toEqual(["app.limits"]);
  });
});

test("values are filled in; a value that is not given stays visible", () => {
  expect(translate("en", "files.working", { done: 1, all: 3 })).toBe("1 of 3 done");
  expect(translate("zh", "result.confidence", { percent: "80%" })).toBe("把握 80%");
  expect(translate("en", "files.working", { done: 1 })).toBe("1 of {all} done");
});
