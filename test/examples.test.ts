/** The examples run as they stand, against a real service with networks of a few numbers. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Service, startService } from "../src/server/service.ts";
import { ROOT } from "./house/tree.ts";
import { build } from "./support/affekt.ts";
import { tinyText } from "./support/tiny-models.ts";

// Starts processes, which a busy machine may keep waiting.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 });

const models = mkdtempSync(join(tmpdir(), "affekt-examples-"));
let service: Service;

const SAYS: Readonly<Record<string, readonly string[]>> = {
  "recognize.mjs": ["appears to express joy (0.__)", "joy", "anger", "3 kept, 3 erased"],
  "stream.mjs": ["anna: joy (lately joy)", "ben: anger (lately anger)", "the follower read 2 results"],
};

function run(example: string): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, [`examples/${example}`], {
    cwd: ROOT,
    env: { ...process.env, AFFEKT_URL: service.url },
  });
  let out = "";
  child.stdout.on("data", (text) => (out += String(text)));
  child.stderr.on("data", (text) => (out += String(text)));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out })));
}

beforeAll(async () => {
  build();
  writeFileSync(join(models, "text.onnx"), tinyText());
  service = await startService({ version: "1.2.3", port: 0, models, workers: 1, streamWorkers: 1 });
  await vi.waitUntil(async () => (await fetch(`${service.url}/ready`)).ok, { timeout: 500_000, interval: 200 });
  await service.warmStreams();
});

afterAll(async () => {
  await service?.close();
  rmSync(models, { recursive: true, force: true });
});

test("every example is run here", () => {
  expect(readdirSync(`${ROOT}examples`).filter((name) => name.endsWith(".mjs"))).toEqual(Object.keys(SAYS));
});

test.each(Object.entries(SAYS))("examples/%s", async (example, says) => {
  const { code, out } = await run(example);
  expect(
    out
      .trim()
      .replace(/\.\d\d/gu, ".__")
      .split("\n"),
  ).toEqual(says);
  expect(code).toBe(0);
});
