import { expect, test } from "vitest";
import { placeHint } from "./place-hint.ts";

test("the switch says what becomes of what is shown, said or typed, in the place that is chosen", () => {
  expect(placeHint("live", "device")).toBe("settings.deviceHint");
  expect(placeHint("files", "server")).toBe("settings.serverHint");
});

test.each(["train", "history"] as const)("on the page %s nobody is told that nothing leaves the device", (page) => {
  expect(placeHint(page, "device")).toBe("settings.pageAtServer");
});
