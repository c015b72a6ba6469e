import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { tinyFace, tinyText } from "../../../test/support/tiny-models.ts";
import { listModels } from "../../platform/node/open.ts";
import { openServing } from "./serving.ts";

let folder: string;
let dataDir: string;
const modelOf = (run: string) => join(folder, "data", "trainings", run, "model.onnx");
const promotion = (run: string) => ({ run, model: modelOf(run), promotedAt: "2026-01-31T00:00:00.000Z" });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "affekt-serving-"));
  dataDir = join(folder, "data");
  mkdirSync(join(folder, "base"));
  writeFileSync(join(folder, "base", "text.onnx"), tinyText());
  writeFileSync(join(folder, "base", "face.onnx"), tinyFace());
  for (const [run, bytes] of [
    ["words", tinyText({ id: "words" })],
    ["faces", tinyFace({ id: "faces" })],
  ] as const) {
    mkdirSync(join(dataDir, "trainings", run), { recursive: true });
    writeFileSync(modelOf(run), bytes);
  }
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

const open = () => openServing({ dataDir, models: join(folder, "base"), reload: async () => {} });
const served = async (from: string) => (await listModels(from)).map(({ contract }) => contract.id).sort();

test("a promoted model that is gone or broken is told of, and what it replaced serves; the others stay promoted", async () => {
  const first = await open();
  await first.promote(promotion("words"));
  await first.promote(promotion("faces"));
  expect(await served(first.folder())).toEqual(["faces", "words"]);
  rmSync(join(dataDir, "trainings", "words"), { recursive: true });
  const second = await open();
  expect(second.warnings).toEqual([
    expect.stringMatching(/^The promoted model of the training words does not serve: /u),
  ]);
  expect(await served(second.folder())).toEqual(["faces", "text-tiny"]);
  writeFileSync(modelOf("faces"), "no network");
  const third = await open();
  expect(third.warnings).toHaveLength(2);
  expect(third.promotions()).toEqual([]);
  expect(third.folder()).toBe(join(folder, "base"));
});

test("a damaged list of promotions is told of, and the models that the service was started with serve", async () => {
  await (await open()).promote(promotion("words"));
  const listed = join(dataDir, "serving.json");
  writeFileSync(listed, readFileSync(listed, "utf8").slice(0, 20));
  const again = await open();
  expect(again.warnings).toEqual([expect.stringContaining("is damaged")]);
  expect(await served(again.folder())).toEqual(["face-tiny", "text-tiny"]);
});
