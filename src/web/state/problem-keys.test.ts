import { describe, expect, test } from "vitest";
import { ERROR_CODES } from "../../core/errors.ts";
import { ABSTAIN_CODES } from "../../core/prediction.ts";
import { PROBLEMS } from "../../data/row.ts";
import { type Key, LANGUAGES, STRINGS } from "../strings.ts";
import { problemKeys } from "./problem-keys.ts";

/** The sentences of these keys; a key that is not there has none. */
function sentences(keys: readonly (Key | undefined)[], language: (typeof LANGUAGES)[number]): (string | undefined)[] {
  return keys.map((key) => (key === undefined ? undefined : STRINGS[key]?.[language]));
}

describe.each(LANGUAGES)("in %s", (language) => {
  test("every code of an error has a sentence of its own, and says what can be done", () => {
    const told = sentences(
      ERROR_CODES.map((code) => problemKeys(code)?.[0]),
      language,
    );
    expect(new Set(told).size).toBe(ERROR_CODES.length);
    expect(told).not.toContain(undefined);
    const hints = sentences(
      ERROR_CODES.map((code) => problemKeys(code)?.[1]),
      language,
    );
    expect(hints).not.toContain(undefined);
  });

  test("every reason to name no label has a sentence of its own that names the closest one", () => {
    const told = sentences(
      ABSTAIN_CODES.map((code) => `abstain.${code}` as const),
      language,
    );
    expect(new Set(told).size).toBe(ABSTAIN_CODES.length);
    expect(told.filter((text) => text?.includes("{label}") !== true)).toEqual([]);
  });

  test("everything that can be wrong with a row of examples has words", () => {
    const told = sentences(
      PROBLEMS.map((code) => `row.${code}` as const),
      language,
    );
    expect(new Set(told).size).toBe(PROBLEMS.length);
    expect(told).not.toContain(undefined);
  });
});

test.each(["NotReadableError", "AbortError"])("a device that cannot be used now (%s) has words", (name) => {
  expect(problemKeys(name)).toEqual(["error.busyDevice", "error.busyDeviceHint"]);
});

test("an error of the browser that nobody foresaw keeps its own words", () => {
  expect(problemKeys("NotAllowedError")?.[0]).toBe("error.denied");
  expect(problemKeys("QuotaExceededError")).toBeUndefined();
});
