/** Further columns in the web app: of files, of a live session and of a training, by models of the project's trainer. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { portrait } from "../../src/cli/demo/photograph.ts";
import type { Prediction } from "../../src/core/prediction.ts";
import { findFfmpeg } from "../../src/platform/node/ffmpeg.ts";
import { nodeFiles } from "../../src/platform/node/files.ts";
import { startService } from "../../src/server/service.ts";
import { clock } from "../../src/web/state/clock.ts";
import { numberText } from "../../src/web/state/number-text.ts";
import { buildWebApp, findChromium, openBrowser, type Served, serveApp, type TestBrowser } from "../support/browser.ts";
import { upload } from "../support/files-page.ts";
import { film } from "../support/film.ts";
import { ENCODERS, MULTI_TASK_COLUMNS, MULTI_TASK_HEAD, multiTaskConfig, trainTiny } from "../support/multi-task.ts";
import { violations } from "../support/violations.ts";

// Trainings and a real browser that runs networks, on a machine that may be busy.
vi.setConfig({ testTimeout: 500_000, hookTimeout: 600_000 });

const WAIT = { timeout: 240_000 };
const PHONE = 390;
const chromium = findChromium() ?? "";
const ffmpeg = await findFfmpeg();
/** Where pictures of every state go, to be looked at. */
const PICTURES = process.env["AFFEKT_PICTURES"];

async function look(page: Page, name: string): Promise<void> {
  if (PICTURES !== undefined) await page.screenshot({ path: join(PICTURES, `columns-${name}.png`), fullPage: true });
}

/** Both languages, both themes and a phone: no serious violation, and nothing wider than the screen. */
async function expectEverywhere(page: Page, name: string): Promise<void> {
  for (const [language, theme, width] of [
    ["en", "light", 1280],
    ["en", "dark", PHONE],
    ["zh", "dark", 1280],
    ["zh", "light", PHONE],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    const other = page.getByRole("button", { name: language === "en" ? "English" : "中文" });
    if (await other.isVisible()) await other.click();
    const turn = page.getByRole("button", {
      name: language === "en" ? `Use the ${theme} theme` : `使用${theme === "dark" ? "深" : "浅"}色主题`,
    });
    if (await turn.isVisible()) await turn.click();
    expect(await page.locator("html").getAttribute("data-theme")).toBe(theme);
    expect(await page.locator("html").getAttribute("lang")).toBe(language === "en" ? "en" : "zh-Hans");
    await expect.poll(() => page.evaluate("document.documentElement.scrollWidth"), WAIT).toBeLessThanOrEqual(width);
    expect(await violations(page)).toEqual([]);
    await look(page, `${name}-${language}-${theme}-${width}`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.getByRole("button", { name: "English" }).click();
}

describe.skipIf(chromium === "")("further columns in the web app", () => {
  const folder = mkdtempSync(join(tmpdir(), "affekt-web-columns-"));
  let served: Served;
  let browser: TestBrowser;

  beforeAll(async () => {
    buildWebApp();
    const models = nodeFiles(join(folder, "models"));
    for (const modality of ["text", "face"] as const) {
      const config = { ...multiTaskConfig(ENCODERS[modality]), id: `${modality}-tiny` };
      const { bytes } = await trainTiny(nodeFiles(join(folder, modality)), config);
      await models.write(`${modality}-tiny.onnx`, bytes);
    }
    served = await serveApp(join(folder, "models"));
    browser = await openBrowser(chromium, served.url);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("stand with the result of a text, and in what is taken along", async () => {
    const { page, problems } = await browser.page();
    await page.goto(`${served.url}/#/files`);
    await page.locator("input[type=file]").setInputFiles([upload("note.txt", "sunny lovely 7")]);
    const columns = page.getByRole("region", { name: "Further columns" });
    await columns.getByText("by the model of the words").waitFor(WAIT);
    const rows = await columns.locator("dl > div").allInnerTexts();
    expect(rows.map((row) => row.replace(/\s+/gu, " "))).toEqual([
      expect.stringMatching(/^arousal [01]\.\d\d$/u),
      expect.stringMatching(/^intensity strong >?\d+% normal <?\d+%$/u),
    ]);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export CSV" }).click(),
    ]);
    const csv = await nodeFiles("/").readText((await download.path()) ?? "");
    expect(csv).toMatch(/,problem,text\.arousal,text\.intensity\r\n.*,[01]\.\d+,strong\r\n$/u);
    await expectEverywhere(page, "text");
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test("stand with each face of several", async () => {
    const { page, problems } = await browser.page();
    await page.goto(`${served.url}/#/files`);
    await page.locator(".drop .check input").check();
    const face = await sharp(await portrait())
      .resize(400, 400)
      .toBuffer();
    const two = await sharp({ create: { width: 900, height: 450, channels: 3, background: "#8a97a5" } })
      .composite([
        { input: face, left: 20, top: 25 },
        { input: await sharp(face).resize(320, 320).modulate({ brightness: 0.4 }).toBuffer(), left: 520, top: 60 },
      ])
      .png()
      .toBuffer();
    await page.locator("input[type=file]").setInputFiles([upload("two.png", two)]);
    await page.getByRole("region", { name: "Further columns" }).getByText("by the model of the face").waitFor(WAIT);
    await page.getByRole("button", { name: /^Face 2 / }).click();
    const own = page.locator(".faces .columns");
    await own.getByText("Further columns of face 2").waitFor(WAIT);
    expect(await own.locator("dt").allInnerTexts()).toEqual(["arousal", "intensity"]);
    await expectEverywhere(page, "faces");
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test.skipIf(ffmpeg === null)("stand with what the player of a film is at", async () => {
    const { page, problems } = await browser.page();
    await page.goto(`${served.url}/#/files`);
    await page.locator(".drop .check input").check();
    const made = await film(folder, { brightness: 0.4 });
    await page.locator("input[type=file]").setInputFiles([upload("film.webm", made)]);
    const columns = page.getByRole("region", { name: "Further columns at this place" });
    await columns.getByText(/^face, /u).waitFor(WAIT);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export JSON" }).click(),
    ]);
    const exported = await nodeFiles("/").readText((await download.path()) ?? "");
    const [item] = JSON.parse(exported) as [{ prediction: Prediction }];
    const wanted = (item.prediction.segments ?? []).map(({ startMs, endMs, columns: own }) => [
      `face, ${clock(startMs)} to ${clock(endMs)}`,
      numberText(own?.numbers?.["arousal"] ?? Number.NaN),
    ]);
    expect(wanted.length).toBeGreaterThan(1);
    expect(new Set(wanted.map(([, arousal]) => arousal)).size).toBeGreaterThan(1);
    const shown = async () => [
      await columns.locator("h4").innerText(),
      await columns.locator("dd").first().innerText(),
    ];
    const buttons = page.locator(".lanes .track button");
    for (const [at, own] of wanted.entries()) {
      await buttons.nth(at).focus();
      await page.keyboard.press("Enter");
      await expect.poll(shown, WAIT).toEqual(own);
    }
    await expectEverywhere(page, "film");
    // Between the faces there is none.
    const box = await page.locator(".lanes .track").first().boundingBox();
    await page
      .locator(".lanes .track")
      .first()
      .click({ position: { x: (box?.width ?? 0) / 2, y: 10 } });
    await columns.getByText("face: nothing at this place").waitFor(WAIT);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test("are told live of a face, and of words that are typed along", async () => {
    const { page, problems } = await browser.page({ permissions: ["camera", "microphone"] });
    await page.goto(`${served.url}/#/live`);
    await page.getByLabel("Everybody who can be seen").check();
    await page.getByRole("button", { name: "Start", exact: true }).click();
    const columns = page.locator(".now").getByRole("region", { name: "Further columns" });
    await columns.getByText("by the model of the face").waitFor(WAIT);
    await page.getByLabel("Type along").fill("sunny lovely 7");
    await page.keyboard.press("Enter");
    await columns.getByText("by the model of the words").waitFor(WAIT);
    expect(await columns.locator("dt").allInnerTexts()).toEqual(expect.arrayContaining(["arousal", "intensity"]));
    await expectEverywhere(page, "live");
    await page.getByRole("button", { name: "Stop" }).click();
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test("are measured on the page Train, where the model that is trained there has any", async () => {
    const service = await startService({ version: "1.2.3", port: 0, workers: 1, dataDir: join(folder, "data") });
    const own = await openBrowser(chromium, service.url, "none");
    try {
      const { page, problems } = await own.page();
      await page.goto(`${service.url}/#/train`);
      const rows = Array.from({ length: 240 }, (_, at) => ({
        id: String(at),
        text: at % 2 ? `what a lovely day ${at}` : `what an awful day ${at}`,
        label: at % 2 ? "joy" : "anger",
        language: "en",
        ...(at % 5 === 0 ? {} : { arousal: (at % 2) - 0.1 * (at % 3), intensity: at % 2 ? "strong" : "normal" }),
      }));
      const content = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
      await page.locator("input[type=file]").setInputFiles([upload("columns.jsonl", content)]);
      await page.getByText("240 usable examples").waitFor(WAIT);
      await page.getByLabel("Turns over all examples").fill("4");
      await page.getByText("Advanced", { exact: true }).click();
      const { features, network } = ENCODERS.text;
      const advanced = {
        features: { ...features, ...MULTI_TASK_COLUMNS },
        network: { ...network, head: MULTI_TASK_HEAD },
        training: { learningRate: 0.03 },
      };
      await page.getByLabel("JSON with features").fill(JSON.stringify(advanced));
      await page.getByRole("button", { name: "Start training" }).click();
      await page.getByRole("button", { name: "Evaluate on test rows" }).waitFor(WAIT);
      const curves = page.locator(".curve");
      // Beside those of loss, scores and rate.
      expect(await curves.locator("h4").allInnerTexts()).toEqual(expect.arrayContaining(["arousal", "intensity"]));
      const arousal = curves.filter({ has: page.getByRole("heading", { name: "arousal" }) });
      expect(await arousal.getByRole("img").getAttribute("aria-label")).toMatch(/arousal.*concordance \(CCC\).*\d/u);
      expect(await arousal.locator("canvas").count()).toBe(1);
      await page.getByRole("button", { name: "Evaluate on test rows" }).click();
      const scores = page.getByRole("region", { name: "Further columns, on the test rows" });
      await scores.waitFor(WAIT);
      const told = await scores.locator("tbody tr").allInnerTexts();
      expect(told.map((row) => row.replace(/\s+/gu, " ").trim())).toEqual([
        expect.stringMatching(/^arousal \d+ −?[01]\.\d{3} −?[01]\.\d{3} \d\.\d\d$/u),
        expect.stringMatching(/^intensity \d+ [01]\.\d{3} [01]\.\d{3} [01]\.\d{3}$/u),
      ]);
      await expectEverywhere(page, "train");
      expect(problems).toEqual([]);
    } finally {
      await own.close();
      await service.close();
    }
  });
});
