import { expect, test } from "vitest";
import { fakeTools } from "../../../test/support/tools.ts";
import { type Finding, runDoctor } from "./doctor.ts";

const looks = (...findings: Finding[]) => findings.map((finding) => async () => finding);
const fine: Finding = { name: "node", state: "ok", detail: "v20.20.2" };

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
