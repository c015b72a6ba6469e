/**
 * The web app in a real browser: the app as it is built, served without a database, and Chromium with a drawn camera and
 * a made-up microphone. Without Chromium the tests are skipped with a line that says so.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fastify from "fastify";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import sharp from "sharp";
import { portrait } from "../../src/cli/demo/photograph.ts";
import { voice } from "../../src/cli/demo/voice.ts";
import type { Waveform } from "../../src/core/media.ts";
import { listModels, poolOf, shippedModels } from "../../src/platform/node/open.ts";
import { writeWav } from "../../src/preprocess/speech/wav.ts";
import { chooseModels } from "../../src/recognize/choose-models.ts";
import { modelFiles } from "../../src/server/model-files.ts";
import { appFiles, mountSite } from "../../src/server/site.ts";
import { ROOT } from "../house/tree.ts";

const PLACES = [
  process.env["AFFEKT_CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/** Where Chromium is, or undefined after saying that the tests are skipped. */
export function findChromium(): string | undefined {
  const found = PLACES.find((path) => path !== undefined && existsSync(path));
  if (found === undefined) {
    console.log("skipped: there is no Chromium (apt-get install chromium, or name one in AFFEKT_CHROMIUM)");
  }
  return found;
}

/** Brings dist/web up to date with src/. */
export function buildWebApp(): void {
  const run = spawnSync(process.execPath, ["scripts/build.mjs", "--web"], { cwd: ROOT, encoding: "utf8" });
  if (run.status !== 0) throw new Error(`the web app was not built: ${run.stdout}${run.stderr}`);
}

export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/** The app and its networks, and nothing else of the service. @param models folder; default: the shipped ones */
export async function serveApp(models: string = shippedModels()): Promise<Served> {
  const { text, face, speech } = chooseModels(await listModels(models));
  const app = fastify();
  const files = modelFiles({ models: [...text, ...face, ...speech], pool: await poolOf(models), keepDays: 0 });
  mountSite(app, {
    app: await appFiles(),
    files: () => files,
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return { url, close: () => app.close() };
}

/** Two seconds of a portrait that sways from side to side, as the frames of a camera. */
async function drawnCamera(): Promise<Uint8Array> {
  const face = await sharp(await portrait())
    .resize(300, 300)
    .toBuffer();
  const frames = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      sharp({ create: { width: 960, height: 540, channels: 3, background: "#8a97a5" } })
        .composite([{ input: face, left: Math.round(330 + 25 * Math.sin((index / 30) * 2 * Math.PI)), top: 120 }])
        .jpeg({ quality: 85 })
        .toBuffer(),
    ),
  );
  return Buffer.concat(frames);
}

export interface TestBrowser {
  /** A page in a context of its own; whatever it logs as an error or asks of another host ends in `problems`. */
  page(options?: BrowserContextOptions): Promise<{ page: Page; problems: string[] }>;
  close(): Promise<void>;
}

/** What stands before the camera and is heard by the microphone, in an endless round. */
export interface Scene {
  /** Frames, one after the other. Default: a portrait that sways. */
  readonly camera?: Uint8Array;
  /** Default: a voice and a second of silence. */
  readonly microphone?: Waveform;
}

/** The same grey frame, without a face. */
export async function emptyRoom(): Promise<Uint8Array> {
  const frame = await sharp({ create: { width: 960, height: 540, channels: 3, background: "#8a97a5" } })
    .jpeg()
    .toBuffer();
  return Buffer.concat(Array.from({ length: 10 }, () => frame));
}

function voiceAndPause(): Waveform {
  const said = voice();
  const samples = new Float32Array(said.samples.length + said.sampleRate);
  samples.set(said.samples);
  return { samples, sampleRate: said.sampleRate };
}

/** @param scene "none": the machine has neither camera nor microphone */
export async function openBrowser(
  executablePath: string,
  url: string,
  scene: Scene | "none" = {},
  flags: readonly string[] = [],
): Promise<TestBrowser> {
  const folder = mkdtempSync(join(tmpdir(), "affekt-browser-"));
  let devices = ["--use-fake-device-for-media-stream=device-count=0"];
  if (scene !== "none") {
    writeFileSync(join(folder, "camera.mjpeg"), scene.camera ?? (await drawnCamera()));
    writeFileSync(join(folder, "microphone.wav"), writeWav(scene.microphone ?? voiceAndPause()));
    devices = [
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-video-capture=${join(folder, "camera.mjpeg")}`,
      `--use-file-for-fake-audio-capture=${join(folder, "microphone.wav")}`,
    ];
  }
  const browser: Browser = await chromium.launch({
    executablePath,
    // No other host can be found, not by the browser's own services either (speech recognition).
    args: ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", ...devices, ...flags],
  });
  return {
    async page(options = {}) {
      const context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 900 }, ...options });
      const page = await context.newPage();
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
      context.on("request", (request) => {
        const { protocol, origin } = new URL(request.url());
        if (protocol !== "blob:" && origin !== url) problems.push(`a request to ${origin}`);
      });
      return { page, problems };
    },
    async close() {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
