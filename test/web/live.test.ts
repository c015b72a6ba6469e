/** The live page where something is missing: a face, a voice, a camera, speech recognition. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { random } from "../../src/core/random.ts";
import { buildWebApp, emptyRoom, findChromium, openBrowser, type Served, serveApp } from "../support/browser.ts";
import { violations } from "../support/violations.ts";

// A real browser that runs networks, on a machine that may be busy.
vi.setConfig({ testTimeout: 400_000, hookTimeout: 600_000 });

const WAIT = { timeout: 180_000 };
const DEVICES = { permissions: ["camera", "microphone"] };
const chromium = findChromium() ?? "";

async function start(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/#/live`);
  await page.getByLabel("Everybody who can be seen").check();
  await page.getByRole("button", { name: "Start", exact: true }).click();
}

describe.skipIf(chromium === "")("the live page", () => {
  let served: Served;

  beforeAll(async () => {
    buildWebApp();
    served = await serveApp();
  });
  afterAll(async () => {
    await served?.close();
  });

  describe("in an empty room with a noise", () => {
    let browser: Awaited<ReturnType<typeof openBrowser>>;

    beforeAll(async () => {
      const generator = random(1);
      const samples = Float32Array.from({ length: 3 * 16_000 }, () => 0.2 * (generator.next() - 0.5));
      browser = await openBrowser(chromium, served.url, {
        camera: await emptyRoom(),
        microphone: { samples, sampleRate: 16_000 },
      });
    });
    afterAll(async () => {
      await browser?.close();
    });

    test.each(["light", "dark"] as const)(
      "names no face and no emotion, and has no serious violation (%s)",
      async (colorScheme) => {
        const { page, problems } = await browser.page({ ...DEVICES, colorScheme });
        await start(page, served.url);
        await page.locator(".stage:not([data-frames='0'])").waitFor(WAIT);
        expect(await page.locator(".stage .hint").innerText()).toBe("No face in sight.");
        expect(await page.locator(".stage .face").count()).toBe(0);
        expect(await page.getByText("Nobody speaks").isVisible()).toBe(true);
        expect(await page.locator(".now").innerText()).toContain("Waiting for a face");
        expect(await violations(page)).toEqual([]);
        expect(problems).toEqual([]);
        await page.context().close();
      },
    );

    test("says so where the browser cannot write along what is said, and words can be typed", async () => {
      const { page } = await browser.page(DEVICES);
      await page.addInitScript("delete globalThis.SpeechRecognition; delete globalThis.webkitSpeechRecognition;");
      await start(page, served.url);
      await page.getByText("This browser cannot write along").waitFor(WAIT);
      await page.getByLabel("Type along").fill("What a wonderful surprise!");
      await page.keyboard.press("Enter");
      await page.locator(".utterances li", { hasText: "words" }).first().waitFor(WAIT);
      await page.context().close();
    });

    test("says so where the browser's speech recognition is refused, and its switch goes back", async () => {
      const { page } = await browser.page(DEVICES);
      await start(page, served.url);
      const captions = page.getByRole("checkbox", { name: "Write along what is said" });
      // Not `check`, which wants it to stay checked: the refusal may come before it looks.
      await captions.click(WAIT);
      await page.getByText("speech recognition does not answer").waitFor(WAIT);
      expect(await captions.isChecked()).toBe(false);
      expect(await page.locator(".active-notice").innerText()).toContain("nothing leaves this device");
      await page.context().close();
    });
  });

  test("a machine without camera and microphone is told in words, and words alone can be used", async () => {
    const browser = await openBrowser(chromium, served.url, "none");
    try {
      const { page } = await browser.page(DEVICES);
      await start(page, served.url);
      await page.getByText("No such camera or microphone was found.").waitFor(WAIT);
      expect(await violations(page)).toEqual([]);
      await page.getByLabel("Camera").uncheck();
      await page.getByLabel("Microphone").uncheck();
      await page.getByRole("button", { name: "Start", exact: true }).click();
      await page.getByLabel("Type along").fill("What a wonderful surprise!");
      await page.keyboard.press("Enter");
      await page.locator(".utterances li", { hasText: "words" }).first().waitFor(WAIT);
    } finally {
      await browser.close();
    }
  });
});
