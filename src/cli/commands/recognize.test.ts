import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeTools, PREDICTION } from "../../../test/support/tools.ts";
import { AffektError } from "../../core/errors.ts";
import type { Inputs } from "../../core/prediction.ts";
import { runRecognize } from "./recognize.ts";

function recorder(): { seen: Inputs[]; recognize: (inputs: Inputs) => Promise<typeof PREDICTION> } {
  const seen: Inputs[] = [];
  return {
    seen,
    recognize: async (inputs) => {
      seen.push(inputs);
      return PREDICTION;
    },
  };
}

test("one value per option is one utterance, printed as one line of JSON where no person reads", async () => {
  const { seen, recognize } = recorder();
  const tools = fakeTools({ recognize });
  await runRecognize({ text: ["hello"], image: ["a.jpg"], audio: ["b.wav"] }, tools);
  expect(seen).toEqual([{ text: "hello", image: "a.jpg", audio: "b.wav" }]);
  expect(tools.out).toEqual([JSON.stringify(PREDICTION)]);
  expect(tools.open()).toBe(0);
});

test("several values of one option are several utterances, one JSON line each with its name", async () => {
  const { seen, recognize } = recorder();
  const tools = fakeTools({ recognize });
  await runRecognize({ image: ["a.jpg", "b.jpg"] }, tools);
  expect(seen).toEqual([{ image: "a.jpg" }, { image: "b.jpg" }]);
  expect(tools.out.map((line) => (JSON.parse(line) as { name: string }).name)).toEqual(["a.jpg", "b.jpg"]);
});

test("a terminal gets a table, and JSON with --json", async () => {
  const table = fakeTools({ interactive: true });
  await runRecognize({ text: ["hello"] }, table);
  expect(table.out[0]).toContain("appears to express joy");
  const json = fakeTools({ interactive: true });
  await runRecognize({ text: ["hello"], json: true }, json);
  expect(JSON.parse(json.out[0] ?? "")).toEqual(PREDICTION);
});

test("- reads standard input, as text or as bytes", async () => {
  const { seen, recognize } = recorder();
  await runRecognize({ text: ["-"] }, fakeTools({ recognize, stdin: "很开心" }));
  await runRecognize({ audio: ["-"] }, fakeTools({ recognize, stdin: "RIFF" }));
  expect(seen).toEqual([{ text: "很开心" }, { audio: new TextEncoder().encode("RIFF") }]);
});

test("bytes that are no text are refused where text is read, before any model is opened", async () => {
  // The start of a JPEG
  const tools = fakeTools({ stdin: Uint8Array.of(0xff, 0xd8, 0xff, 0xe0) });
  await expect(runRecognize({ text: ["-"] }, tools)).rejects.toMatchObject({
    code: "input",
    message: "Standard input (4 bytes) is not UTF-8; expected text.",
  });
  expect(tools.open()).toBe(0);
});

test.each([
  [{}, "Nothing to recognize"],
  [{ text: ["-"], audio: ["-"] }, "more than once"],
  [{ text: ["a", "b"], image: ["c.jpg"] }, "cannot be combined with --text, --image"],
  [{ text: ["a"], batch: "b.jsonl" }, "--batch brings its own inputs"],
])("%j is refused before any model is opened", async (options, message) => {
  const tools = fakeTools();
  const failure = await runRecognize(options, tools).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "usage" });
  expect((failure as AffektError).message).toContain(message);
  expect(tools.open()).toBe(0);
});

test("the recognizer is closed when a recognition fails", async () => {
  const tools = fakeTools({
    recognize: async () => {
      throw new AffektError("no-face", "No face was found.", "Show one.");
    },
  });
  await expect(runRecognize({ image: ["cat.png"] }, tools)).rejects.toMatchObject({ code: "no-face" });
  expect(tools.open()).toBe(0);
});

/** Finds a face everywhere but in the cat, and cannot read the broken one. */
async function picky(inputs: Inputs): Promise<typeof PREDICTION> {
  if (inputs.image === "cat.png") throw new AffektError("no-face", "No face was found.", "Show one.");
  if (inputs.image === "broken.png") throw new AffektError("media", "Not a picture.", "Check it.");
  return PREDICTION;
}
const PICTURES = { image: ["a.jpg", "cat.png", "broken.png", "b.jpg"] };

test("of several files one that fails is answered with its error, and the first failure is the command's", async () => {
  const tools = fakeTools({ recognize: picky });
  const run = runRecognize(PICTURES, tools);
  await expect(run).rejects.toMatchObject({ code: "no-face", message: "cat.png: No face was found." });
  const answers = tools.out.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(answers.map(({ name, label, error }) => [name, label, error])).toEqual([
    ["a.jpg", "joy", undefined],
    ["cat.png", undefined, { code: "no-face", message: "No face was found.", hint: "Show one." }],
    ["broken.png", undefined, { code: "media", message: "Not a picture.", hint: "Check it." }],
    ["b.jpg", "joy", undefined],
  ]);
  expect(tools.err.join("")).toContain("2 of 4 failed");
  expect(tools.open()).toBe(0);
});

test("on a terminal failures stand on standard error between the tables, and progress is shown there", async () => {
  const fake = fakeTools({ recognize: picky, interactive: true });
  let clock = 0;
  const tools = { ...fake, terminal: { ...fake.terminal, live: true, now: () => (clock += 1000) } };
  await expect(runRecognize(PICTURES, tools)).rejects.toMatchObject({ code: "no-face" });
  expect(fake.out).toHaveLength(2);
  const told = fake.err.join("");
  expect(told).toContain("error no-face: cat.png: No face was found.");
  expect(told).toContain("error media: broken.png: Not a picture.");
  expect(told).toMatch(/recognized .* 3\/4, .* left 2 failed/u);
});

test("a batch answers every line in order, names what is wrong with a line, and then fails", async () => {
  const root = mkdtempSync(join(tmpdir(), "affekt-batch-"));
  const path = join(root, "in.jsonl");
  writeFileSync(path, '{"id":"a","text":"fine"}\nnot json\n{"image":"pictures/b.jpg"}\n\n{"audoi":"c"}\n{}\n');
  const { seen, recognize } = recorder();
  const tools = fakeTools({ recognize });
  await expect(runRecognize({ batch: path }, tools)).rejects.toMatchObject({ code: "input" });
  const answers = tools.out.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(
    answers.map(({ line, id, label, error }) => [line, id, label, (error as { code: string } | undefined)?.code]),
  ).toEqual([
    [1, "a", "joy", undefined],
    [2, undefined, undefined, "input"],
    [3, undefined, "joy", undefined],
    [5, undefined, undefined, "input"],
    [6, undefined, undefined, "input"],
  ]);
  const messages = answers.map(({ error }) => (error as { message: string } | undefined)?.message);
  expect(messages[1]).toBe("The line is not JSON: column 1 has a word; expected a value.");
  expect(messages[3]).toContain('unknown field "audoi" (did you mean "audio"?); known fields: id, text, ');
  // Media paths start from the folder of the batch file
  expect(seen[1]).toEqual({ image: join(root, "pictures/b.jpg") });
  expect(tools.err.join("")).toContain("3 of 5 lines failed");
});

test.each([
  ['{"text":["my husband"]}', "The field text is wrong: received list; expected text."],
  ['{"text":{"a":"b"}}', "The field text is wrong: received object; expected text."],
  ['{"image":true}', "The field image is wrong: received true or false; expected text."],
])("the line %s of a batch is told its field and what it holds by its type", async (stdin, message) => {
  await expect(runRecognize({ batch: "-" }, fakeTools({ stdin }))).rejects.toThrow(message);
});

test("a batch from standard input starts paths from the current folder", async () => {
  const { seen, recognize } = recorder();
  await runRecognize({ batch: "-" }, fakeTools({ recognize, stdin: '{"audio":"a.wav"}' }));
  expect(seen).toEqual([{ audio: "a.wav" }]);
});

test("under a scenario its alerts stand beside the answer, and only its modalities are asked for", async () => {
  const asked: unknown[] = [];
  const recognize = async (...all: unknown[]) => {
    asked.push(all);
    return { ...PREDICTION, scores: [{ label: "joy", score: 1 }] };
  };
  const options = { scenario: "marketing", basis: "consent", jurisdiction: "US-CA" };
  const tools = fakeTools({ recognize });
  await runRecognize({ image: ["a.jpg"], ...options }, tools);
  expect(asked).toEqual([[{ image: "a.jpg" }, { modalities: ["text", "face", "speech"] }]]);
  expect(JSON.parse(tools.out[0] ?? "")).toMatchObject({ scenario: "marketing", alerts: [{ rule: "amused" }] });
  const table = fakeTools({ recognize, interactive: true });
  await runRecognize({ image: ["a.jpg", "b.jpg"], ...options }, table);
  expect(table.out).toHaveLength(2);
  expect(table.out[1]).toContain("alert A moment that appears to amuse (1.00, limit 0.80).");
});

test.each([
  ["a scenario that is not there", { text: ["a"], scenario: "casino" }, "usage"],
  ["one that needs a consent nobody speaks of", { text: ["a"], scenario: "care" }, "policy"],
  ["a face where nobody says whose law applies", { image: ["a"], scenario: "care", basis: "consent" }, "policy"],
  [
    "a voice in education in the European Union",
    { audio: ["a"], scenario: "education", basis: "consent", jurisdiction: "FR" },
    "policy",
  ],
])("%s is refused", async (_what, options, code) => {
  await expect(runRecognize(options, fakeTools())).rejects.toMatchObject({ code });
});
