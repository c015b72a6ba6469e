import sharp from "sharp";
import { expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { tinyFace, tinyText } from "../../../test/support/tiny-models.ts";
import { fakeTools } from "../../../test/support/tools.ts";
import { readManifest } from "../../data/read.ts";
import { readNpy } from "../../data/readers/npy.ts";
import { askModel } from "../../platform/node/open-expert.ts";
import { runProgram } from "../program.ts";

test("data embed writes features beside the texts, and tells what is new", async () => {
  const files = temporaryFiles({
    "models/text/model.onnx": tinyText({ outputs: { logits: "logits", embedding: "logits" } }),
    "rows.jsonl": JSON.stringify({ id: "a", text: "😀", label: "joy" }),
  });
  const argv = ["data", "embed", "rows.jsonl", "--models", files.absolute("models"), "--out", "made"];
  const tools = { ...fakeTools({ argv, askModel }), files };
  process.env.AFFEKT_CACHE = files.absolute("cache");
  try {
    expect(await runProgram(tools)).toBe(0);
  } finally {
    delete process.env.AFFEKT_CACHE;
  }
  expect(JSON.parse(tools.out.join(""))).toMatchObject({ embedded: [{ modality: "text", rows: 1, computed: 1 }] });
  const { manifest } = await readManifest(files, "made/embedded.jsonl");
  expect(manifest.rows[0]?.features).toEqual({ text: "text.npy#row=0" });
});

test("data embed without a model says so", async () => {
  const files = temporaryFiles({ "rows.jsonl": JSON.stringify({ id: "a", text: "b" }) });
  const argv = ["data", "embed", "rows.jsonl", "--models", "none", "--out", "made"];
  const tools = { ...fakeTools({ argv }), files };
  expect(await runProgram(tools)).not.toBe(0);
  expect(tools.err.join("")).toContain("There is no model in none");
});

test("data embed refuses a number of steps that is none", async () => {
  const files = temporaryFiles({ "rows.jsonl": JSON.stringify({ id: "a", text: "b" }) });
  const argv = ["data", "embed", "rows.jsonl", "--sequences", "0", "--out", "made"];
  const tools = { ...fakeTools({ argv }), files };
  expect(await runProgram(tools)).not.toBe(0);
  expect(tools.err.join("")).toContain("--sequences 0 is not a number of steps");
});

test("data embed of faces in sequences has one step, and names a text model without steps", async () => {
  const files = temporaryFiles({
    "models/face/model.onnx": tinyFace({ outputs: { logits: "logits", embedding: "logits" } }),
    "models/text/model.onnx": tinyText({ outputs: { logits: "logits", embedding: "logits" } }),
    "face.png": await sharp({ create: { width: 64, height: 64, channels: 3, background: "#d0a080" } })
      .png()
      .toBuffer(),
  });
  const row = { id: "a", text: "😀", image: files.absolute("face.png"), faceCrop: true, label: "joy" };
  await files.write("faces.jsonl", new TextEncoder().encode(JSON.stringify(row)));
  process.env.AFFEKT_CACHE = files.absolute("cache");
  const run = async (model: string) => {
    const argv = ["data", "embed", "faces.jsonl", "--sequences", "--models", files.absolute("models")];
    const tools = { ...fakeTools({ argv: [...argv, "--model", model, "--out", "made"], askModel }), files };
    return { code: await runProgram(tools), tools };
  };
  try {
    const { tools, code } = await run("face-tiny");
    expect(code).toBe(0);
    expect(JSON.parse(tools.out.join(""))).toMatchObject({
      embedded: [{ modality: "face", dim: 2, steps: 1, rows: 1 }],
    });
    expect(readNpy(await files.readBytes("made/face.npy"), "made/face.npy").shape).toEqual([1, 1, 2]);
    const text = await run("text-tiny");
    expect(text.code).not.toBe(0);
    expect(text.tools.err.join("")).toContain("The model text-tiny gives no steps");
  } finally {
    delete process.env.AFFEKT_CACHE;
  }
});
