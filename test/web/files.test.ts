/** The page Files as a person uses it: bad files, words explained, tables of talk. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { writeWav } from "../../src/preprocess/speech/wav.ts";
import { findChromium } from "../support/browser.ts";
import { type FilesPage, openFilesPage, upload } from "../support/files-page.ts";
import { violations } from "../support/violations.ts";

// A real browser that runs networks, on a machine that may be busy.
vi.setConfig({ testTimeout: 400_000, hookTimeout: 600_000 });

const WAIT = { timeout: 180_000 };
const chromium = findChromium() ?? "";

describe.skipIf(chromium === "")("the page Files", () => {
  let files: FilesPage;
  let page: Page;
  let problems: readonly string[];

  beforeAll(async () => {
    files = await openFilesPage(chromium);
    ({ page, problems } = files);
  });
  afterAll(() => files?.close());

  test("bad files are told in words, each with what was expected, and stop nothing", async () => {
    await files.analyze([
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

  test("a text of ten megabytes is answered from its beginning and its end, and a piece of it is shown", async () => {
    await files.analyze([upload("long.txt", "I am so happy about this wonderful day! ".repeat(262_144))]);
    await page.locator(".verdict .label", { hasText: "joy" }).waitFor(WAIT);
    expect((await page.locator(".detail .quoted").innerText()).length).toBeLessThan(2_100);
    expect(await violations(page)).toEqual([]);
    expect(problems).toEqual([]);
  });

  test("words carry marks with their signs, and another label turns them around", async () => {
    await files.analyze([upload("note.txt", "I love this but the weather is awful")]);
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
    await files.analyze([
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
});
