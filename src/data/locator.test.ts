import { describe, expect, test } from "vitest";
import { parseLocator, pictureLocator } from "./locator.ts";
import { joinPath, relativePath } from "./paths.ts";

describe("parseLocator", () => {
  test("a box of a picture, a span of a film, a row of a matrix", () => {
    expect(parseLocator("a/strip.png#xywh=0,336,48,48")).toEqual({
      path: "a/strip.png",
      box: { x: 0, y: 336, width: 48, height: 48 },
    });
    expect(parseLocator("film.mp4#t=1.5,4&xywh=1,2,3,4")).toEqual({
      path: "film.mp4",
      startMs: 1500,
      endMs: 4000,
      box: { x: 1, y: 2, width: 3, height: 4 },
    });
    expect(parseLocator("film.mp4#t=,4")).toEqual({ path: "film.mp4", endMs: 4000 });
    expect(parseLocator("film.mp4#t=2")).toEqual({ path: "film.mp4", startMs: 2000 });
    expect(parseLocator("audio.npy#row=7")).toEqual({ path: "audio.npy", row: 7 });
    expect(parseLocator("audio.npy#row=7&steps=5")).toEqual({ path: "audio.npy", row: 7, steps: 5 });
  });

  test("a number sign that starts no fragment belongs to the path", () => {
    expect(parseLocator("take #3.wav")).toEqual({ path: "take #3.wav" });
  });

  test.each([
    "a.png#xywh=1,2,3",
    "a.png#xywh=1,2,0,4",
    "a.png#xywh=-1,2,3,4",
    "a.mp4#t=",
    "a.npy#row=x",
    "a.npy#row=1&steps=-2",
  ])("refuses %s", (locator) =>
    expect(() => parseLocator(locator)).toThrow(expect.objectContaining({ code: "manifest" }) as Error),
  );

  test("gives back the box that it was made of", () => {
    const box = { x: 0, y: 48, width: 48, height: 48 };
    expect(parseLocator(pictureLocator("s.png", box)).box).toEqual(box);
  });
});

test("paths are joined and made relative without a platform", () => {
  expect(joinPath("a/b", "../c.wav")).toBe("a/c.wav");
  expect(joinPath(".", "../c.wav")).toBe("../c.wav");
  expect(joinPath("a", "/c.wav")).toBe("/c.wav");
  expect(joinPath("a", "https://example.org/c.wav")).toBe("https://example.org/c.wav");
  expect(relativePath("/out", "/data/x/c.wav")).toBe("../data/x/c.wav");
  expect(relativePath("/data", "/data/x/c.wav")).toBe("x/c.wav");
});
