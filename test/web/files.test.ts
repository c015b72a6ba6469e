/** The page Files as a person uses it: bad files, words and faces explained, a film with its timeline. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { portrait } from "../../src/cli/demo/photograph.ts";
import { voice } from "../../src/cli/demo/voice.ts";
import { findFfmpeg } from "../../src/platform/node/ffmpeg.ts";
import { writeWav } from "../../src/preprocess/speech/wav.ts";
import { buildWebApp, findChromium, openBrowser, type Served, serveApp, type TestBrowser } from "../support/browser.ts";
import { violations } from "../support/violations.ts";

// A real browser that runs networks, on a machine that may be busy.
vi.setConfig({ testTimeout: 400_000, hookTimeout: 600_000 });

const WAIT = { timeout: 180_000 };
const chromium = findChromium();
const ffmpeg = await findFfmpeg();
const folder = mkdtempSync(join(tmpdir(), "affekt-files-"));

interface Upload {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

function upload(name: string, content: string | Uint8Array): Upload {
  return { name, mimeType: "", buffer: typeof content === "string" ? Buffer.from(content) : Buffer.from(content) };
}

/** Ten portraits on one picture. */
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

/** Three seconds with a face in the first and the last, and a voice. */
async function film(): Promise<Uint8Array> {
  const face = await sharp(await portrait())
    .resize(200, 200)
    .toBuffer();
  for (let index = 0; index < 15; index++) {
    const seen = index < 5 || index >= 10;
    await sharp({ create: { width: 480, height: 300, channels: 3, background: "#8a97a5" } })
      .composite(seen ? [{ input: face, left: 100 + index * 5, top: 50 }] : [])
      .jpeg()
      .toFile(join(folder, `${String(index).padStart(2, "0")}.jpg`));
  }
  writeFileSync(join(folder, "voice.wav"), writeWav(voice()));
  const path = join(folder, "film.webm");
  const inputs = ["-framerate", "5", "-i", join(folder, "%02d.jpg"), "-i", join(folder, "voice.wav")];
  const coding = ["-c:v", "libvpx", "-b:v", "1M", "-c:a", "libopus", path];
  execFileSync("ffmpeg", ["-nostdin", "-y", "-loglevel", "error", ...inputs, ...coding]);
  return new Uint8Array(readFileSync(path));
}

describe.skipIf(chromium === undefined)("the page Files", () => {
  let served: Served;
  let browser: TestBrowser;
  /** One for all tests, so that the networks are loaded once. */
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    buildWebApp();
    served = await serveApp();
    browser = await openBrowser(chromium ?? "", served.url);
    ({ page, problems } = await browser.page());
    await page.goto(`${served.url}/#/files`);
    await page.locator(".drop .check input").check();
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function analyze(files: readonly Upload[]): Promise<void> {
    const clear = page.getByRole("button", { name: "Clear all" });
    if (await clear.isVisible()) await clear.click();
    await page.locator("input[type=file]").setInputFiles([...files]);
  }

  test("bad files are told in words, each with what was expected, and stop nothing", async () => {
    await analyze([
      upload("columns.csv", "id,words\n1,hello\n"),
      upload("lines.jsonl", '{"text":"I am so happy!"}\n{"text": oops}\n'),
      upload("empty.txt", ""),
      upload("latin.txt", Uint8Array.of(0x63, 0x61, 0x66, 0xe9)),
      upload("silent.wav", writeWav({ samples: new Float32Array(16_000), sampleRate: 16_000 })),
      upload(
        "grey.png",
        await sharp({ create: { width: 64, height: 64, channels: 3, background: "#888" } })
          .png()
          .toBuffer(),
      ),
      upload("cut.mp4", "no film at all"),
      upload("what.xyz", "?"),
    ]);
    await page.getByText("9 of 9 done").waitFor(WAIT);
    const told = (await page.locator(".table-frame .failed").allInnerTexts()).sort();
    expect(told).toEqual(
      [
        "failed: columns.csv has no column named text.",
        'failed: Line 2 of lines.jsonl is broken: {"text": oops}',
        "failed: empty.txt is empty.",
        "failed: latin.txt is no text in UTF-8.",
        "failed: No speech was heard.",
        "failed: No face was found.",
        "failed: The file could not be read.",
        "failed: This kind of file is not known here.",
      ].sort(),
    );
    await page.getByRole("button", { name: "Details of columns.csv" }).click();
    await page.getByText("Its first line names “id”, “words”.").waitFor(WAIT);
    await page.getByRole("button", { name: "中文" }).click();
    await page.locator(".detail", { hasText: "没有名为 text 的列" }).waitFor(WAIT);
    await page.locator(".answer", { hasText: "喜悦" }).waitFor(WAIT);
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "English" }).click();
    await page.getByRole("button", { name: "Use the dark theme" }).click();
    expect(problems).toEqual([]);
  });

  test("words carry marks with their signs, and another label turns them around", async () => {
    await analyze([upload("note.txt", "I love this but the weather is awful")]);
    await page.locator(".words mark.for", { hasText: "love" }).waitFor(WAIT);
    await page.locator(".words mark.against", { hasText: "awful" }).waitFor(WAIT);
    const lines = await page.evaluate<string[]>(
      `["for", "against"].map((sign) => getComputedStyle(document.querySelector("mark." + sign)).textDecorationStyle)`,
    );
    expect(lines).toEqual(["solid", "wavy"]);
    expect(await page.locator(".strongest li").first().innerText()).toMatch(/^\+\d+\.\d love$/u);
    await page.getByLabel("What speaks for").selectOption("anger");
    await page.locator(".words mark.for", { hasText: "awful" }).waitFor(WAIT);
    expect(await violations(page)).toEqual([]);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export JSON" }).click(),
    ]);
    const [row] = JSON.parse(readFileSync((await download.path()) ?? "", "utf8")) as {
      explanation: { label: string };
    }[];
    expect(row?.explanation.label).toBe("anger");
    expect(problems).toEqual([]);
  });

  test("a table of talk is summed up over time and by speaker, searched, and taken along as picture and print", async () => {
    const lines = Array.from({ length: 120 }, (_, index) => {
      const [text, speaker] =
        index % 3 === 0 ? ["I love this so much!", "Ann"] : ["I hate this, how dare they!", "Ben"];
      return `${text},${speaker},2026-03-${String(1 + (index % 28)).padStart(2, "0")}`;
    });
    await analyze([
      upload(
        "talk.csv",
        `text,speaker,date\n${lines.map((line) => line.replace(/^(.*),(\w+),/u, '"$1",$2,')).join("\n")}`,
      ),
    ]);
    await page.getByText("120 of 120 done").waitFor(WAIT);
    const speakers = await page.locator(".speakers tbody tr").allInnerTexts();
    expect(speakers.map((row) => row.replace(/\s+/gu, " ").trim())).toEqual(["Ben 80 anger 100%", "Ann 40 joy 100%"]);
    expect(await page.locator(".course li").count()).toBe(24);
    expect(await page.locator(".table-frame tbody tr").count()).toBe(100);
    await page.getByRole("button", { name: "Sort by Time" }).click();
    expect(await page.locator(".table-frame tbody tr").first().innerText()).toContain("Mar 1, 2026");
    await page.getByLabel("Search in names and texts").fill("LOVE this");
    expect(await page.locator(".table-frame tbody tr").count()).toBe(40);
    expect(await violations(page)).toEqual([]);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export PNG" }).click(),
    ]);
    const picture = await sharp((await download.path()) ?? "").metadata();
    expect([picture.format, picture.width]).toEqual(["png", 1_200]);
    await page.getByLabel("Search in names and texts").fill("");
    await page.evaluate(
      `window.print = () => { globalThis.printed = [document.documentElement.dataset.theme, document.querySelectorAll(".table-frame tbody tr").length]; }; 0`,
    );
    await page.getByRole("button", { name: "Print or PDF" }).click();
    await expect.poll(() => page.evaluate("globalThis.printed")).toEqual(["light", 120]);
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
    await page.emulateMedia({ media: "print" });
    expect(await page.locator(".drop").isVisible()).toBe(false);
    expect(await page.locator(".summary").isVisible()).toBe(true);
    await page.emulateMedia({ media: "screen" });
    expect(problems).toEqual([]);
  });

  test("ten faces are ten thumbnails; one is shown in the picture, and the leading one is explained", async () => {
    await analyze([upload("crowd.jpg", await crowd())]);
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
    await analyze([upload("film.webm", await film())]);
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
});
