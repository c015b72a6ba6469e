/** The page Files with pictures and films: faces as thumbnails, what explains them, timelines. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { portrait } from "../../src/cli/demo/photograph.ts";
import { findFfmpeg } from "../../src/platform/node/ffmpeg.ts";
import { findChromium } from "../support/browser.ts";
import { type FilesPage, openFilesPage, upload } from "../support/files-page.ts";
import { film } from "../support/film.ts";
import { violations } from "../support/violations.ts";

// A real browser that runs networks, on a machine that may be busy.
vi.setConfig({ testTimeout: 400_000, hookTimeout: 600_000 });

const WAIT = { timeout: 180_000 };
const chromium = findChromium() ?? "";
const ffmpeg = await findFfmpeg();
const folder = mkdtempSync(join(tmpdir(), "affekt-films-"));

/** Ten portraits in one picture. */
async function crowd(): Promise<Uint8Array> {
  const face = await sharp(await portrait())
    .resize(200, 200)
    .toBuffer();
  return sharp({ create: { width: 1200, height: 560, channels: 3, background: "#8a97a5" } })
    .composite(
      Array.from({ length: 10 }, (_, index) => ({
        input: face,
        left: 20 + (index % 5) * 236,
        top: 40 + Math.floor(index / 5) * 260,
      })),
    )
    .jpeg()
    .toBuffer();
}

/** Two seconds by MediaRecorder, as base64. The face comes after the first. */
const RECORD = `async (base64) => {
  const face = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))]));
  const canvas = Object.assign(document.createElement("canvas"), { width: 480, height: 300 });
  const context = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm" });
  const pieces = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const done = new Promise((resolve) => { recorder.onstop = resolve; });
  recorder.start();
  const began = performance.now();
  // By pictures and not by time alone: a busy machine gets few of them into a second.
  for (let drawn = 0; drawn < 50 || performance.now() - began < 2200; drawn++) {
    context.fillStyle = "#8a97a5";
    context.fillRect(0, 0, 480, 300);
    if (drawn >= 20) context.drawImage(face, 140, 50, 200, 200);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  const seconds = (performance.now() - began) / 1000;
  recorder.stop();
  await done;
  const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return { film: btoa(text), seconds };
}`;
/** How many values the first thumbnail's colours have: one of a flat picture, -1 if the page shows no thumbnail. */
const COLOURS = `(() => {
  const canvas = document.querySelector(".faces canvas");
  if (canvas === null) return -1;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(data).size;
})()`;

describe.skipIf(chromium === "")("pictures and films on the page Files", () => {
  let files: FilesPage;
  let page: Page;
  let problems: readonly string[];

  beforeAll(async () => {
    files = await openFilesPage(chromium);
    ({ page, problems } = files);
  });
  afterAll(async () => {
    await files?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("ten faces are ten thumbnails; one is shown in the picture, and the leading one is explained", async () => {
    await files.analyze([upload("crowd.jpg", await crowd())]);
    await page.getByText("10 faces").waitFor(WAIT);
    expect(await page.locator(".faces canvas").count()).toBe(10);
    await page.locator(".faces button").nth(3).click();
    expect(await page.locator(".picture .face.chosen").count()).toBe(1);
    await page.getByRole("button", { name: "Explain" }).click();
    await page.locator(".heat canvas").waitFor(WAIT);
    const painted = `(() => {
      const canvas = document.querySelector(".heat canvas");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value, at) => at % 4 === 0 && Math.abs(value - data[at + 2]) > 60);
    })()`;
    await vi.waitUntil(() => page.evaluate<boolean>(painted), { timeout: 60_000, interval: 200 });
    expect(await violations(page)).toEqual([]);
    expect(problems).toEqual([]);
  });

  test.skipIf(ffmpeg === null)("a film's timeline seeks where it is clicked, and its faces do", async () => {
    await files.analyze([upload("film.webm", await film(folder))]);
    await page.locator(".lanes .lane").nth(1).waitFor(WAIT);
    const at = (): Promise<number> => page.evaluate(`document.querySelector("video").currentTime`);
    const track = page.locator(".lanes .track").first();
    const box = await track.boundingBox();
    await track.click({ position: { x: (box?.width ?? 0) / 2, y: 10 } });
    await expect.poll(at).toBeGreaterThan(1.2);
    expect(await at()).toBeLessThan(1.8);
    await expect.poll(() => page.locator(".lanes .clock").innerText()).toMatch(/^0:01\.[3-7] \/ 0:0[23]\.\d$/u);
    await page.locator(".faces button").first().click();
    await expect.poll(at).toBeLessThan(1.2);
    await page.locator(".lanes .track button").last().focus();
    await page.keyboard.press("Enter");
    await expect.poll(at).toBeGreaterThan(0.05);
    expect(await violations(page)).toEqual([]);
    expect(problems).toEqual([]);
  });

  test("a film that a browser recorded names no length: it is looked at to its end, and its timeline says how long it is", async () => {
    // Drawn and recorded by the page itself: some two seconds with a face after the first one.
    const face = Buffer.from(await portrait()).toString("base64");
    const recorded = await page.evaluate<{ film: string; seconds: number }>(`(${RECORD})(${JSON.stringify(face)})`);
    await files.analyze([upload("recorded.webm", Buffer.from(recorded.film, "base64"))]);
    await page.locator(".lanes .track button, [role=alert]").first().waitFor(WAIT);
    expect(await page.locator("[role=alert]").allInnerTexts()).toEqual([]);
    const length = await page.locator(".lanes .clock").innerText();
    expect(Number(/\/ 0:(\d\d\.\d)$/u.exec(length)?.[1])).toBeGreaterThan(1.5);
    expect(Number(/\/ 0:(\d\d\.\d)$/u.exec(length)?.[1])).toBeLessThan(recorded.seconds + 2);
    await expect.poll(() => page.evaluate("Number.isFinite(document.querySelector('video').duration)")).toBe(true);
    await page.locator(".faces button").first().click();
    await expect.poll(() => page.evaluate<number>(`document.querySelector("video").currentTime`)).toBeGreaterThan(0.5);
    await expect.poll(() => page.evaluate<number>(COLOURS), { timeout: 90_000, interval: 200 }).toBeGreaterThan(100);
    expect(problems).toEqual([]);
  });
});
