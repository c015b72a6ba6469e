import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

const here = { languages: ["fr-FR", "zh-CN", "en"], prefersDark: true };

test("a first visit follows the browser: the first language that the app speaks, its theme, and this device", () => {
  expect(readSettings(null, here)).toEqual({ language: "zh", theme: "dark", place: "device" });
  expect(readSettings(null, { languages: ["fr"], prefersDark: false })).toMatchObject({
    language: "en",
    theme: "light",
  });
});

test("what was chosen before counts more", () => {
  const kept = JSON.stringify({ language: "en", theme: "light", place: "server" });
  expect(readSettings(kept, here)).toEqual({ language: "en", theme: "light", place: "server" });
});

test.each(["{", "null", "[]", '{"language":"xx","theme":3}'])("%s is not a choice", (kept) => {
  expect(readSettings(kept, here)).toEqual({ language: "zh", theme: "dark", place: "device" });
});
