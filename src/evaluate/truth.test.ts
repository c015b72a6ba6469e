import { expect, test } from "vitest";
import { inSpace, labelSpaceOf, rowLabels } from "./truth.ts";

test("a distribution is right by its largest share", () => {
  expect(rowLabels({ id: "a", distribution: { joy: 0.4, fear: 0.6 }, extra: {} })).toEqual(["fear"]);
  expect(rowLabels({ id: "a", extra: {} })).toEqual([]);
});

test("a model is asked for its own labels where it has all that occur", () => {
  expect(labelSpaceOf(["calm", "joy", "neutral"], ["calm", "joy"])).toBe("as-trained");
  expect(labelSpaceOf(["anger", "joy"], ["joy"])).toBe("as-trained");
});

test("a model of finer labels is asked for Ekman's seven by rows of Ekman's seven", () => {
  expect(labelSpaceOf(["annoyance", "anger", "joy", "neutral", "calm"], ["anger", "neutral"])).toBe("ekman7");
});

test("rows of finer labels are mapped where the model lacks them", () => {
  expect(labelSpaceOf(["neutral", "joy"], ["calm", "joy"])).toBe("ekman7");
  expect(inSpace("calm", "ekman7")).toBe("neutral");
  expect(inSpace("contempt", "ekman7")).toBe("contempt");
});
