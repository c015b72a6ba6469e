import { expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { fakeTools } from "../../../test/support/tools.ts";
import { PAIRING_CAVEAT } from "../../data/caveats.ts";
import { readManifest } from "../../data/read.ts";
import { runProgram } from "../program.ts";

const SPLIT = ["train", "train", "train", "validation", "test"];

function corpus(name: string, media: (index: number) => object): string {
  return Array.from({ length: 40 }, (_, index) => {
    const subject = Math.floor(index / 4);
    const row = { id: `${name}${index}`, subject: `${name}${subject}`, label: index % 2 ? "joy" : "anger" };
    return JSON.stringify({ ...row, split: SPLIT[subject % 5], ...media(index) });
  }).join("\n");
}

test("data compose writes rows that can be read and point at the originals, relative to the manifest", async () => {
  const files = temporaryFiles({
    "words/text.jsonl": corpus("t", (index) => ({ text: `words ${index}` })),
    "pictures/face.jsonl": corpus("f", (index) => ({ image: `${index}.png` })),
    "sounds/speech.jsonl": corpus("s", (index) => ({ audio: `${index}.wav` })),
  });
  const argv = [
    ...["data", "compose", "--text", "words/text.jsonl", "--face", "pictures/face.jsonl"],
    ...["--speech", "sounds/speech.jsonl", "--labels", "anger,joy", "--count", "50", "--out", "made/set"],
  ];
  const tools = { ...fakeTools({ argv }), files };
  expect(await runProgram(tools)).toBe(0);
  const told = JSON.parse(tools.out.join("")) as { rows: number; splits: unknown; note: string };
  expect(told).toMatchObject({ rows: 50, splits: { train: 32, validation: 8, test: 10 } });
  const { manifest, problems } = await readManifest(files, "made/set/composed.jsonl");
  expect(problems).toEqual([]);
  expect(manifest.rows).toHaveLength(50);
  expect(manifest.rows[0]?.image).toMatch(/^\.\.\/\.\.\/pictures\/\d+\.png$/u);
  expect(manifest.rows[0]?.extra.note).toBe(told.note);
  expect(manifest.header.caveats).toEqual([PAIRING_CAVEAT]);
  // Of the bytes that affekt wrote before further columns were carried over: these sources have none.
  expect(manifest.header.sha256).toBe("5d97250103e850f4d6b6213d2407b95c6290a5ae4240590aea5733cf86a97dab");
});

test("data compose carries further columns over, and tells what they are called", async () => {
  const files = temporaryFiles({
    "text.jsonl": corpus("t", (index) => ({ text: `words ${index}`, valence: index / 40 })),
    "face.jsonl": corpus("f", (index) => ({ image: `${index}.png`, votes: { joy: 1 } })),
    "speech.jsonl": corpus("s", (index) => ({ audio: `${index}.wav`, valence: 100 - index, intensity: "strong" })),
  });
  const argv = [
    ...["data", "compose", "--text", "text.jsonl", "--face", "face.jsonl", "--speech", "speech.jsonl"],
    ...["--labels", "anger,joy", "--count", "50", "--out", "made"],
  ];
  const tools = { ...fakeTools({ argv }), files };
  expect(await runProgram(tools)).toBe(0);
  const told = JSON.parse(tools.out.join("")) as { columns: unknown };
  expect(told.columns).toEqual({ text: ["text.valence"], face: [], speech: ["speech.valence", "intensity"] });
  const { manifest } = await readManifest(files, "made/composed.jsonl");
  for (const { extra } of manifest.rows) {
    const { text, speech } = extra.parts as { text: string; speech: string };
    expect(extra).toMatchObject({
      "text.valence": Number(text.slice(1)) / 40,
      "speech.valence": 100 - Number(speech.slice(1)),
      intensity: "strong",
    });
    expect(Object.keys(extra)).not.toContain("votes");
  }
});

test("data compose without labels says what it needs", async () => {
  const argv = ["data", "compose", "--text", "a", "--face", "b", "--speech", "c", "--out", "d"];
  const tools = fakeTools({ argv });
  expect(await runProgram(tools)).toBe(2);
  expect(tools.err.join("")).toContain("--labels");
});

test("data compose tells broken rows of its sources, and with --strict stops at one", async () => {
  const files = temporaryFiles({
    "text.jsonl": `${corpus("t", (index) => ({ text: `words ${index}` }))}\nnot json\n`,
    "face.jsonl": corpus("f", (index) => ({ image: `${index}.png` })),
    "speech.jsonl": corpus("s", (index) => ({ audio: `${index}.wav` })),
  });
  const argv = [
    ...["data", "compose", "--text", "text.jsonl", "--face", "face.jsonl", "--speech", "speech.jsonl"],
    ...["--labels", "anger,joy", "--count", "50", "--out", "made"],
  ];
  const tools = { ...fakeTools({ argv }), files };
  expect(await runProgram(tools)).toBe(0);
  expect(tools.err.join("")).toMatch(/^text\.jsonl:41 is not JSON.*\n1 broken row is left out/u);
  const strict = { ...fakeTools({ argv: [...argv, "--strict"] }), files };
  expect(await runProgram(strict)).toBe(6);
});
