/**
 * Pictures of every page, in both languages and themes, wide and on a phone, from the real service and a real browser. The
 * person before the camera is Eileen Collins (NASA, public domain); the voice is made up.
 *
 *     npm run bench -- screenshots [--out DIR] [--root DATA] [--write]
 *
 * All of them are for looking at; `--write` puts the ones that README and docs show into `docs/pictures/`.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { portrait } from "../../src/cli/demo/photograph.ts";
import { voice } from "../../src/cli/demo/voice.ts";
import { AffektError } from "../../src/core/errors.ts";
import { writeWav } from "../../src/preprocess/speech/wav.ts";
import { type Service, startService } from "../../src/server/service.ts";
import { buildWebApp, findChromium, openBrowser } from "../../test/support/browser.ts";
import { quickRows } from "../../test/support/quick-rows.ts";

const LANGUAGES = ["en", "zh"] as const;
const THEMES = ["light", "dark"] as const;
type Language = (typeof LANGUAGES)[number];

const WIDE = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };
const WAIT = { timeout: 240_000 };
const FOLDER = "docs/pictures";
/** The ones that are shown, and how wide. */
const SHOWN: Readonly<Record<string, number>> = {
  "live-en-light-wide": 1280,
  "live-zh-dark-wide": 1280,
  "text-zh-light-wide": 1000,
  "files-en-light-wide": 1000,
  "history-en-dark-wide": 1000,
  "live-en-dark-phone": 390,
};

const SAID: Readonly<Record<Language, readonly [string, string]>> = {
  en: ["Thank you so much, this made my whole week!", "Honestly, I was a little afraid before the launch."],
  zh: ["太感谢了，我这一周都会很开心！", "说实话，发射之前我有点害怕。"],
};

/** Two seconds before a camera, in which the person moves a little. */
async function cameraOf(photograph: Uint8Array): Promise<Uint8Array> {
  const { data, info } = await sharp(photograph).resize(1_320).toBuffer({ resolveWithObject: true });
  const frames = await Promise.all(
    Array.from({ length: 30 }, (_, index) => {
      const sway = Math.sin((index / 30) * 2 * Math.PI);
      const [left, top] = [Math.round((info.width - 1_280) / 2 + 14 * sway), Math.round(20 + 6 * sway)];
      return sharp(data).extract({ left, top, width: 1_280, height: 720 }).jpeg({ quality: 88 }).toBuffer();
    }),
  );
  return Buffer.concat(frames);
}

async function fillHistory(url: string): Promise<void> {
  const rows = [
    ...SAID.en.map((text) => ({ text, subject: "p-014" })),
    ...SAID.zh.map((text) => ({ text, subject: "p-027" })),
    { text: "They lied to us again, and nobody cares.", subject: "p-031", scenario: "customer-service" },
    { text: "The meeting is at ten in room four.", subject: "p-031", scenario: "customer-service" },
    { text: "Thank you so much, this made my whole week!", subject: "p-014", scenario: "customer-service" },
  ];
  for (const { text, ...rest } of rows) {
    const body = JSON.stringify({ text, session: "s-7", ...rest });
    const reply = await fetch(`${url}/v1/recognize`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    if (!reply.ok) throw new AffektError("internal", `The service answered ${await reply.text()}.`, "Report this.");
  }
}

interface Stage {
  readonly page: Page;
  readonly language: Language;
  readonly photograph: Uint8Array;
  /** Of this language and theme. */
  readonly name: string;
}

/** How each page gets something to show. */
const SCENES: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  async start() {},
  async text({ page, language }) {
    await page.locator("textarea").fill(SAID[language][0]);
    await page.locator(".verdict .label").waitFor(WAIT);
  },
  async files({ page, language, photograph }) {
    await page.locator("input[type=file]").setInputFiles([
      { name: "note.txt", mimeType: "text/plain", buffer: Buffer.from(SAID[language][1]) },
      { name: "portrait.png", mimeType: "image/png", buffer: Buffer.from(photograph) },
      { name: "voice.wav", mimeType: "audio/wav", buffer: Buffer.from(writeWav(voice())) },
    ]);
    await page.locator("main input[type=checkbox]").first().check();
    await page.getByText(language === "en" ? "3 of 3 done" : "已完成 3 / 3").waitFor(WAIT);
    const details = language === "en" ? "Details of portrait.png" : "portrait.png 的详情";
    await page.getByRole("button", { name: details }).click();
    await page.locator(".picture .face").waitFor(WAIT);
  },
  async train({ page, name }) {
    const rows = Buffer.from(quickRows());
    const file = { name: `${name}.jsonl`, mimeType: "application/jsonl", buffer: rows };
    await page.locator("input[type=file]").first().setInputFiles(file);
    await page
      .getByText(/\b240\b/u)
      .first()
      .waitFor(WAIT);
  },
  async history({ page }) {
    await page.getByRole("cell").first().waitFor(WAIT);
  },
  async live({ page, language }) {
    await page.locator("main form input[type=checkbox]").last().check();
    await page.locator("main form button[type=submit]").click();
    await page.locator(".stage .face .tag").first().waitFor(WAIT);
    await page.waitForTimeout(6_000);
    await page.locator("#say").fill(SAID[language][0]);
    await page.keyboard.press("Enter");
    await page.locator(".utterances li").first().waitFor(WAIT);
    await page.waitForTimeout(5_000);
  },
};

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      out: { type: "string" },
      only: { type: "string", multiple: true },
      root: { type: "string", default: process.env["AFFEKT_DATA"] ?? "../shared/data" },
      write: { type: "boolean", default: false },
    },
  });
  const chromium = findChromium();
  if (chromium === undefined) {
    throw new AffektError("missing-tool", "There is no Chromium.", "Install it (apt-get install chromium).");
  }
  const path = join(values.root, "face/e2e/astronaut.png");
  if (values.write && !existsSync(path)) {
    throw new AffektError("file", `There is no ${path}.`, "Pictures to be shown need it; leave --write out.");
  }
  const photograph = existsSync(path) ? readFileSync(path) : await portrait();
  const out = values.out ?? mkdtempSync(join(tmpdir(), "affekt-screenshots-"));
  mkdirSync(out, { recursive: true });
  buildWebApp();
  const service: Service = await startService({ version: "1.0.0", port: 0, workers: 1 });
  const browser = await openBrowser(chromium, service.url, { camera: await cameraOf(photograph) });
  try {
    await fillHistory(service.url);
    for (const language of LANGUAGES) {
      for (const theme of THEMES) {
        const { page } = await browser.page({
          permissions: ["camera", "microphone"],
          locale: language === "en" ? "en-US" : "zh-CN",
          colorScheme: theme,
          viewport: WIDE,
        });
        for (const [name, act] of Object.entries(SCENES)) {
          if (values.only !== undefined && !values.only.includes(name)) continue;
          await page.setViewportSize(WIDE);
          await page.goto(`${service.url}/#/${name}`);
          await page.locator("h1").first().waitFor(WAIT);
          await act({ page, language, photograph, name: `notes-${language}-${theme}` });
          for (const [size, viewport] of Object.entries({ wide: WIDE, phone: PHONE })) {
            await page.setViewportSize(viewport);
            await page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)");
            await page.waitForTimeout(600);
            const title = `${name}-${language}-${theme}-${size}`;
            const shot = await page.screenshot();
            await sharp(shot)
              .png()
              .toFile(join(out, `${title}.png`));
            const width = SHOWN[title];
            if (values.write && width !== undefined) {
              mkdirSync(FOLDER, { recursive: true });
              await sharp(shot).resize(width).webp({ quality: 82 }).toFile(`${FOLDER}/${title}.webp`);
            }
          }
        }
        await page.context().close();
      }
    }
  } finally {
    await browser.close();
    await service.close();
  }
  console.log(`pictures: ${out}`);
}
