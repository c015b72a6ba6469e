import { afterEach, expect, test } from "vitest";
import { HELD_BYTES } from "../../train/bounded-reader.ts";
import { heldBytes } from "./held-bytes.ts";
import { nodeTrainingPorts } from "./training-ports.ts";

const { AFFEKT_MEMORY: own } = process.env;

afterEach(() => {
  if (own === undefined) delete process.env.AFFEKT_MEMORY;
  else process.env.AFFEKT_MEMORY = own;
});

test("a training holds as many megabytes as AFFEKT_MEMORY says, and 1024 without it", () => {
  process.env.AFFEKT_MEMORY = "64";
  expect(nodeTrainingPorts().heldBytes).toBe(64 * 1024 * 1024);
  process.env.AFFEKT_MEMORY = "";
  expect(nodeTrainingPorts().heldBytes).toBe(HELD_BYTES);
  delete process.env.AFFEKT_MEMORY;
  expect(nodeTrainingPorts().heldBytes).toBe(1024 * 1024 * 1024);
});

test.each(["2 GB", "0", "-5", "1.5", "1e3", "99999999999999999"])(
  "refuses %j megabytes, before anything is read",
  (value) => {
    process.env.AFFEKT_MEMORY = value;
    expect(() => nodeTrainingPorts()).toThrow(
      expect.objectContaining({
        code: "usage",
        message: `AFFEKT_MEMORY is "${value}"; expected a whole number of megabytes, at least 1.`,
        hint: "Set it to 4096 for 4 GB, or leave it out for 1024.",
      }) as Error,
    );
    expect(() => heldBytes()).toThrow("AFFEKT_MEMORY");
  },
);
