/**
 * The live page in headless Chromium, everything recognized on the device (memory also through the server): time to the first answer, frames looked at
 * per second, the longest task of the page's own thread, and, by a run of its own, memory over time. Camera and
 * microphone are files.
 *
 *     npm run bench -- web [--seconds 30] [--write]
 *     npm run bench -- web --minutes 10 [--place server] [--write]     memory only; other programs may compute meanwhile
 *
 * Budget: first answer within 3 s of "Start" once the models are cached, 15 frames a second, no task over 100 ms (the
 * page answers at once), memory flat.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { AffektError } from "../../src/core/errors.ts";
import { startService } from "../../src/server/service.ts";
import type { Place } from "../../src/web/state/settings.ts";
import { ROOT } from "../../test/house/tree.ts";
import { buildWebApp, findChromium, openBrowser, serveApp } from "../../test/support/browser.ts";
import { busyCores } from "../busy-cores.ts";

/** Of a moment of live use. */
interface Moment {
  readonly second: number;
  /** Of the page's own heap after a collection, in MB. */
  readonly heapMb: number;
  /** That all processes of the browser have filled, after the worker's garbage was collected, too, in MB. */
  readonly residentMb: number;
}

/** Where and beside what it was measured. */
interface Circumstances {
  readonly command: string;
  readonly processor: string;
  /** Cores that others computed on in the second before the browser started. */
  readonly others: number;
}

interface Live extends Circumstances {
  readonly seconds: number;
  readonly firstAnswerMs: number;
  readonly framesPerSecond: number;
  readonly longestTaskMs: number;
  /** Gzip, in KB, of all scripts asked for before the first network, and of those after. */
  readonly scriptKb: number;
  readonly laterScriptKb: number;
}

interface Memory extends Circumstances {
  readonly moments: readonly Moment[];
}

interface Results {
  readonly live?: Live;
  readonly memory?: Memory;
  /** Of the same page, with everything recognized by the server. */
  readonly serverMemory?: Memory;
}

const WAIT = { timeout: 120_000 };
const MEMORY_EVERY_S = 30;
/** What is loaded late, the lists that fill up (utterances, minutes) and the browser's own caches are there by then. */
const SETTLED_S = 120;
/** Growth of all processes that still counts as flat, in MB a minute: what differs from run to run. */
const FLAT = 3;
const FILE = "docs/benchmarks/web";

/** Long tasks of the page's thread are kept from now on, with the times at which this measurement itself stopped it. */
async function watchTasks(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    globalThis.tasks = [];
    globalThis.stops = [];
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) globalThis.tasks.push([startTime, startTime + duration]);
    }).observe({ type: "longtask" });
  })()`);
}

/** The longest task, in ms, that none of our own collections of garbage was part of. */
async function longestTask(page: Page): Promise<number> {
  return page.evaluate<number>(`Math.max(0, ...tasks
    .filter(([from, to]) => !stops.some(([start, end]) => from < end && to > start))
    .map(([from, to]) => to - from))`);
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

/**
 * Memory that the browser and all its processes, which are ours, have filled, in MB; what they share is divided among
 * them. Pages of files are left out: their share changes whenever another program opens or closes the same ones.
 */
function residentMb(): number {
  const children = (parent: number): number[] => {
    const own = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim().split(" ").filter(Boolean);
    return own.flatMap((child) => [Number(child), ...children(Number(child))]);
  };
  const parts = children(process.pid).map((one) => {
    try {
      if (!readFileSync(`/proc/${one}/cmdline`, "utf8").includes("chrom")) return 0;
      const rollup = readFileSync(`/proc/${one}/smaps_rollup`, "utf8");
      return [...rollup.matchAll(/^Pss_(?:Anon|Shmem):\s+(\d+)/gmu)].reduce((sum, [, kb]) => sum + Number(kb), 0);
    } catch {
      return 0; // It ended meanwhile.
    }
  });
  return Math.round(parts.reduce((sum, one) => sum + one, 0) / 1024);
}

/** Sums up the scripts that a page asks for, before its first network and after. */
function countScripts(page: Page): { readonly before: () => number; readonly after: () => number } {
  const bytes = { before: 0, after: 0 };
  let when: keyof typeof bytes = "before";
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.endsWith(".onnx")) when = "after";
    if (/\.m?js$/u.test(pathname)) bytes[when] += gzipSync(readFileSync(`${ROOT}dist/web${pathname}`)).length;
  });
  return { before: () => bytes.before / 1024, after: () => bytes.after / 1024 };
}

interface Visit {
  readonly page: Page;
  readonly firstAnswerMs: number;
  readonly scriptKb: number;
  readonly laterScriptKb: number;
}

/** The page by itself, or from a service that recognizes. */
async function serve(place: Place): Promise<{ readonly url: string; close(): Promise<void> }> {
  return place === "device" ? serveApp() : startService({ version: "0.0.0", port: 0, workers: 1 });
}

/** A second visit of a person whose browser has the models, from "Start" on. */
async function visit(place: Place, act: (visit: Visit) => Promise<void>): Promise<void> {
  const chromium = findChromium();
  if (chromium === undefined) {
    throw new AffektError("missing-tool", "There is no Chromium.", "Install it (apt-get install chromium).");
  }
  buildWebApp();
  const served = await serve(place);
  const browser = await openBrowser(chromium, served.url, {}, ["--js-flags=--expose-gc"]);
  try {
    const { page } = await browser.page({ permissions: ["camera", "microphone"] });
    await page.addInitScript(`localStorage.setItem("affekt.settings", '{"place":"${place}"}')`);
    const scripts = countScripts(page);
    // The first visit fetches the models; the second is the one that counts.
    await start(page, served.url);
    // Words in the Latin script: only they need the tables of languages.
    await page.getByLabel("Type along").fill("What a wonderful surprise!");
    await page.keyboard.press("Enter");
    await page.locator(".utterances li", { hasText: "words" }).first().waitFor(WAIT);
    const [scriptKb, laterScriptKb] = [scripts.before(), scripts.after()];
    await page.getByRole("button", { name: "Stop" }).click();
    await page.reload();
    const firstAnswerMs = await start(page, served.url);
    await act({ page, firstAnswerMs, scriptKb, laterScriptKb });
  } finally {
    await browser.close();
    await served.close();
  }
}

async function measureLive(seconds: number): Promise<Omit<Live, keyof Circumstances>> {
  let measured: Omit<Live, keyof Circumstances> | undefined;
  await visit("device", async ({ page, ...rest }) => {
    await page.waitForTimeout(2_000);
    const [began, before] = [performance.now(), await framesSeen(page)];
    await page.waitForTimeout(1000 * seconds);
    const framesPerSecond = ((await framesSeen(page)) - before) / ((performance.now() - began) / 1000);
    measured = { ...rest, seconds, framesPerSecond, longestTaskMs: await longestTask(page) };
  });
  return measured as Omit<Live, keyof Circumstances>;
}

async function measureMemory(minutes: number, place: Place): Promise<Moment[]> {
  const moments: Moment[] = [];
  await visit(place, async ({ page }) => {
    const session = await page.context().newCDPSession(page);
    for (let second = 0; ; second += MEMORY_EVERY_S) {
      await page.evaluate("stops.push([performance.now(), Infinity])");
      await session.send("HeapProfiler.collectGarbage");
      for (const worker of page.workers()) await worker.evaluate("gc()");
      await page.evaluate("stops.at(-1)[1] = performance.now()");
      const { usedSize } = await session.send("Runtime.getHeapUsage");
      moments.push({ second, heapMb: usedSize / 2 ** 20, residentMb: residentMb() });
      if (second >= 60 * minutes) return;
      await page.waitForTimeout(1000 * MEMORY_EVERY_S);
    }
  });
  return moments;
}

/** Median of the slopes between all pairs of moments from SETTLED_S on (Theil–Sen), in MB a minute: single dips and peaks do not turn it. */
export function growth(moments: readonly Moment[], of: "heapMb" | "residentMb"): number {
  const points = moments.filter(({ second }) => second >= SETTLED_S);
  const slopes = points
    .flatMap((a, at) => points.slice(at + 1).map((b) => (60 * (b[of] - a[of])) / (b.second - a.second)))
    .sort((a, b) => a - b);
  return slopes[slopes.length >> 1] ?? Number.NaN;
}

function beside({ others }: Circumstances): string {
  return others > 0.2
    ? `\n**Other programs computed meanwhile** (${others.toFixed(1)} cores before it): times are upper bounds, rates lower ones.\n`
    : "";
}

function livePart(live: Live): string {
  const { command, processor, firstAnswerMs, framesPerSecond, longestTaskMs, scriptKb, laterScriptKb } = live;
  return `Made by \`${command}\` in headless Chromium on ${processor}, WebAssembly, without a GPU; camera 960 × 540 and microphone are files, everything is recognized on the device.
${beside(live)}
| What | Value | Aim |
|---|---|---|
| first answer after "Start", models cached | ${(firstAnswerMs / 1000).toFixed(1)} s | ≤ 3 s |
| frames looked at per second | ${framesPerSecond.toFixed(1)} | ≥ 15 |
| longest task of the page's thread, from "Start" on | ${longestTaskMs === 0 ? "under 50" : longestTaskMs.toFixed(0)} ms | ≤ 100 ms |
| JavaScript before the first network, gzip | ${scriptKb.toFixed(0)} KB | ≤ 350 KB |
| JavaScript after it (tables that tell languages apart), gzip | ${laterScriptKb.toFixed(0)} KB | |
`;
}

function memoryPart(memory: Memory, title: string): string {
  const { command, processor, moments } = memory;
  const [heap, all] = [growth(moments, "heapMb"), growth(moments, "residentMb")];
  const last = moments.at(-1)?.second ?? 0;
  return `## ${title}

Made by \`${command}\` on ${processor}. Growth from ${SETTLED_S} s to ${last} s: ${heap.toFixed(2)} MB a minute of the page's heap, ${all.toFixed(1)} MB a minute of all processes: ${Math.abs(all) <= FLAT && Math.abs(heap) <= FLAT / 10 ? "flat" : "**not flat**"} (up to ${FLAT} and ${FLAT / 10} count as flat).

| After, s | heap of the page, MB | browser with all its processes, MB |
|---|---|---|
${moments.map(({ second, heapMb, residentMb: own }) => `| ${second} | ${heapMb.toFixed(1)} | ${own} |`).join("\n")}
`;
}

export function markdown({ live, memory, serverMemory }: Results): string {
  const parts = [
    ...(live === undefined ? [] : [livePart(live)]),
    ...(memory === undefined ? [] : [memoryPart(memory, "Memory")]),
    ...(serverMemory === undefined ? [] : [memoryPart(serverMemory, "Memory of the browser, through the server")]),
  ];
  return `# The live page\n\n${parts.join("\n")}`;
}

function earlier(): Results {
  return existsSync(`${FILE}.json`) ? (JSON.parse(readFileSync(`${FILE}.json`, "utf8")) as Results) : {};
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: "string", default: "30" },
      minutes: { type: "string" },
      place: { type: "string", default: "device" },
      write: { type: "boolean", default: false },
    },
  });
  const circumstances: Circumstances = {
    command: ["npm run bench -- web", ...args].join(" "),
    processor: `${cpus().length} cores (${cpus()[0]?.model.trim()})`,
    others: await busyCores(),
  };
  const memory = async (minutes: number, place: Place): Promise<Results> => {
    const measured = { ...circumstances, moments: await measureMemory(minutes, place) };
    return place === "server" ? { serverMemory: measured } : { memory: measured };
  };
  const fresh: Results =
    values.minutes === undefined
      ? { live: { ...circumstances, ...(await measureLive(Number(values.seconds))) } }
      : await memory(Number(values.minutes), values.place === "server" ? "server" : "device");
  console.log(markdown(fresh));
  if (!values.write) return;
  const results = { ...earlier(), ...fresh };
  writeFileSync(`${FILE}.json`, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(`${FILE}.md`, markdown(results));
}
