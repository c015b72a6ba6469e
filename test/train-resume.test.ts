/** A training that is killed goes on from its checkpoint as if nothing had happened. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { random } from "../src/core/random.ts";
import { replaceMetadata } from "../src/graph/onnx-metadata.ts";
import { contractFromModel, contractToMetadata } from "../src/recognize/contract-file.ts";
import { ROOT } from "./house/tree.ts";
import { affekt, build } from "./support/affekt.ts";

const EPOCHS = 8;
const folder = mkdtempSync(join(tmpdir(), "affekt-resume-"));
const config = join(folder, "train.json");

/** Sentences whose words give the label away, so that there is something to learn. */
function rows(): string {
  const dice = random(3);
  const happy = ["lovely", "great", "sunny", "wonderful"];
  const angry = ["awful", "horrid", "rotten", "dreadful"];
  const filler = ["the", "day", "was", "very", "train", "house", "today"];
  const lines: string[] = [];
  for (let index = 0; index < 320; index++) {
    const isHappy = index % 2 === 0;
    const pick = (words: readonly string[]) => words[dice.integer(words.length)] as string;
    const text = [pick(filler), pick(filler), pick(isHappy ? happy : angry), pick(filler)].join(" ");
    const split = index < 256 ? "train" : "validation";
    lines.push(JSON.stringify({ id: `r${index}`, text, label: isHappy ? "joy" : "anger", split, language: "en" }));
  }
  return `${lines.join("\n")}\n`;
}

function log(out: string): string[] {
  const path = join(out, "log.jsonl");
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").filter(Boolean) : [];
}

/** A model file without the minutes that its training took: all that two trainings may differ in. */
function withoutMinutes(name: string): Buffer {
  const bytes = readFileSync(join(folder, name));
  const contract = contractFromModel(bytes);
  const { minutes: _minutes, ...trained } = contract.trained;
  return Buffer.from(replaceMetadata(bytes, contractToMetadata({ ...contract, trained })));
}

beforeAll(() => {
  build();
  writeFileSync(join(folder, "rows.jsonl"), rows());
  const training = {
    epochs: EPOCHS,
    batch: 16,
    learningRate: 0.01,
    averageDecay: 0.9,
    clipNorm: 5,
    seed: 7,
    threads: 1,
  };
  const features = { languages: ["en"], maxTokens: 8, vocabularySize: 300, buckets: 512, ngramLimit: 16 };
  const network = { tokenDim: 8, hidden: 8, heads: 2, dropout: 0.2 };
  const labels = ["anger", "joy"];
  const data = [{ manifest: "rows.jsonl" }];
  const json = { id: "tiny", version: "0.1.0", modality: "text", labels, data, features, network, training };
  writeFileSync(config, JSON.stringify(json));
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (name: string): string[] => [
  "train",
  config,
  "--out",
  join(folder, name),
  "--model",
  join(folder, `${name}.onnx`),
];

describe("a training that is killed with SIGKILL", () => {
  test("ends with the same bytes as one that was left alone", { timeout: 180_000 }, async () => {
    const alone = affekt(run("alone"));
    expect(alone.err).not.toContain("error");
    expect(alone.code).toBe(0);

    const child = spawn(process.execPath, ["bin/affekt.js", ...run("killed")], { cwd: ROOT, stdio: "ignore" });
    const gone = new Promise((resolve) => child.once("exit", resolve));
    while (log(join(folder, "killed")).length < 2) await sleep(5);
    child.kill("SIGSTOP");
    const second = affekt(run("killed"));
    expect(second.code).toBe(9);
    expect(second.err).toContain(`at work in ${join(folder, "killed")}: process ${child.pid} on `);
    child.kill("SIGKILL");
    await gone;
    const before = log(join(folder, "killed")).length;
    expect(before).toBeLessThan(EPOCHS);
    expect(existsSync(join(folder, "killed.onnx"))).toBe(false);

    const resumed = affekt([...run("killed"), "--resume"]);
    expect(resumed.code).toBe(0);
    expect(log(join(folder, "killed"))).toHaveLength(EPOCHS);
    expect(withoutMinutes("killed.onnx").equals(withoutMinutes("alone.onnx"))).toBe(true);
  });

  test("stopped by a job scheduler, it says how to go on", { timeout: 60_000 }, async () => {
    const child = spawn(process.execPath, ["bin/affekt.js", ...run("stopped")], { cwd: ROOT });
    let said = "";
    child.stderr.on("data", (text) => void (said += String(text)));
    const gone = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
    while (log(join(folder, "stopped")).length < 1) await sleep(5);
    child.kill("SIGTERM");
    expect(await gone).toBe(130);
    expect(said).toContain("Run the same command again to go on.");
    expect(existsSync(join(folder, "stopped.onnx"))).toBe(false);
  });

  test("has learned what there was to learn, and says where it comes from", () => {
    const contract = contractFromModel(readFileSync(join(folder, "alone.onnx")));
    expect(contract.labels).toEqual(["anger", "joy"]);
    expect(contract.metrics?.accuracy).toBeGreaterThan(0.95);
    expect(contract.trained.seed).toBe(7);
    expect(contract.sources).toHaveLength(1);
  });

  test("refuses a checkpoint of another configuration", () => {
    const other = join(folder, "other.json");
    writeFileSync(other, readFileSync(config, "utf8").replace('"seed":7', '"seed":8'));
    const refused = affekt(["train", other, "--out", join(folder, "alone"), "--model", join(folder, "x.onnx")]);
    expect(refused.code).not.toBe(0);
    expect(refused.err).toMatch(/The checkpoint \S+checkpoint\.safetensors belongs to another configuration/u);
    expect(refused.err).not.toContain("    at ");
  });
});
