/** Training from the page: real trainings, their curves and reports, a model that then answers, and a restart. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Service, startService } from "../../src/server/service.ts";
import { buildWebApp, findChromium, openBrowser, type TestBrowser } from "../support/browser.ts";
import { coloursIn } from "../support/chart-colours.ts";
import { quickRows } from "../support/quick-rows.ts";
import { violations } from "../support/violations.ts";

// A service with its processes and a browser, on a machine that may be busy.
vi.setConfig({ testTimeout: 500_000, hookTimeout: 600_000 });

const WAIT = { timeout: 240_000 };
const chromium = findChromium();
/** Where pictures of every state go, to be looked at. */
const PICTURES = process.env["AFFEKT_PICTURES"];
const ADVANCED = JSON.stringify({
  features: { maxTokens: 8, vocabularySize: 300, buckets: 512, ngramLimit: 16 },
  network: { kind: "subword-lstm", tokenDim: 16, hidden: 16 },
  training: { learningRate: 0.01 },
});

async function look(page: Page, name: string): Promise<void> {
  if (PICTURES !== undefined) await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}

describe.skipIf(chromium === undefined)("training in the web app", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "affekt-web-train-"));
  let service: Service;
  let browser: TestBrowser;
  let port = 0;

  async function start(): Promise<void> {
    service = await startService({ version: "1.2.3", port, workers: 1, dataDir });
    port = Number(new URL(service.url).port);
  }
  async function setUp(page: Page, epochs: number): Promise<void> {
    await page.getByLabel("Turns over all examples").fill(String(epochs));
    await page.getByText("Advanced", { exact: true }).click();
    await page.getByLabel("JSON with features").fill(ADVANCED);
    await page.getByRole("button", { name: "Start training" }).click();
  }
  beforeAll(async () => {
    buildWebApp();
    await start();
    browser = await openBrowser(chromium ?? "", service.url);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test("examples are checked, trained on, evaluated, and the model then answers until the earlier one is brought back", async () => {
    const { page, problems } = await browser.page();
    await page.goto(`${service.url}/#/train`);
    await page.getByText("Nothing has been trained here yet.").waitFor(WAIT);
    await look(page, "1-empty");
    const rows = `${quickRows()}{"id":"broken"}\n`;
    await page
      .locator("input[type=file]")
      .setInputFiles([{ name: "quick.jsonl", mimeType: "application/jsonl", buffer: Buffer.from(rows) }]);
    await page.getByText("240 usable examples").waitFor(WAIT);
    await page.getByText("Rows left out or doubtful: 1").waitFor(WAIT);
    await look(page, "2-checked");
    expect(await violations(page)).toEqual([]);
    await setUp(page, 4);
    await page.locator(".curve canvas").first().waitFor(WAIT);
    await page.getByRole("button", { name: "Evaluate on test rows" }).click(WAIT);
    const report = page.getByRole("link", { name: "Open evaluation report" });
    await report.waitFor(WAIT);
    const [opened] = await Promise.all([page.context().waitForEvent("page"), report.click()]);
    await opened.getByRole("heading", { level: 1 }).waitFor(WAIT);
    await opened.close();
    await look(page, "3-evaluated");
    // Curves are drawn anew where the page becomes narrow.
    await page.setViewportSize({ width: 390, height: 844 });
    await expect.poll(() => page.evaluate("document.documentElement.scrollWidth"), WAIT).toBe(390);
    expect(await coloursIn(page, ".curve canvas", ["accent", "surprise"])).toEqual(["accent", "surprise"]);
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByRole("button", { name: "Let it answer here" }).click();
    const asked = page.getByRole("alertdialog");
    await asked.getByText("It takes the place of text-en").waitFor(WAIT);
    await look(page, "4-confirm");
    expect(await violations(page)).toEqual([]);
    await asked.getByRole("button", { name: "Yes, use it" }).click();
    await page.getByRole("button", { name: "Bring the earlier model back" }).waitFor(WAIT);
    const answer = async () => {
      const reply = await fetch(`${service.url}/v1/recognize`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ text: "what an awful day 7" }),
      });
      const { modalities } = (await reply.json()) as {
        modalities: { text: { scores: { label: string; score: number }[] } };
      };
      return modalities.text.scores.filter(({ score }) => score > 0).map(({ label }) => label);
    };
    // The trained model knows these two labels only.
    expect((await answer()).sort()).toEqual(["anger", "joy"]);
    for (const [language, theme, width] of [
      ["en", "dark", 1280],
      ["zh", "light", 1280],
      ["zh", "dark", 390],
      ["en", "light", 390],
    ] as const) {
      if (PICTURES === undefined) break;
      await page.setViewportSize({ width, height: 900 });
      await page.evaluate(
        `localStorage.setItem("affekt.settings", JSON.stringify({ language: "${language}", theme: "${theme}", place: "server" }))`,
      );
      await page.reload();
      await page.locator(".table-frame .link").first().click();
      await page.locator(".train select").selectOption("quick.jsonl");
      await page.locator(".checked").waitFor(WAIT);
      await look(page, `5-${language}-${theme}-${width}`);
      await page.goto(`${service.url}/#/history`);
      await page.locator(".filters").waitFor(WAIT);
      await page.locator("main tbody tr, main .empty").first().waitFor(WAIT);
      await look(page, `6-history-${language}-${theme}-${width}`);
      await page.goto(`${service.url}/#/train`);
      if (width === 390 && language === "en") await page.setViewportSize({ width: 1280, height: 900 });
      await page.locator(".table-frame .link").first().click();
    }
    await page.getByRole("button", { name: "Bring the earlier model back" }).click();
    await page.getByRole("button", { name: "Let it answer here" }).waitFor(WAIT);
    expect((await answer()).length).toBeGreaterThan(2);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test("a training goes on after the service was away, and two are compared", async () => {
    const { page } = await browser.page();
    await page.goto(`${service.url}/#/train`);
    await page.getByLabel("Or choose one that is there").selectOption("quick.jsonl");
    await page.getByText("240 usable examples").waitFor(WAIT);
    await setUp(page, 40);
    await page.getByText(/Turn ([3-9]|\d\d) of 40/u).waitFor(WAIT);
    await look(page, "7-running");
    await service.close();
    await start();
    await page
      .getByText("Turn 40 of 40")
      .or(page.getByRole("button", { name: "Evaluate on test rows" }))
      .first()
      .waitFor(WAIT);
    await page.getByRole("button", { name: "Evaluate on test rows" }).waitFor(WAIT);
    for (const name of ["quick-1", "quick-2"]) await page.getByLabel(`Compare ${name}`).check();
    await page.getByRole("rowheader", { name: "training.epochs" }).waitFor(WAIT);
    await look(page, "8-compared");
    expect(await violations(page)).toEqual([]);
    // Nothing goes at one click.
    await page.locator(".table-frame .link", { hasText: "quick-2" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Keep" }).and(page.locator(":focus")).waitFor(WAIT);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await page.locator(".table-frame .link", { hasText: "quick-2" }).waitFor({ ...WAIT, state: "detached" });
    expect(await page.locator(".table-frame .link", { hasText: "quick-1" }).count()).toBe(1);
    await page.context().close();
  });
});
