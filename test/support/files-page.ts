/** The page Files in a real browser, opened once so that the networks are loaded once, and what is put into it. */
import type { Page } from "playwright-core";
import { buildWebApp, openBrowser, serveApp } from "./browser.ts";

export interface Upload {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

export function upload(name: string, content: string | Uint8Array): Upload {
  return { name, mimeType: "", buffer: typeof content === "string" ? Buffer.from(content) : Buffer.from(content) };
}

export interface FilesPage {
  readonly page: Page;
  /** What the page logged as an error or asked of another host. */
  readonly problems: readonly string[];
  /** Clears the table and chooses these files; people in them have agreed. */
  analyze(files: readonly Upload[]): Promise<void>;
  close(): Promise<void>;
}

export async function openFilesPage(chromium: string): Promise<FilesPage> {
  buildWebApp();
  const served = await serveApp();
  const browser = await openBrowser(chromium, served.url);
  const { page, problems } = await browser.page();
  await page.goto(`${served.url}/#/files`);
  return {
    page,
    problems,
    async analyze(files) {
      const clear = page.getByRole("button", { name: "Clear all" });
      if (await clear.isVisible()) await clear.click();
      // It goes with the files that it was given for.
      await page.locator(".drop .check input").check();
      await page.locator("input[type=file]").setInputFiles([...files]);
    },
    async close() {
      await browser.close();
      await served.close();
    },
  };
}
