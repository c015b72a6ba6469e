import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeTools, PREDICTION } from "../../../test/support/tools.ts";
import type { Explanation } from "../../core/explanation.ts";
import type { Inputs } from "../../core/prediction.ts";
import type { ExplainOptions } from "../../explain/explainer.ts";
import { runExplain } from "./explain.ts";

const EXPLANATION: Explanation = {
  label: "joy",
  prediction: PREDICTION,
  modalities: { method: "shapley", score: 0.9, base: 0.14, calls: 4, points: { text: 0.8, face: -0.04 } },
  text: {
    method: "shapley",
    score: 0.8,
    base: 0.14,
    calls: 8,
    parts: [
      { text: "I", start: 0, end: 1, points: 0.001 },
      { text: "love", start: 2, end: 6, points: 0.756 },
      { text: "\u001b[31mrain", start: 7, end: 16, points: -0.189 },
    ],
  },
  face: {
    method: "occlusion",
    score: 0.3,
    base: 0.14,
    calls: 5,
    box: { x: 0, y: 0, width: 4, height: 4 },
    corners: [
      { x: 0, y: 0 },
      { x: 4, y: 0 },
      { x: 4, y: 4 },
      { x: 0, y: 4 },
    ],
    cells: 2,
    points: [0.1, -0.1, 0, 0],
  },
  speech: {
    method: "occlusion",
    score: 0.2,
    base: 0.14,
    calls: 3,
    spans: [
      { startMs: 250, endMs: 500, points: 0.05 },
      { startMs: 60_500, endMs: 60_750, points: -0.02 },
    ],
  },
  silent: ["speech"],
};

function recorder(): {
  seen: [Inputs, ExplainOptions | undefined][];
  explain: (inputs: Inputs, options?: ExplainOptions) => Promise<Explanation>;
} {
  const seen: [Inputs, ExplainOptions | undefined][] = [];
  return {
    seen,
    explain: async (inputs, options) => {
      seen.push([inputs, options]);
      return EXPLANATION;
    },
  };
}

test("what is given is a text, a file by its ending, or the content of a text file", async () => {
  const root = mkdtempSync(join(tmpdir(), "affekt-explain-"));
  writeFileSync(join(root, "note.txt"), "from a file");
  writeFileSync(join(root, "what.bin"), "?");
  const { seen, explain } = recorder();
  const run = (input: string | undefined, options = {}): Promise<void> =>
    runExplain(input, options, fakeTools({ explain, root, stdin: "from a pipe" }));
  await run("I love this");
  await run("face.JPG");
  await run("voice.wav", { text: "hello", label: "anger", calls: 64 });
  await run("note.txt");
  await run("-");
  expect(seen).toEqual([
    [{ text: "I love this" }, {}],
    [{ image: "face.JPG" }, {}],
    [
      { audio: "voice.wav", text: "hello" },
      { label: "anger", calls: 64 },
    ],
    [{ text: "from a file" }, {}],
    [{ text: "from a pipe" }, {}],
  ]);
  await expect(run("what.bin")).rejects.toMatchObject({ code: "usage" });
  await expect(run(undefined)).rejects.toMatchObject({ code: "usage" });
  await expect(run("I love this", { out: "heat.png" })).rejects.toMatchObject({ code: "usage" });
});

test("a terminal gets signs with every number, without colours too, and nothing that moves it", async () => {
  const tools = fakeTools({ interactive: true, explain: recorder().explain });
  await runExplain("I love rain", {}, tools);
  const [out = ""] = tools.out;
  expect(out).toContain("joy 90.0 %; the answer appears to express joy");
  expect(out).toMatch(/together: 90\.0 %, from 14\.0 % with nothing there \(exact Shapley values, 4 variants\)/u);
  expect(out).toMatch(/ {2}love +\+75\.6 {2}█+/u);
  expect(out).toMatch(/rain +−18\.9 {2}█+/u);
  expect(out).toContain("│▓▓≡≡│");
  expect(out).toMatch(/1:00\.50 to 1:00\.75 +−2\.0/u);
  expect(out).toContain("Not explained, since its model does not know joy: speech.");
  expect(out).not.toContain("\u001b");
  expect(tools.open()).toBe(0);
});

test("a program gets one line of JSON, and --out the heat map beside it", async () => {
  const root = mkdtempSync(join(tmpdir(), "affekt-explain-"));
  const tools = fakeTools({ root, explain: recorder().explain, heatPng: async () => Uint8Array.of(1, 2, 3) });
  await runExplain("face.jpg", { out: "heat.png" }, tools);
  expect(tools.out).toEqual([JSON.stringify(EXPLANATION)]);
  expect([...readFileSync(join(root, "heat.png"))]).toEqual([1, 2, 3]);
});
