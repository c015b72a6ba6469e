import { expect, test } from "vitest";
import { createHashIndex } from "./hash-index.ts";

test("gives back what was set, keeps what was first, and knows what it never saw", () => {
  const index = createHashIndex();
  expect(index.get("anger")).toBe(-1);
  expect(index.add("anger", 0)).toBe(-1);
  expect(index.add("anger", 7)).toBe(0);
  index.set("joy", 3);
  index.set("joy", 4);
  expect([index.get("anger"), index.get("joy"), index.get("Joy"), index.get("")]).toEqual([0, 4, -1, -1]);
  expect(index.size).toBe(2);
});

test("a hundred thousand keys that hardly differ stay apart while the table grows", () => {
  const index = createHashIndex();
  const key = (number: number) => (number % 2 === 0 ? `utterance-${number}` : `愤怒${number}\u0000`);
  let mistaken = 0;
  for (let number = 0; number < 100_000; number++) if (index.add(key(number), number) !== -1) mistaken++;
  expect(mistaken).toBe(0);
  expect(index.size).toBe(100_000);
  for (let number = 0; number < 100_000; number += 97) expect(index.get(key(number))).toBe(number);
});

test("texts of the same letters in another order are other texts", () => {
  const index = createHashIndex();
  const letters = ["a", "b", "c", "d", "e", "f", "g"];
  const words: string[] = [];
  const spell = (word: string, rest: readonly string[]): void => {
    if (rest.length === 0) words.push(word);
    for (const letter of rest)
      spell(
        word + letter,
        rest.filter((other) => other !== letter),
      );
  };
  spell("", letters);
  for (const [at, word] of words.entries()) index.set(word, at);
  // 7! orders
  expect(index.size).toBe(5040);
});
