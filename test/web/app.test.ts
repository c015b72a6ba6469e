/** The web app as a person uses it: pages, camera, microphone, files, keyboard, and without a network. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { portrait } from "../../src/cli/demo/photograph.ts";
import { voice } from "../../src/cli/demo/voice.ts";
import { writeWav } from "../../src/preprocess/speech/wav.ts";
import { ROOT } from "../house/tree.ts";
import { buildWebApp, findChromium, openBrowser, type Served, serveApp, type TestBrowser } from "../support/browser.ts";
import { violations } from "../support/violations.ts";

// A real browser that runs networks, on a machine that may be busy.
vi.setConfig({ testTimeout: 400_000, hookTimeout: 600_000 });

const WAIT = { timeout: 180_000 };
/** JavaScript that is there before anything can be analyzed, in bytes of gzip. */
const MOST_SCRIPT = 350 * 1024;
const PAGES = ["start", "live", "text", "files", "train", "history"] as const;
const chromium = findChromium();

async function startLive(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/#/live`);
  await page.getByLabel("Everybody who can be seen").check();
  await page.getByRole("button", { name: "Start", exact: true }).click();
}

describe.skipIf(chromium === undefined)("the web app", () => {
  let served: Served;
  let browser: TestBrowser;

  beforeAll(async () => {
    buildWebApp();
    served = await serveApp();
    browser = await openBrowser(chromium ?? "", served.url);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  test("sends no more JavaScript than a page should, and none inline", async () => {
    const html = readFileSync(`${ROOT}dist/web/index.html`, "utf8");
    expect(html).not.toMatch(/<style|<script>|\son\w+=/u);
    const policy = (await fetch(served.url)).headers.get("content-security-policy");
    expect(policy).toMatch(/^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/u);
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|\*/u);
    const { page } = await browser.page();
    const sizes: number[] = [];
    page.on("response", (reply) => {
      if (/javascript/u.test(reply.headers()["content-type"] ?? "")) {
        sizes.push(gzipSync(readFileSync(`${ROOT}dist/web${new URL(reply.url()).pathname}`)).length);
      }
    });
    await page.goto(`${served.url}/#/live`);
    await page.getByRole("heading", { level: 1 }).waitFor(WAIT);
    // The engine's worker is asked for when the page is there; networks and their tables come after it.
    await page.waitForTimeout(2_000);
    expect(Math.max(...sizes)).toBeGreaterThan(30_000);
    const before = sizes.reduce((sum, size) => sum + size, 0);
    expect(before).toBeLessThan(MOST_SCRIPT);
    await page.context().close();
  });

  test.each(["light", "dark"] as const)(
    "every page is reachable, has no serious violation in the %s theme, and asks no other host",
    async (colorScheme) => {
      const { page, problems } = await browser.page({ colorScheme });
      await page.route("**/v1/predictions**", (route) => route.fulfill({ json: { predictions: [], next: null } }));
      await page.route("**/v1/scenarios", (route) => route.fulfill({ json: { scenarios: [] } }));
      await page.route("**/v1/manifests", (route) => route.fulfill({ json: { manifests: [] } }));
      await page.route("**/v1/trainings", (route) => route.fulfill({ json: { trainings: [] } }));
      await page.goto(served.url);
      for (const name of PAGES) {
        await page.locator(`.pages a[href="#/${name}"]`).click();
        await page.getByRole("heading", { level: 1 }).waitFor(WAIT);
        expect(await violations(page)).toEqual([]);
      }
      expect(problems).toEqual([]);
      await page.context().close();
    },
  );

  test("texts are answered as they are written, in both languages of the app, and choices are kept", async () => {
    const { page, problems } = await browser.page();
    await page.goto(`${served.url}/#/text`);
    await page.getByLabel("Your text").fill("I love this, it makes me so happy!");
    await page.locator(".verdict .label", { hasText: "joy" }).waitFor(WAIT);
    await page.getByRole("button", { name: "中文" }).click();
    await page.locator(".verdict .label", { hasText: "喜悦" }).waitFor(WAIT);
    expect(await page.locator("html").getAttribute("lang")).toBe("zh-Hans");
    await page.getByRole("button", { name: "使用深色主题" }).click();
    await page.reload();
    await page.getByRole("heading", { name: "文字" }).waitFor(WAIT);
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test("camera and microphone are analyzed after consent, a notice stays, and one click ends it", async () => {
    const { page, problems } = await browser.page({ permissions: ["camera", "microphone"] });
    await page.goto(`${served.url}/#/live`);
    expect(await page.getByRole("button", { name: "Start", exact: true }).isDisabled()).toBe(true);
    await startLive(page, served.url);
    await page.locator(".stage .face .tag").first().waitFor(WAIT);
    expect(await page.locator(".active-notice").innerText()).toContain("nothing leaves this device");
    await page.locator(".verdict .label").waitFor(WAIT);
    // The voice pauses after each round: then the utterance has ended.
    await page.locator(".utterances li").first().waitFor(WAIT);
    await page.getByLabel("Type along").fill("What a wonderful surprise!");
    await page.keyboard.press("Enter");
    await page.locator(".utterances li", { hasText: "words" }).first().waitFor(WAIT);
    expect(await violations(page)).toEqual([]);
    await page.evaluate("globalThis.tracks = document.querySelector('video').srcObject.getTracks(); 0");
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("Nothing was kept").waitFor(WAIT);
    expect(await page.evaluate("tracks.map((one) => one.readyState)")).toEqual(["ended", "ended"]);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test("a camera that is not allowed is told in words, and another try is possible", async () => {
    const { page } = await browser.page();
    await startLive(page, served.url);
    await page.getByText("were not allowed").waitFor(WAIT);
    expect(await page.getByRole("button", { name: "Start", exact: true }).isEnabled()).toBe(true);
    await page.context().close();
  });

  test("files of all kinds become a table; pictures and sound wait for consent; results are taken along", async () => {
    const { page, problems } = await browser.page();
    await page.goto(`${served.url}/#/files`);
    await page.locator("input[type=file]").setInputFiles([
      { name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("I am so happy about this!") },
      { name: "rows.csv", mimeType: "text/csv", buffer: Buffer.from("id,text\n1,I hate this\n2,他们又骗了我们\n") },
      { name: "face.jpg", mimeType: "image/jpeg", buffer: Buffer.from(await portrait()) },
      { name: "voice.wav", mimeType: "audio/wav", buffer: Buffer.from(writeWav(voice())) },
      { name: "what.xyz", mimeType: "", buffer: Buffer.from("?") },
    ]);
    await page.getByText("4 of 6 done").waitFor(WAIT);
    await page.getByLabel("People in these files agreed").check();
    await page.getByText("6 of 6 done").waitFor(WAIT);
    await page.getByRole("button", { name: "Details of face.jpg" }).click();
    await page.locator(".picture .face").waitFor(WAIT);
    await page.getByRole("button", { name: "Details of voice.wav" }).click();
    await page.locator(".lanes .track button").first().waitFor(WAIT);
    expect(await violations(page)).toEqual([]);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export JSON" }).click(),
    ]);
    const rows = JSON.parse(readFileSync((await download.path()) ?? "", "utf8")) as {
      name: string;
      prediction?: { label: string };
    }[];
    expect(rows.map(({ name }) => name)).toHaveLength(6);
    expect(rows.find(({ name }) => name === "note.txt")?.prediction?.label).toBe("joy");
    expect(rows.find(({ name }) => name === "what.xyz")?.prediction).toBeUndefined();
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test("what a server keeps is listed, asked for with a key, and erased with proof", async () => {
    const { page } = await browser.page();
    const prediction = { label: "joy", confidence: 0.8, scores: [], modalities: {}, subject: "p-7" };
    const kept = { ...prediction, id: "1", createdAt: "2026-01-31T10:00:00Z" };
    let gone = false;
    await page.route("**/v1/**", async (route) => {
      const request = route.request();
      if (request.headers()["authorization"] !== "Bearer affekt_k") {
        return route.fulfill({ status: 401, json: { code: "unauthorized", detail: "wants a key" } });
      }
      if (request.method() === "DELETE") {
        gone = true;
        return route.fulfill({ json: { subject: "p-7", erased: { predictions: 3 }, remaining: { predictions: 0 } } });
      }
      return route.fulfill({ json: { predictions: gone ? [] : [kept], next: null } });
    });
    await page.goto(`${served.url}/#/history`);
    await page.getByLabel("This server wants a key").fill("affekt_k");
    await page.getByRole("button", { name: "Use the key" }).click();
    await page.getByRole("cell", { name: "p-7" }).waitFor(WAIT);
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await violations(page)).toEqual([]);
    await page.getByLabel("Subject").fill("p-7");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("button", { name: "Erase everything about p-7" }).click();
    expect(gone).toBe(false);
    await page.getByRole("button", { name: "Erase", exact: true }).click();
    await page.getByText("Erased: 3 records. 0 are left.").waitFor(WAIT);
    await page.getByText("Nothing fits this search.").waitFor(WAIT);
    await page.context().close();
  });

  test("a server that is gone is told, and asked again", async () => {
    const { page } = await browser.page();
    await page.route("**/v1/predictions**", (route) => route.abort());
    await page.goto(`${served.url}/#/history`);
    await page.getByText("The server does not answer.").waitFor(WAIT);
    await page.unroute("**/v1/predictions**");
    await page.route("**/v1/predictions**", (route) => route.fulfill({ json: { predictions: [], next: null } }));
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("Nothing is kept.").waitFor(WAIT);
    await page.context().close();
  });

  test("the keyboard reaches everything: the content can be skipped to, pages opened, choices made", async () => {
    const { page } = await browser.page();
    await page.goto(served.url);
    await page.getByRole("heading", { level: 1 }).waitFor(WAIT);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.className")).toBe("skip");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("content");
    await page.locator('.pages a[href="#/live"]').focus();
    await page.keyboard.press("Enter");
    await page.getByLabel("Everybody who can be seen").focus();
    await page.keyboard.press("Space");
    expect(await page.getByRole("button", { name: "Start", exact: true }).isEnabled()).toBe(true);
    await page.context().close();
  });

  test("it can be installed", async () => {
    const { page } = await browser.page();
    await page.goto(served.url);
    await page.evaluate("navigator.serviceWorker.ready.then(() => 0)");
    const session = await page.context().newCDPSession(page);
    const { errors, data = "" } = await session.send("Page.getAppManifest");
    expect(errors).toEqual([]);
    expect(JSON.parse(data)).toMatchObject({ start_url: "/", display: "standalone" });
    const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
    // A context of a test is private, where browsers install nothing: that is all there may be.
    expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito")).toEqual([]);
    await page.context().close();
  });

  test("after the first visit it works without a network", async () => {
    const { page } = await browser.page();
    await page.goto(served.url);
    const all = "caches.open('affekt-files').then(async (files) => (await files.keys()).map(({ url }) => url))";
    await vi.waitUntil(
      async () => {
        const urls = await page.evaluate<string[]>(all);
        return urls.some((url) => /voice-/u.test(url)) && urls.some((url) => url.endsWith(".wasm"));
      },
      { timeout: 300_000, interval: 500 },
    );
    await page.context().setOffline(true);
    await page.goto(`${served.url}/#/text`);
    await page.reload();
    await page.getByLabel("Your text").fill("我今天非常开心！");
    await page.locator(".verdict .label").waitFor(WAIT);
    await page.context().close();
  });
});
