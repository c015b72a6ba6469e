/** The live page before a real face and a real voice, and where one of them, a camera or speech recognition is missing. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { EMOTIONS } from "../../src/core/emotion.ts";
import { random } from "../../src/core/random.ts";
import { buildWebApp, emptyRoom, findChromium, openBrowser, type Served, serveApp } from "../support/browser.ts";
import { coloursIn } from "../support/chart-colours.ts";
import { hasEspeak, photograph, spoken, swaying } from "../support/scenes.ts";
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

/** Emotions whose bar shows at least so many percent now. */
async function sharesFrom(page: Page, percent: number): Promise<string[]> {
  const rows = await page.locator(".now .bars li").allInnerTexts();
  return rows.flatMap((row) => {
    const [, label = "", share = "0"] = /^\s*(\w+)\s+(\d+)/u.exec(row) ?? [];
    return Number(share) >= percent ? [label] : [];
  });
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

  test.skipIf(!hasEspeak())(
    "on the device a face has its answer, spoken words are an utterance, and the charts show what they claim",
    async () => {
      const { bytes, isReal } = await photograph("london-004_08.jpg");
      const browser = await openBrowser(chromium, served.url, {
        camera: await swaying(bytes),
        microphone: spoken("I am so happy to see you all again! What a wonderful day this is."),
      });
      try {
        const { page, problems } = await browser.page(DEVICES);
        await start(page, served.url);
        await page.locator(".stage .face .tag").first().waitFor(WAIT);
        await page.locator(".verdict .label").waitFor(WAIT);
        // The person in the photograph smiles.
        if (isReal) await page.locator(".stage .face .tag", { hasText: "joy" }).first().waitFor(WAIT);
        await page.locator(".utterances li", { hasText: "face + voice" }).first().waitFor(WAIT);
        // At one moment or another: on a busy machine there are some at which nobody is seen or heard.
        for (const shown of [
          ".weight-river path.by-speech[d^=M]",
          ".weight-river path.by-face[d^=M]",
          ".affect-plane .now",
        ]) {
          await page.locator(shown).waitFor({ ...WAIT, state: "attached" });
        }
        await vi.waitUntil(async () => {
          const shown = await sharesFrom(page, 20);
          const drawn = await coloursIn(page, ".timeline canvas", EMOTIONS);
          return shown.length > 0 && shown.every((label) => drawn.includes(label));
        }, WAIT);
        const label = (chart: string) => () => page.locator(chart).getByRole("img").getAttribute("aria-label");
        await expect.poll(label(".timeline"), WAIT).toMatch(/highest now: \w+, [<>]?\d+%$/u);
        await expect.poll(label(".weight-river"), WAIT).toMatch(/most now: (face|voice), [<>]?\d+%$/u);
        expect(problems).toEqual([]);
      } finally {
        await browser.close();
      }
    },
  );

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
        // The noise has been heard as a whole by then: at most 20 frames are looked at in a second, and it lasts for three.
        await expect
          .poll(async () => Number(await page.locator(".stage").getAttribute("data-frames", WAIT)), WAIT)
          .toBeGreaterThanOrEqual(60);
        expect(await page.locator(".stage .hint").innerText()).toBe("No face in sight.");
        expect(await page.locator(".stage .face").count()).toBe(0);
        expect(await page.getByText("Nobody speaks").isVisible()).toBe(true);
        expect(await page.locator(".now").innerText()).toContain("Waiting for a face");
        expect(await coloursIn(page, ".timeline canvas", EMOTIONS)).toEqual([]);
        expect(await page.locator(".weight-river path[d^=M]").count()).toBe(0);
        expect(await page.locator(".utterances li").count()).toBe(0);
        await expect.poll(() => page.title(), WAIT).toContain("Analysis is on");
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
      const listed = page.locator(".utterances li", { hasText: "words" }).first();
      await listed.getByText("What a wonderful surprise!").waitFor(WAIT);
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

  describe("stops", () => {
    let browser: Awaited<ReturnType<typeof openBrowser>>;

    beforeAll(async () => {
      browser = await openBrowser(chromium, served.url);
    });
    afterAll(async () => {
      await browser?.close();
    });

    /** Keeps every stream of devices that the page is given in `given`. */
    const WATCHED = `{
      const own = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      globalThis.given = [];
      globalThis.answered = Promise.resolve();
      navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await own(wanted);
        given.push(stream);
        await answered;
        return stream;
      };
    }`;
    const STATES = "given.flatMap((stream) => stream.getTracks().map((track) => track.readyState)).join()";

    test("while the models are still on their way: the devices are let go at once", async () => {
      // Routes of a test do not see what a service worker fetches.
      const { page } = await browser.page({ ...DEVICES, serviceWorkers: "block" });
      await page.addInitScript(WATCHED);
      let goOn = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      await page.route("**/files/face-*.onnx", async (route) => {
        await held;
        await route.continue();
      });
      await start(page, served.url);
      await expect.poll(() => page.evaluate(STATES), WAIT).toBe("live,live");
      expect(await page.getByText("Starting…").isVisible()).toBe(true);
      await page.getByRole("button", { name: "Stop" }).click();
      await page.getByText("Nothing was kept").waitFor(WAIT);
      expect(await page.evaluate(STATES)).toBe("ended,ended");
      expect(await page.getByRole("button", { name: "Start", exact: true }).isEnabled()).toBe(true);
      goOn();
      // The next start is not hindered by the one before it.
      await page.getByRole("button", { name: "Start", exact: true }).click();
      await page.locator(".stage .face .tag").first().waitFor(WAIT);
      await page.context().close();
    });

    test("by keyboard alone, as it was started", async () => {
      const { page } = await browser.page(DEVICES);
      await page.goto(`${served.url}/#/live`);
      await page.getByLabel("Everybody who can be seen").focus();
      await page.keyboard.press("Space");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.locator(".active-notice:focus").waitFor(WAIT);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.getByText("Nothing was kept").waitFor(WAIT);
      expect(await page.evaluate("document.activeElement.id")).toBe("content");
      await page.context().close();
    });

    test("when the camera is unplugged, in words", async () => {
      const { page } = await browser.page(DEVICES);
      await page.addInitScript(WATCHED);
      await start(page, served.url);
      await page.locator(".stage .face .tag").first().waitFor(WAIT);
      // What a browser says of an unplugged device.
      await page.evaluate("given[0].getVideoTracks()[0].dispatchEvent(new Event('ended')); 0");
      await page.getByText("The camera or microphone is gone.").waitFor(WAIT);
      expect(await page.evaluate(STATES)).toBe("ended,ended");
      expect(await page.locator(".active-notice").count()).toBe(0);
      await expect.poll(() => page.title(), WAIT).toBe("Live · affekt");
      await page.context().close();
    });

    test("while the browser still asks for the devices: what is shared afterwards is let go", async () => {
      const { page } = await browser.page(DEVICES);
      await page.addInitScript(WATCHED);
      await page.goto(`${served.url}/#/live`);
      await page.evaluate("answered = new Promise((resolve) => { globalThis.answer = resolve; }); 0");
      await page.getByLabel("Everybody who can be seen").check();
      await page.getByRole("button", { name: "Start", exact: true }).click();
      await expect.poll(() => page.evaluate(STATES), WAIT).toBe("live,live");
      await page.getByRole("button", { name: "Stop" }).click();
      await page.getByText("Nothing was kept").waitFor(WAIT);
      await page.evaluate("answer()");
      await expect.poll(() => page.evaluate(STATES), WAIT).toBe("ended,ended");
      expect(await page.locator(".active-notice").count()).toBe(0);
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
