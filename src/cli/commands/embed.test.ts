import { expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { tinyText } from "../../../test/support/tiny-models.ts";
import { fakeTools } from "../../../test/support/tools.ts";
import { readManifest } from "../../data/read.ts";
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
