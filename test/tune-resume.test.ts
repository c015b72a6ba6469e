/** A search that is killed goes on where it was, and ends as if nothing had happened. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { random } from "../src/core/random.ts";
import type { Outcome } from "../src/train/tune/journal.ts";
import { ROOT } from "./house/tree.ts";
import { affekt, build } from "./support/affekt.ts";

const folder = mkdtempSync(join(tmpdir(), "affekt-tune-"));
const config = join(folder, "train.json");
const space = join(folder, "space.json");

/** Every fourth text has no word that gives its label away, so that settings differ in how well they do. */
function rows(): string {
  const dice = random(5);
  const told: Readonly<Record<string, string>> = { joy: "sunny", anger: "rotten" };
  const lines = Array.from({ length: 200 }, (_, index) => {
    const label = index % 2 === 0 ? "joy" : "anger";
    const word = dice.uniform(0, 1) < 0.75 ? told[label] : "day";
    const split = index < 140 ? "train" : "validation";
    return JSON.stringify({ id: `r${index}`, text: `the ${word} ${dice.integer(9)}`, label, split, language: "en" });
  });
  return `${lines.join("\n")}\n`;
}

beforeAll(() => {
  build();
  writeFileSync(join(folder, "rows.jsonl"), rows());
  const training = { epochs: 8, batch: 16, learningRate: 0.01, seed: 7, threads: 1 };
  const features = { languages: ["en"], maxTokens: 8, vocabularySize: 300, buckets: 512, ngramLimit: 16 };
  const network = { tokenDim: 8, hidden: 8, heads: 2, dropout: 0.2 };
  const json = {
    id: "tiny",
    version: "0.1.0",
    modality: "text",
    labels: ["anger", "joy"],
    features,
    network,
    training,
  };
  writeFileSync(config, JSON.stringify({ ...json, data: [{ manifest: "rows.jsonl" }] }));
  writeFileSync(space, JSON.stringify({ "training.learningRate": { log: [1e-3, 3e-2] } }));
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Four trials of two epochs, two of which go on to the fourth, one of which to the eighth. */
const search = (name: string): string[] => [
  ...["tune", config, "--space", space, "--trials", "4", "--keep", "2"],
  ...["--out", join(folder, name)],
];

const lines = (path: string): string[] =>
  existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").filter(Boolean) : [];
/** Trials done; the first line is of the search. */
const journal = (name: string): string[] => lines(join(folder, name, "journal.jsonl")).slice(1);
/** Epochs of the trial that has most. */
const epochs = (name: string): number =>
  Math.max(...[1, 2, 3, 4].map((trial) => lines(join(folder, name, `trial-00${trial}`, "log.jsonl")).length));
const board = (name: string): Omit<Outcome, "seconds">[] =>
  (JSON.parse(readFileSync(join(folder, name, "leaderboard.json"), "utf8")) as Outcome[]).map(
    ({ seconds: _seconds, ...outcome }) => outcome,
  );

/** The learning rate of the best configuration so far. */
const bestRate = (name: string): number => {
  const best: { training: { learningRate: number } } = JSON.parse(
    readFileSync(join(folder, name, "best.json"), "utf8"),
  );
  return best.training.learningRate;
};

/** Starts or resumes the search, and kills it as soon as it is far enough. */
async function killedWhen(name: string, isFarEnough: () => boolean): Promise<void> {
  const child = spawn(process.execPath, ["bin/affekt.js", ...search(name)], { cwd: ROOT, stdio: "ignore" });
  const gone = new Promise((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
  while (!isFarEnough() && child.exitCode === null) await sleep(5);
  child.kill("SIGKILL");
  expect(await gone).toBe("SIGKILL");
}

test("a search killed twice with SIGKILL has the leaderboard of one left alone", { timeout: 240_000 }, async () => {
  const alone = affekt(search("alone"));
  expect(alone.err).not.toContain("error");
  expect(alone.code).toBe(0);
  expect(journal("alone")).toHaveLength(7);

  // In the second trial, of which nothing is kept yet.
  await killedWhen("killed", () => existsSync(join(folder, "killed", "trial-002", "train.json")));
  const first = journal("killed");
  expect(first.length).toBeLessThan(4);
  // In the last rung, in the middle of a training that goes on from the checkpoint of the rung before.
  await killedWhen("killed", () => epochs("killed") >= 5);
  const second = journal("killed");
  expect(second).toHaveLength(6);
  expect(second.slice(0, first.length)).toEqual(first);
  // What was done until then can be read, and what was best.
  expect(board("killed").map(({ until }) => until)).toEqual([4, 4, 2, 2]);
  expect(bestRate("killed")).toBe(board("killed")[0]?.settings["training.learningRate"]);

  const resumed = affekt(search("killed"));
  expect(resumed.code).toBe(0);
  expect(resumed.err).toContain(`${second.length} done before`);
  expect(journal("killed").slice(0, second.length)).toEqual(second);
  expect(board("killed")).toEqual(board("alone"));
  expect(readFileSync(join(folder, "killed", "best.json"))).toEqual(readFileSync(join(folder, "alone", "best.json")));
});
