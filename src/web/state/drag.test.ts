import { expect, test } from "vitest";
import { keepPage } from "./drag.ts";

/** Whether a page keeps the browser from doing with it what it usually does. */
function isTaken(name: string, types: readonly string[] | undefined): boolean {
  const target = new EventTarget();
  keepPage(target);
  const event = new Event(name, { cancelable: true });
  target.dispatchEvent(Object.assign(event, { dataTransfer: types === undefined ? null : { types } }));
  return event.defaultPrevented;
}

test.each(["dragover", "drop"])("at a %s files are taken, so that the browser does not open them instead", (name) => {
  expect(isTaken(name, ["Files"])).toBe(true);
});

test.each(["dragover", "drop"])("at a %s text is left to the field below it", (name) => {
  expect(isTaken(name, ["text/plain", "text/html"])).toBe(false);
  expect(isTaken(name, undefined)).toBe(false);
});
