import { expect, test } from "vitest";
import { jsonMistake, notJson } from "./parse-json.ts";

test.each([
  ['{\n  "a": NaN\n}', { line: 2, column: 8, received: "NaN", expected: "a value" }],
  ['{"a": 1,}', { line: 1, column: 9, received: "}", expected: "a name in double quotes" }],
  ['{"a": 1\n"b": 2}', { line: 2, column: 1, received: '"b', expected: "a comma or the end" }],
  ["{'a': 1}", { line: 1, column: 2, received: "'", expected: "a name in double quotes, or }" }],
  ["[1, 01]", { line: 1, column: 5, received: "01", expected: "a value" }],
  ['{"a": [1, 2}', { line: 1, column: 12, received: "}", expected: "a comma or the end" }],
  ["{", { line: 1, column: 2, received: "the end of the file", expected: "a name in double quotes, or }" }],
  ['{"a":\u00a01}', { line: 1, column: 6, received: "the character U+00A0", expected: "a value" }],
  ["{} x", { line: 1, column: 4, received: "x", expected: "nothing more" }],
])("%j goes wrong at its place", (text, mistake) => {
  expect(() => JSON.parse(text)).toThrow(SyntaxError);
  expect(jsonMistake(text)).toEqual(mistake);
});

test.each(['{"a": [1, -2.5e+3, {}, [], "\\u00e9\\"", null, true]}\n', "0", '"x"', "[[[]]]"])(
  "%j has no mistake",
  (text) => {
    JSON.parse(text);
    expect(jsonMistake(text)).toBeUndefined();
  },
);

test("a line of a file that breaks off ends as a line", () => {
  expect(notJson('{"a": 1', { lines: false })).toBe(
    "is not JSON: column 8 has the end of the line; expected a comma or the end",
  );
});

test("what a line says is told by its kind, and what other languages write for a value as it stands", () => {
  const received = (text: string) => /has (.*);/u.exec(notJson(text, { lines: false }))?.[1];
  expect(['["a" "b"]', "[我]", "[012]", "[NaN]", "[,]"].map(received)).toEqual([
    "a text",
    "a word",
    "a number",
    "NaN",
    ",",
  ]);
});
