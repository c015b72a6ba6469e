/** The web app through a real service: an answer, a live stream, and a service that goes and comes back. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { voice } from "../../src/cli/demo/voice.ts";
import { writeWav } from "../../src/preprocess/speech/wav.ts";
import { type Service, startService } from "../../src/server/service.ts";
import { ROOT } from "../house/tree.ts";
import { buildWebApp, findChromium, openBrowser, type TestBrowser } from "../support/browser.ts";
import { upload } from "../support/files-page.ts";
import { violations } from "../support/violations.ts";

// A service with its processes and a browser, on a machine that may be busy.
vi.setConfig({ testTimeout: 500_000, hookTimeout: 600_000 });

const WAIT = { timeout: 240_000 };
const chromium = findChromium();

describe.skipIf(chromium === undefined)("the web app through the server", () => {
  let service: Service;
  let browser: TestBrowser;
  let port = 0;
  const folder = mkdtempSync(join(tmpdir(), "affekt-uses-"));

  async function start(): Promise<void> {
    service = await startService({ version: "1.2.3", port, workers: 1, scenarios: folder });
    port = Number(new URL(service.url).port);
  }
  beforeAll(async () => {
    buildWebApp();
    const shipped = readFileSync(`${ROOT}scenarios/customer-service.json`, "utf8");
    const { alerts, ...rest } = JSON.parse(shipped) as { alerts: { id: string; atLeast: number }[] };
    const [rule] = alerts.filter(({ id }) => id === "strong-anger").map((one) => ({ ...one, atLeast: 0.4 }));
    const own = { ...rest, id: "help-desk", title: { en: "Help desk", zh: "服务台" }, alerts: [rule] };
    writeFileSync(join(folder, "help-desk.json"), JSON.stringify(own));
    await start();
    browser = await openBrowser(chromium ?? "", service.url);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("an answer is kept under the pseudonym, shown in the history, and erased", async () => {
    const { page, problems } = await browser.page();
    await page.goto(`${service.url}/#/text`);
    await page.locator(".segments label", { hasText: "Server" }).click();
    await page.getByText("is sent to the server that this page came from").waitFor(WAIT);
    await page.getByLabel("Your text").fill("I am so happy about");
    await page.locator(".verdict").waitFor(WAIT);
    await page.goto(`${service.url}/#/files`);
    await page.getByLabel("Pseudonym of the person").fill("p-web");
    await page
      .locator("input[type=file]")
      .setInputFiles([{ name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("I am so happy about this!") }]);
    await page.getByText("1 of 1 done").waitFor(WAIT);
    await page.locator(".verdict .label", { hasText: "joy" }).waitFor(WAIT);
    await page.getByRole("button", { name: "Explain" }).click();
    await page.locator(".words mark.for", { hasText: "happy" }).waitFor(WAIT);
    await page.locator('.pages a[href="#/history"]').click();
    await page.getByRole("cell", { name: "p-web" }).waitFor(WAIT);
    // What was being written is no record.
    expect(await page.locator("tbody tr").count()).toBe(1);
    await page.getByLabel("Appears to express").selectOption("fear");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByText("Nothing fits this search.").waitFor(WAIT);
    await page.getByLabel("Appears to express").selectOption("joy");
    await page.getByLabel("Subject").fill("p-web");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("cell", { name: "p-web" }).waitFor(WAIT);
    const erase = page.getByRole("button", { name: "Erase everything about p-web" });
    await erase.click();
    await page.getByRole("button", { name: "Keep" }).and(page.locator(":focus")).waitFor(WAIT);
    await page.keyboard.press("Enter");
    await erase.and(page.locator(":focus")).click(WAIT);
    await page.getByRole("button", { name: "Erase", exact: true }).click();
    await page.getByText("0 are left").waitFor(WAIT);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test("a use of the server says what is looked at, has somebody look where a rule is met, and is found again", async () => {
    const { page, problems } = await browser.page({ permissions: ["camera", "microphone"] });
    await page.goto(`${service.url}/#/live`);
    await page.locator(".segments label", { hasText: "Server" }).click();
    await page.getByLabel("What for?").selectOption("help-desk");
    const camera = page.getByRole("checkbox", { name: "Camera" });
    expect([await camera.isChecked(), await camera.isDisabled()]).toEqual([false, true]);
    await page.getByLabel("Everybody who can be seen").check();
    // Voices need a place, which the server says
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByText("The rules of this use do not allow it.").waitFor(WAIT);
    await page.getByText("nothing says whose law applies").waitFor({ ...WAIT, state: "attached" });
    await page.getByLabel("Whose law applies").fill("US-CA");
    await page.getByLabel("Microphone").uncheck();
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByLabel("Type along").fill("I am furious! How dare they lie to us, I hate this!");
    await page.keyboard.press("Enter");
    await page.getByText("Words or voice appear very angry").waitFor(WAIT);
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Seen" }).click();
    await page.getByText("Words or voice appear very angry").waitFor({ ...WAIT, state: "detached" });
    await page.getByRole("button", { name: "Stop" }).click();
    await page.locator('.pages a[href="#/history"]').click();
    await page.getByRole("cell", { name: "Help desk" }).first().waitFor(WAIT);
    await page.getByLabel("Used for").selectOption("care");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByText("Nothing fits this search.").waitFor(WAIT);
    await page.getByLabel("Used for").selectOption("help-desk");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("cell", { name: "Help desk" }).first().waitFor(WAIT);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test("files are looked at for a use of the server: its law is asked for, its rules find, its answers are found again", async () => {
    const { page } = await browser.page();
    await page.goto(`${service.url}/#/files`);
    await page.locator(".segments label", { hasText: "Server" }).click();
    await page.getByLabel("What for?").selectOption("help-desk");
    await page.getByLabel("Pseudonym").fill("p-desk");
    await page.getByLabel("People in these files agreed").check();
    const voiced = upload("voice.wav", writeWav(voice()));
    await page
      .locator("input[type=file]")
      .setInputFiles([upload("note.txt", "I am furious! How dare they lie to us, I hate this!"), voiced]);
    await page.getByText("2 of 2 done").waitFor(WAIT);
    // Words need no law, a voice does.
    expect(await page.locator(".table-frame .failed").allInnerTexts()).toEqual([
      "failed: The rules of this use do not allow it.",
    ]);
    await page.getByRole("button", { name: "Details of note.txt" }).click();
    await page.locator(".detail .alerts", { hasText: "Words or voice appear very angry" }).waitFor(WAIT);
    await page.getByRole("button", { name: "Explain" }).click();
    await page.locator(".words mark.for").first().waitFor(WAIT);
    expect(await violations(page)).toEqual([]);
    await page.getByLabel("Whose law applies").fill("US-CA");
    await page.getByRole("button", { name: "Clear all" }).click();
    await page.getByLabel("People in these files agreed").check();
    await page.locator("input[type=file]").setInputFiles([voiced]);
    await page.locator(".verdict").waitFor(WAIT);
    await page.locator('.pages a[href="#/history"]').click();
    await page.getByLabel("Used for").selectOption("help-desk");
    await page.getByLabel("Subject").fill("p-desk");
    await page.getByRole("button", { name: "Search" }).click();
    await expect.poll(() => page.getByRole("cell", { name: "p-desk" }).count(), WAIT).toBe(2);
    await page.context().close();
  });

  test("a live stream goes on after the service was away", async () => {
    const { page } = await browser.page({ permissions: ["camera", "microphone"] });
    await page.goto(`${service.url}/#/live`);
    // Agreed to is what was said of one place.
    const agreed = page.getByLabel("Everybody who can be seen");
    await agreed.check();
    await page.locator(".segments label", { hasText: "Server" }).click();
    expect(await agreed.isChecked()).toBe(false);
    await agreed.check();
    await page.getByLabel("Pseudonym of the person").fill("p-live");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.locator(".stage .face .tag").first().waitFor(WAIT);
    expect(await page.locator(".active-notice").innerText()).toContain("sent to the server");
    await service.close();
    await page.getByText("The server is gone").waitFor(WAIT);
    // What it told before is no longer so.
    await page
      .locator(".stage .face")
      .first()
      .waitFor({ ...WAIT, state: "detached" });
    expect(await page.getByRole("button", { name: "Add" }).isDisabled()).toBe(true);
    await start();
    await page.getByText("The server is gone").waitFor({ ...WAIT, state: "detached" });
    await page.getByLabel("Type along").fill("What a wonderful surprise!");
    await page.keyboard.press("Enter");
    const listed = page.locator(".utterances li", { hasText: "words" }).first();
    await listed.getByText("What a wonderful surprise!").waitFor(WAIT);
    await page.getByRole("button", { name: "Stop" }).click();
    await page.locator('.pages a[href="#/history"]').click();
    // What a stream said is kept a moment later, and the page asks when it is asked.
    const kept = async (): Promise<number> => {
      await page.getByRole("button", { name: "Search" }).click();
      return page.getByRole("cell", { name: "p-live" }).count();
    };
    await expect.poll(kept, WAIT).toBeGreaterThan(0);
    await page.context().close();
  });
});
