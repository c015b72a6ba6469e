import { chmodSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { fakeTools } from "../../../test/support/tools.ts";
import { type Finding, runDoctor } from "./doctor.ts";

const looks = (...findings: Finding[]) => findings.map((finding) => async () => finding);
const fine: Finding = { name: "node", state: "ok", detail: "v20.20.2" };

afterEach(() => void vi.unstubAllEnvs());

async function ffmpegFinding(command: string): Promise<Finding | undefined> {
  vi.stubEnv("AFFEKT_FFMPEG", command);
  const tools = fakeTools();
  await runDoctor({}, tools);
  return (JSON.parse(tools.out.join("")) as Finding[]).find(({ name }) => name === "ffmpeg");
}

test.skipIf(process.platform === "win32")("ffmpeg is the one that AFFEKT_FFMPEG names", async () => {
  const path = temporaryFiles({ "own-ffmpeg": "#!/bin/sh\necho ffmpeg version 9.9-own" }).absolute("own-ffmpeg");
  chmodSync(path, 0o755);
  expect(await ffmpegFinding(path)).toMatchObject({
    state: "ok",
    detail: `ffmpeg version 9.9-own (AFFEKT_FFMPEG: ${path})`,
  });
});

test("an AFFEKT_FFMPEG that does not run is told, though there may be another ffmpeg", async () => {
  const finding = await ffmpegFinding("no-such-ffmpeg");
  expect(finding).toMatchObject({ state: "missing", hint: expect.stringContaining("AFFEKT_FFMPEG") as string });
  expect(finding?.detail).toContain("no-such-ffmpeg");
});

test("a missing tool narrows what can be done and is no failure", async () => {
  const tools = fakeTools({ interactive: true });
  await runDoctor(
    {},
    tools,
    looks(fine, { name: "ffmpeg", state: "missing", detail: "not found", hint: "install it" }),
  );
  expect(tools.out.join("\n")).toMatch(/✓ node +v20\.20\.2\n– ffmpeg +not found\n +hint: install it/u);
});

test("something broken is reported with everything else, and then fails", async () => {
  const tools = fakeTools();
  const run = runDoctor({}, tools, looks(fine, { name: "runtime", state: "broken", detail: "no library" }));
  await expect(run).rejects.toMatchObject({ code: "missing-tool", message: "Broken here: runtime." });
  expect(JSON.parse(tools.out.join(""))).toHaveLength(2);
});

test("this machine runs a network", async () => {
  const tools = fakeTools();
  await runDoctor({}, tools);
  const findings = JSON.parse(tools.out.join("")) as Finding[];
  expect(findings.find(({ name }) => name === "runtime")).toMatchObject({ state: "ok" });
  expect(findings.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["affekt", "node", "memory", "runtime", "sharp", "ffmpeg", "models"]),
  );
});
