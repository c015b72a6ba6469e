/** The web app through a real service: an answer, a live stream, and a service that goes and comes back. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Service, startService } from "../../src/server/service.ts";
import { buildWebApp, findChromium, openBrowser, type TestBrowser } from "../support/browser.ts";

// A service with its processes and a browser, on a machine that may be busy.
vi.setConfig({ testTimeout: 500_000, hookTimeout: 600_000 });

const WAIT = { timeout: 240_000 };
const chromium = findChromium();

describe.skipIf(chromium === undefined)("the web app through the server", () => {
  let service: Service;
  let browser: TestBrowser;
  let port = 0;

  async function start(): Promise<void> {
    service = await startService({ version: "1.2.3", port, workers: 1 });
    port = Number(new URL(service.url).port);
  }
  beforeAll(async () => {
    buildWebApp();
    await start();
    browser = await openBrowser(chromium ?? "", service.url);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.close();
  });

  test("an answer is kept under the pseudonym, shown in the history, and erased", async () => {
    const { page, problems } = await browser.page();
    await page.goto(`${service.url}/#/files`);
    await page.locator(".segments label", { hasText: "Server" }).click();
    await page.getByLabel("Pseudonym of the person").fill("p-web");
    await page
      .locator("input[type=file]")
      .setInputFiles([{ name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("I am so happy about this!") }]);
    await page.getByText("1 of 1 done").waitFor(WAIT);
    await page.locator(".verdict .label", { hasText: "joy" }).waitFor(WAIT);
    await page.locator('.pages a[href="#/history"]').click();
    await page.getByRole("cell", { name: "p-web" }).waitFor(WAIT);
    await page.getByLabel("Appears to express").selectOption("fear");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByText("Nothing fits this search.").waitFor(WAIT);
    await page.getByLabel("Appears to express").selectOption("joy");
    await page.getByLabel("Subject").fill("p-web");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("cell", { name: "p-web" }).waitFor(WAIT);
    await page.getByRole("button", { name: "Erase everything about p-web" }).click();
    await page.getByRole("button", { name: "Erase", exact: true }).click();
    await page.getByText("0 are left").waitFor(WAIT);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test("a live stream goes on after the service was away", async () => {
    const { page } = await browser.page({ permissions: ["camera", "microphone"] });
    await page.goto(`${service.url}/#/live`);
    await page.locator(".segments label", { hasText: "Server" }).click();
    await page.getByLabel("Everybody who can be seen").check();
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.locator(".stage .face .tag").first().waitFor(WAIT);
    expect(await page.locator(".active-notice").innerText()).toContain("sent to the server");
    await service.close();
    await page.getByText("The server is gone").waitFor(WAIT);
    await start();
    await page.getByText("The server is gone").waitFor({ ...WAIT, state: "detached" });
    await page.getByLabel("Type along").fill("What a wonderful surprise!");
    await page.keyboard.press("Enter");
    await page.locator(".utterances li", { hasText: "words" }).first().waitFor(WAIT);
    await page.getByRole("button", { name: "Stop" }).click();
    await page.context().close();
  });
});
