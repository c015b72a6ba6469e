import { expect, test } from "vitest";
import { decodeInputs, encodeInputs } from "./inputs-codec.ts";
import { createSeal } from "./seal.ts";

const SECRET = "a secret of tests that is 32 long";
const inputs = { text: "开心 😀", image: Uint8Array.of(1, 2, 3), audio: new Uint8Array(0) };

test("inputs come back from their bytes as they were", () => {
  expect(decodeInputs(encodeInputs(inputs))).toEqual(inputs);
  expect(decodeInputs(encodeInputs({ text: "" }))).toEqual({ text: "" });
});

test("a sealed input shows nothing, and opens under its own id and secret only", () => {
  const seal = createSeal(SECRET);
  const plain = encodeInputs(inputs);
  const sealed = seal.close("a", plain);
  expect(Buffer.from(sealed).includes("开心")).toBe(false);
  expect(seal.open("a", sealed)).toEqual(plain);
  expect(seal.close("a", plain)).not.toEqual(sealed);
  const changed = sealed.slice();
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  for (const wrong of [changed, sealed.slice(0, 20), new Uint8Array(0), Uint8Array.of(2, ...sealed.slice(1))]) {
    expect(() => seal.open("a", wrong)).toThrow("cannot be opened");
  }
  expect(() => seal.open("b", sealed)).toThrow("cannot be opened");
  expect(() => createSeal(SECRET.replace("a", "b")).open("a", sealed)).toThrow("cannot be opened");
});
