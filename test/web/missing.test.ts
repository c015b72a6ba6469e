/** The web app where a model is missing or the server refuses: it says so in the person's language, and the rest goes on. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { portrait } from "../../src/cli/demo/photograph.ts";
import { ERROR_CODES } from "../../src/core/errors.ts";
import { shippedModels } from "../../src/platform/node/open.ts";
import { type Service, startService } from "../../src/server/service.ts";
import { CODE_STRINGS } from "../../src/web/strings/codes.ts";
import { buildWebApp, findChromium, openBrowser, type Served, serveApp, type TestBrowser } from "../support/browser.ts";
import { upload } from "../support/files-page.ts";
import { violations } from "../support/violations.ts";

// A real browser that runs networks, on a machine that may be busy.
vi.setConfig({ testTimeout: 400_000, hookTimeout: 600_000 });

const WAIT = { timeout: 180_000 };
const chromium = findChromium() ?? "";
/** Only English words can be recognized with what lies in here. */
const models = mkdtempSync(join(tmpdir(), "affekt-models-"));

async function expectWordsOnly(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/#/live`);
  await page.getByText("There is no model for this here, so it is not used: face + voice.").waitFor(WAIT);
  const camera = page.getByRole("checkbox", { name: "Camera" });
  expect([await camera.isChecked(), await camera.isDisabled()]).toEqual([false, true]);
  expect(await violations(page)).toEqual([]);
  await page.getByLabel("Everybody who can be seen").check();
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.getByLabel("Type along").fill("What a wonderful surprise!");
  await page.keyboard.press("Enter");
  await page.locator(".utterances li", { hasText: "words" }).first().waitFor(WAIT);
  await page.getByRole("button", { name: "Stop" }).click();
  await page.goto(`${url}/#/files`);
  await page.locator(".drop .check input").check();
  await page
    .locator("input[type=file]")
    .setInputFiles([upload("note.txt", "I am so happy about this!"), upload("face.jpg", await portrait())]);
  await page.getByText("2 of 2 done").waitFor(WAIT);
  expect(await page.locator(".table-frame .failed").allInnerTexts()).toEqual([
    "failed: There is no model for this here.",
  ]);
  await page.locator(".table-frame .answer", { hasText: "joy" }).waitFor(WAIT);
  await page.getByRole("button", { name: "Details of face.jpg" }).click();
  await page.locator(".detail .notice", { hasText: "Analyze it in the other place" }).waitFor(WAIT);
  await page.getByRole("button", { name: "中文" }).click();
  await page.locator(".detail .notice", { hasText: "这里没有可用于此内容的模型" }).waitFor(WAIT);
  await page.getByRole("button", { name: "English" }).click();
}

describe.skipIf(chromium === "")("the web app with a model for English words only", () => {
  let served: Served;
  let browser: TestBrowser;

  beforeAll(async () => {
    cpSync(join(shippedModels(), "text-en"), join(models, "text-en"), { recursive: true });
    buildWebApp();
    served = await serveApp(models);
    browser = await openBrowser(chromium, served.url);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    rmSync(models, { recursive: true, force: true });
  });

  test("on the device says what is not used, and uses words", async () => {
    const { page, problems } = await browser.page();
    await expectWordsOnly(page, served.url);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test("through the server says what is not used, and uses words", async () => {
    const service: Service = await startService({ version: "1.2.3", port: 0, workers: 1, models });
    const own = await openBrowser(chromium, service.url);
    try {
      const { page } = await own.page();
      await page.addInitScript(`localStorage.setItem("affekt.settings", '{"place":"server"}')`);
      await expectWordsOnly(page, service.url);
    } finally {
      await own.close();
      await service.close();
    }
  });

  test("says why no emotion is named: a language that nobody reads, no language at all, or too little", async () => {
    const { page } = await browser.page();
    await page.goto(`${served.url}/#/text`);
    const note = page.locator(".verdict .note");
    const told = async (text: string, words: string): Promise<void> => {
      await page.getByLabel("Your text").fill(text);
      await note.filter({ hasText: words }).waitFor(WAIT);
    };
    await told("今天天气很好，我们去公园吧。", "in a language that no model here reads");
    await told("const a = () => { return b[0] + c(1); };", "It looks like code");
    await page.getByRole("button", { name: "中文" }).click();
    await note.filter({ hasText: "内容像是代码、日志或数字" }).waitFor(WAIT);
    await page.context().close();
  });

  test("a model that the server has no more is told as such, and another try takes it when it is there again", async () => {
    // Routes of a test do not see what a service worker fetches.
    const { page } = await browser.page({ serviceWorkers: "block" });
    await page.route("**/files/text-en-*.onnx", (route) => route.fulfill({ status: 404 }));
    await page.goto(`${served.url}/#/text`);
    await page.getByLabel("Your text").fill("I love this so much!");
    await page.getByText("There is no model for this here.").waitFor(WAIT);
    await page.unroute("**/files/text-en-*.onnx");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator(".verdict .label", { hasText: "joy" }).waitFor(WAIT);
    await page.context().close();
  });

  test("tells every refusal of a server in the language of the app, with the server's own words as details", async () => {
    const { page } = await browser.page();
    await page.addInitScript(`localStorage.setItem("affekt.settings", '{"place":"server","language":"zh"}')`);
    await page.route("**/v1/scenarios", (route) => route.fulfill({ json: { scenarios: [] } }));
    await page.route("**/v1/recognize", (route) => {
      const [, code = ""] = /code:([a-z-]+)\./u.exec(route.request().postData() ?? "") ?? [];
      return route.fulfill({
        status: 422,
        contentType: "application/problem+json",
        json: { code, detail: `In English: ${code}.`, hint: "Do something." },
      });
    });
    await page.goto(`${served.url}/#/files`);
    const rows = ERROR_CODES.map((code) => JSON.stringify({ text: `code:${code}.` }));
    await page.locator("input[type=file]").setInputFiles([upload("codes.jsonl", rows.join("\n"))]);
    await page.getByText(`已完成 ${ERROR_CODES.length} / ${ERROR_CODES.length}`).waitFor(WAIT);
    const told = await page.locator(".table-frame .failed").allInnerTexts();
    expect(told.sort()).toEqual(ERROR_CODES.map((code) => `失败：${CODE_STRINGS[`code.${code}`].zh}`).sort());
    await page.getByRole("button", { name: "code:policy. 的详情" }).click();
    const detail = page.locator(".detail .notice");
    expect(await detail.innerText()).toContain("请填写适用哪里的法律");
    expect(await detail.locator("details p").first().isVisible()).toBe(false);
    await detail.locator("summary").click();
    expect(await detail.locator("details p[lang=en]").first().innerText()).toBe("In English: policy.");
    expect(await violations(page)).toEqual([]);
    await page.context().close();
  });
});
