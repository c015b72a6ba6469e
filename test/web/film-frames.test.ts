/** Frames of a film by a real browser: each place must give the picture that is there, not the one that was read before. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { findFfmpeg } from "../../src/platform/node/ffmpeg.ts";
import { ROOT } from "../house/tree.ts";
import { findChromium, openBrowser, type TestBrowser } from "../support/browser.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const chromium = findChromium() ?? "";
const ffmpeg = findFfmpeg();
const FRAMES = 40;
const [WIDTH, HEIGHT] = [64, 48];

/** Ten frames a second, each of another grey. */
function greys(folder: string): Buffer {
  const raw = Buffer.concat(
    Array.from({ length: FRAMES }, (_, index) => Buffer.alloc(WIDTH * HEIGHT * 3, 20 + 5 * index)),
  );
  const path = join(folder, "greys.webm");
  const input = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", `${WIDTH}x${HEIGHT}`, "-r", "10", "-i", "-"];
  const coding = ["-c:v", "libvpx", "-b:v", "2M", "-g", "10", path];
  execFileSync("ffmpeg", ["-nostdin", "-y", "-loglevel", "error", ...input, ...coding], { input: raw });
  return readFileSync(path);
}

/** Frames in an order that jumps to and fro; the grey in the middle of each, once it has been given. */
const READ = `async (base64, count) => {
  const { openFilmFrames } = await import("/film-frames.js");
  const file = new Blob([Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))], { type: "video/webm" });
  const film = await openFilmFrames(file);
  const canvas = new OffscreenCanvas(8, 8);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  // A busy machine: it is there that a picture is shown later than the browser says that it was found.
  const busy = URL.createObjectURL(new Blob(["for (;;);"]));
  const workers = [1, 2, 3, 4].map(() => new Worker(busy));
  const read = [];
  for (let step = 0; step < 120; step++) {
    const frame = (step * 17) % count;
    const picture = await film.at(100 * frame + 50, 16);
    context.drawImage(picture, 0, 0, 8, 8);
    read.push([frame, context.getImageData(4, 4, 1, 1).data[0]]);
    picture.close();
  }
  for (const worker of workers) worker.terminate();
  film.close();
  return { read, durationMs: film.durationMs, hasVideo: film.hasVideo };
}`;

interface Read {
  readonly read: readonly (readonly [number, number])[];
  readonly durationMs: number;
  readonly hasVideo: boolean;
}

describe.skipIf(chromium === "" || ffmpeg === null)("frames of a film in a browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "affekt-frames-"));
  let server: Server;
  let browser: TestBrowser;
  let page: Page;

  beforeAll(async () => {
    await build({
      configFile: false,
      logLevel: "warn",
      build: {
        outDir: folder,
        emptyOutDir: false,
        lib: {
          entry: join(ROOT, "src/platform/web/film-frames.ts"),
          formats: ["es"],
          fileName: () => "film-frames.js",
        },
      },
    });
    const script = readFileSync(join(folder, "film-frames.js"));
    server = createServer(({ url = "" }, answer) => {
      const isScript = url === "/film-frames.js";
      answer.setHeader("content-type", isScript ? "text/javascript" : "text/html");
      answer.end(isScript ? script : "<!doctype html><link rel=icon href=data:,><title>frames</title>");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await openBrowser(chromium, url, "none");
    ({ page } = await browser.page());
    await page.goto(url);
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("each place gives its own picture", async () => {
    const film = greys(folder).toString("base64");
    const { read, durationMs, hasVideo } = await page.evaluate<Read>(`(${READ})(${JSON.stringify(film)}, ${FRAMES})`);
    expect(hasVideo).toBe(true);
    expect(durationMs).toBeGreaterThan(100 * (FRAMES - 1));
    expect(durationMs).toBeLessThan(100 * (FRAMES + 1));
    // Coding changes a grey by less than half of the distance to the next.
    expect(read.filter(([frame, grey]) => Math.abs(grey - (20 + 5 * frame)) > 2.4)).toEqual([]);
  });
});
