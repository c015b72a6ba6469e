import { describe, expect, test } from "vitest";
import { looksWritten } from "./written.ts";

describe("something that a person writes", () => {
  test.each([
    "I am so happy for you!!! 😀😀",
    "ok",
    "lol",
    "10/10 would do it again",
    "👍",
    "666",
    "What?! NO WAY...",
    "@friend thanks for this <3 #blessed",
    "he/she said it's f**king great",
    "r/funny never lets me down",
    "Meet me at 8:30, bring $20",
    "[NAME] is the best [laughs]",
    "今天真的很开心！[泪][泪]",
    "当货物贵到极点时，要及时卖出；",
    "*hugs* you're awesome :)",
    "https://example.org this made my day",
    "",
  ])("%j", (text) => {
    expect(looksWritten(text)).toBe(true);
  });
});

describe("something that no person writes to another", () => {
  test.each([
    "const total = rows.reduce((sum, row) => sum + row.size, 0);",
    "if (user === null) { return redirect('/login'); }",
    "UPDATE orders SET state = 'sent' WHERE id = 4711;",
    "docker run --rm -it alpine sh",
    "margin: 0 auto; padding: 4px;",
    '{"name": "affekt", "version": "1.0.0"}',
    "2024-02-03 10:11:12 ERROR [worker-3] upload.retry: id=12 took 40ms",
    "<ul class='menu'><li>one</li></ul>",
    "12.5 13.75 14.0 99.125",
    "127.0.0.1:5432",
    "at Object.load (/srv/app/index.js:10:5)",
  ])("%j", (text) => {
    expect(looksWritten(text)).toBe(false);
  });

  test("a long text is read in linear time, at its beginning", () => {
    expect(looksWritten("happy ".repeat(200_000))).toBe(true);
    expect(looksWritten("x=1; ".repeat(200_000))).toBe(false);
    expect(looksWritten("*".repeat(100_000))).toBe(true);
  });
});
