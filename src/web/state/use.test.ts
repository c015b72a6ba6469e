import { describe, expect, test } from "vitest";
import type { Scenario } from "../../scenario/scenario.ts";
import { chosenUse, NO_USE, saidUse } from "./use.ts";

const scenario = { id: "care" } as Scenario;
const typed = { scenario: "care", subject: " p-1 ", jurisdiction: "" };

test("only what was typed is said, without the blanks around it", () => {
  expect(saidUse(NO_USE)).toEqual({});
  expect(saidUse(typed)).toEqual({ scenario: "care", subject: "p-1" });
});

describe("of a live stream", () => {
  test("through the server its scenario is said with whom it is about", () => {
    expect(chosenUse("server", typed, scenario)).toEqual({ scenario, use: { scenario: "care", subject: "p-1" } });
  });

  test("without a scenario the pseudonym is said, so that its records can be erased", () => {
    const left = { scenario: "", subject: "p-1", jurisdiction: "DE" };
    expect(chosenUse("server", left, undefined)).toEqual({ use: { subject: "p-1" } });
    expect(chosenUse("server", NO_USE, undefined)).toEqual({});
  });

  test("on the device nothing is said, whatever was typed for the server", () => {
    expect(chosenUse("device", typed, scenario)).toEqual({});
  });
});
