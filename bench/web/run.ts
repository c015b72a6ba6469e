/**
 * The live page in headless Chromium, everything recognized on the device: time to the first answer, frames looked at
 * per second, the longest task of the page's own thread, and memory over time. Camera and microphone are files.
 *
 *     npm run bench -- web [--seconds 30] [--write]
 *
 * Budget: first answer within 3 s of "Start" once the models are cached, 15 frames a second, no task over 100 ms (the
 * page answers at once), memory flat.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { AffektError } from "../../src/core/errors.ts";
import { ROOT } from "../../test/house/tree.ts";
import { buildWebApp, findChromium, openBrowser, serveApp } from "../../test/support/browser.ts";

interface Moment {
  readonly second: number;
  /** Of the page's own heap after a collection, in MB. */
  readonly heapMb: number;
  /** Of all processes of the browser, in MB. */
  readonly residentMb: number;
}

interface Measured {
  readonly firstAnswerMs: number;
  readonly framesPerSecond: number;
  readonly longestTaskMs: number;
  readonly scriptKb: number;
  readonly memory: readonly Moment[];
}

const WAIT = { timeout: 60_000 };
const MEMORY_EVERY_S = 15;

/** Long tasks of the page's thread are counted from now on. */
async function watchTasks(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    globalThis.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration);
    }).observe({ type: "longtask" });
  })()`);
}

async function start(page: Page, url: string): Promise<number> {
  await page.goto(`${url}/#/live`);
  await page.getByLabel("Everybody who can be seen").check();
  await watchTasks(page);
  const began = performance.now();
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.locator(".verdict").first().waitFor(WAIT);
  return performance.now() - began;
}

/** Frames looked at so far, as the page counts them for tests and benchmarks. */
async function framesSeen(page: Page): Promise<number> {
  return Number(await page.locator(".stage").getAttribute("data-frames"));
}

/** Memory of the browser and all its processes, which are ours, in MB; what processes share is divided among them. */
function residentMb(): number {
  const children = (parent: number): number[] => {
    const own = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim().split(" ").filter(Boolean);
    return own.flatMap((child) => [Number(child), ...children(Number(child))]);
  };
  const parts = children(process.pid).map((one) => {
    try {
      if (!readFileSync(`/proc/${one}/cmdline`, "utf8").includes("chrom")) return 0;
      const [, kilobytes = "0"] = /^Pss:\s+(\d+)/mu.exec(readFileSync(`/proc/${one}/smaps_rollup`, "utf8")) ?? [];
      return Number(kilobytes);
    } catch {
      return 0; // It ended meanwhile.
    }
  });
  return Math.round(parts.reduce((sum, one) => sum + one, 0) / 1024);
}

async function measure(seconds: number): Promise<Measured> {
  const chromium = findChromium();
  if (chromium === undefined) {
    throw new AffektError("missing-tool", "There is no Chromium.", "Install it (apt-get install chromium).");
  }
  buildWebApp();
  const served = await serveApp();
  const browser = await openBrowser(chromium, served.url);
  try {
    const { page } = await browser.page({ permissions: ["camera", "microphone"] });
    let scriptBytes = 0;
    page.on("response", (reply) => {
      if (!/javascript/u.test(reply.headers()["content-type"] ?? "")) return;
      const bytes = gzipSync(readFileSync(`${ROOT}dist/web${new URL(reply.url()).pathname}`)).length;
      if (bytes < 400_000) scriptBytes += bytes;
    });
    // The first visit fetches the models; the second is the one that counts.
    await start(page, served.url);
    const scriptKb = scriptBytes / 1024;
    await page.getByRole("button", { name: "Stop" }).click();
    await page.reload();
    const firstAnswerMs = await start(page, served.url);
    await page.waitForTimeout(2_000);
    const session = await page.context().newCDPSession(page);
    const memory: Moment[] = [];
    const remember = async (second: number): Promise<void> => {
      await session.send("HeapProfiler.collectGarbage");
      const { usedSize } = await session.send("Runtime.getHeapUsage");
      memory.push({ second, heapMb: Math.round(usedSize / 2 ** 20), residentMb: residentMb() });
    };
    const [began, before] = [performance.now(), await framesSeen(page)];
    await remember(0);
    for (let second = 0; second < seconds; ) {
      const step = Math.min(MEMORY_EVERY_S, seconds - second);
      await page.waitForTimeout(1000 * step);
      second += step;
      await remember(second);
    }
    const framesPerSecond = ((await framesSeen(page)) - before) / ((performance.now() - began) / 1000);
    const longestTaskMs = await page.evaluate<number>("globalThis.longest");
    return { firstAnswerMs, framesPerSecond, longestTaskMs, scriptKb, memory };
  } finally {
    await browser.close();
    await served.close();
  }
}

function markdown(measured: Measured, load: number): string {
  const { firstAnswerMs, framesPerSecond, longestTaskMs, scriptKb, memory } = measured;
  const busy =
    load > 0.5
      ? `\n**Other programs computed meanwhile** (load before it: ${load.toFixed(1)}): times are upper bounds.\n`
      : "";
  return `# The live page

Made by \`npm run bench -- web --seconds ${memory.at(-1)?.second} --write\` in headless Chromium on ${cpus().length} cores (${cpus()[0]?.model.trim()}), WebAssembly, without a GPU; camera 960 × 540 and microphone are files.
${busy}
| What | Value | Aim |
|---|---|---|
| first answer after "Start", models cached | ${(firstAnswerMs / 1000).toFixed(1)} s | ≤ 3 s |
| frames looked at per second | ${framesPerSecond.toFixed(1)} | ≥ 15 |
| longest task of the page's thread, collections of garbage by this measurement among them | ${longestTaskMs.toFixed(0)} ms | ≤ 100 ms |
| JavaScript before the models, gzip | ${scriptKb.toFixed(0)} KB | ≤ 350 KB |

## Memory

| After, s | heap of the page, MB | browser with all its processes, MB |
|---|---|---|
${memory.map(({ second, heapMb, residentMb: all }) => `| ${second} | ${heapMb} | ${all} |`).join("\n")}
`;
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { seconds: { type: "string", default: "30" }, write: { type: "boolean", default: false } },
  });
  const [load = 0] = loadavg();
  const page = markdown(await measure(Number(values.seconds)), load);
  console.log(page);
  if (values.write) writeFileSync("docs/benchmarks/web.md", page);
}
