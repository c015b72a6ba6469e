/** The web app on a phone (390 pixels wide): nothing runs out of the screen, and everything can be reached. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { portrait } from "../../src/cli/demo/photograph.ts";
import { voice } from "../../src/cli/demo/voice.ts";
import { writeWav } from "../../src/preprocess/speech/wav.ts";
import { buildWebApp, findChromium, openBrowser, type Served, serveApp, type TestBrowser } from "../support/browser.ts";
import { upload } from "../support/files-page.ts";
import { violations } from "../support/violations.ts";

// A real browser that runs networks, on a machine that may be busy.
vi.setConfig({ testTimeout: 400_000, hookTimeout: 600_000 });

const WAIT = { timeout: 180_000 };
const WIDTH = 390;
const PHONE = { viewport: { width: WIDTH, height: 844 }, hasTouch: true, isMobile: true };
const chromium = findChromium() ?? "";

/** What a server keeps, with a pseudonym as long as one may be. */
const KEPT = Array.from({ length: 3 }, (_, index) => ({
  id: String(index),
  createdAt: "2026-01-31T10:00:00Z",
  subject: index === 1 ? "p".repeat(128) : `p-${index}`,
  label: index === 2 ? null : "joy",
  ...(index === 2 ? { abstainCode: "other-language" } : {}),
  confidence: 0.8,
  scores: [{ label: "joy", score: 0.8 }],
  modalities: {},
}));

/** Controls that a finger cannot reach: outside of the screen, without a size, or below something else. */
async function unreachable(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const controls = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")];
    const labelled = (element) => element.closest("label") ?? element;
    const bad = controls.filter((control) => {
      if (control.type === "file" || control.className === "skip") return false;
      // What a frame scrolls sideways is reached by scrolling it.
      if (control.closest(".table-frame, .lanes .track")) return false;
      const own = labelled(control);
      own.scrollIntoView({ block: "center", behavior: "instant" });
      const { left, right, width, height, top } = own.getBoundingClientRect();
      if (width === 0 || height === 0 || left < 0 || right > innerWidth + 0.5) return true;
      const there = document.elementFromPoint(left + Math.min(width, 40) / 2, top + height / 2);
      return there === null || !(own.contains(there) || there.contains(own));
    });
    return bad.map((control) => control.outerHTML.slice(0, 120));
  })()`);
}

/** Nothing wider than the screen, no control out of reach, no serious violation. */
async function expectFits(page: Page): Promise<void> {
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(WIDTH);
  expect(await unreachable(page)).toEqual([]);
  expect(await violations(page)).toEqual([]);
}

describe.skipIf(chromium === "")("on a phone", () => {
  let served: Served;
  let browser: TestBrowser;

  beforeAll(async () => {
    buildWebApp();
    served = await serveApp();
    browser = await openBrowser(chromium, served.url);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  test.each(["en-US", "zh-CN"])("every page fits (%s)", async (locale) => {
    const { page } = await browser.page({ ...PHONE, locale });
    await page.route("**/v1/**", (route) => {
      const [, what = ""] = /\/v1\/(\w+)/u.exec(route.request().url()) ?? [];
      return route.fulfill({ json: { [what]: what === "predictions" ? KEPT : [], next: null } });
    });
    for (const name of ["start", "text", "train", "history"]) {
      await page.goto(`${served.url}/#/${name}`);
      await page.locator(`.pages a[href="#/${name}"][aria-current]`).waitFor(WAIT);
      await page.locator("h1").waitFor(WAIT);
      if (name === "history") await page.getByRole("cell", { name: "p-0" }).waitFor(WAIT);
      await expectFits(page);
    }
    await page.context().close();
  });

  test.each(["en-US", "zh-CN"])("the live page fits, before it starts and while it runs (%s)", async (locale) => {
    const { page } = await browser.page({ ...PHONE, locale, permissions: ["camera", "microphone"] });
    await page.goto(`${served.url}/#/live`);
    await page.locator("h1").waitFor(WAIT);
    await expectFits(page);
    await page.locator("main form input[type=checkbox]").last().check();
    await page.locator("main form button[type=submit]").click();
    await page.locator(".stage .face .tag").first().waitFor(WAIT);
    await page.locator(".utterances li").first().waitFor(WAIT);
    await expectFits(page);
    // Wherever the page is scrolled to, one tap ends it.
    await page.evaluate("scrollTo(0, document.body.scrollHeight)");
    const stop = page.locator(".active-notice button");
    const box = await stop.boundingBox();
    expect(box?.y).toBeGreaterThanOrEqual(0);
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(844);
    await stop.tap();
    await page.locator("main form button[type=submit]").waitFor(WAIT);
    await page.context().close();
  });

  test.each(["en-US", "zh-CN"])("the page Files fits, empty and with results of every kind (%s)", async (locale) => {
    const { page } = await browser.page({ ...PHONE, locale });
    await page.goto(`${served.url}/#/files`);
    await page.locator("h1").waitFor(WAIT);
    await expectFits(page);
    await page.locator(".drop .check input").check();
    const talk = Array.from({ length: 8 }, (_, index) => `I love this so much,Somebody with a name ${index % 2}`);
    await page
      .locator("input[type=file]")
      .setInputFiles([
        upload("a-note-with-a-rather-long-name-that-does-not-break.txt", "I am so happy about this!"),
        upload("talk.csv", `text,speaker\n${talk.join("\n")}\n`),
        upload("face.jpg", await portrait()),
        upload("voice.wav", writeWav(voice())),
        upload("what.xyz", "?"),
      ]);
    await page.getByText(/12 of 12 done|12 \/ 12/u).waitFor(WAIT);
    for (const name of [
      "a-note-with-a-rather-long-name-that-does-not-break.txt",
      "face.jpg",
      "voice.wav",
      "what.xyz",
    ]) {
      await page.getByRole("button", { name, exact: false }).first().click();
      await page.locator(".detail h2", { hasText: name }).waitFor(WAIT);
      await expectFits(page);
    }
    await page.context().close();
  });
});
