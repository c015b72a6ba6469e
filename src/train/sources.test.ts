import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { temporaryFiles } from "../../test/support/temp-files.ts";
import { ManifestHeader } from "../data/manifest.ts";
import { type Row, rowRecord } from "../data/row.ts";
import { nodeTextHash } from "../platform/node/training-ports.ts";
import { parseTrainConfig } from "./config.ts";
import { loadSources, manifestHash, rowsHash, rowsHasher } from "./sources.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const rows: Row[] = [0, 1, 2, 3, 4].map((at) => ({ id: `${at}`, text: "fine", label: "joy", extra: {} }));

test("the hash of a manifest is that of its rows as JSON", () => {
  const header = ManifestHeader.parse({ name: "set" });
  const json = JSON.stringify(rows.map(({ extra: _extra, ...row }) => row));
  expect(manifestHash([{ header, rows, base: "." }], sha256)).toBe(sha256(sha256(json)));
  expect(rowsHash([], sha256)).toBe(sha256("[]"));
});

test("rows too many for one text are hashed in parts, and each of them counts", () => {
  const hashed = rowsHash(rows, sha256, 2);
  const part = (from: number, to: number): string =>
    sha256(JSON.stringify(rows.slice(from, to).map(({ extra: _extra, ...row }) => row)));
  expect(hashed).toBe(sha256([part(0, 2), part(2, 4), part(4, 5)].join("\n")));
  const changed = rows.with(4, { id: "4", text: "not fine", label: "joy", extra: {} });
  expect(rowsHash(changed, sha256, 2)).not.toBe(hashed);
});

test("the sources of a configuration are read, and what is wrong with them is handed back or, if strict, an error", async () => {
  const files = temporaryFiles({
    "set/good.jsonl": '{"id":"a","text":"fine","label":"happy"}',
    "set/bad.csv": "id,text,label\nb,so so,neutral\nc,what,bogus\n",
  });
  const config = parseTrainConfig({
    id: "tiny",
    version: "1.0.0",
    modality: "text",
    labels: ["joy", "neutral"],
    data: [{ manifest: "good.jsonl" }, { manifest: "bad.csv" }],
    training: { epochs: 1, batch: 1, learningRate: 0.1 },
  });
  const from = { config: "set/train.json", root: "." };
  const { manifests, problems } = await loadSources(config, from, files);
  expect(manifests.map(({ rows }) => rows.map(({ label }) => label))).toEqual([["joy"], ["neutral"]]);
  expect(problems).toEqual([
    { code: "unknown-label", file: "set/bad.csv", line: 3, id: "c", reason: 'has the unknown label "bogus"' },
  ]);
  const strict = loadSources(config, { ...from, strict: true }, files);
  await expect(strict).rejects.toMatchObject({
    code: "manifest",
    message: 'set/bad.csv:3 (c) has the unknown label "bogus"',
  });
});

test("rows that nobody holds have the hash of those that are held", () => {
  for (const some of [rows, rows.slice(0, 4), rows.slice(0, 1), []]) {
    for (const together of [1, 2, 500]) {
      const hasher = rowsHasher(nodeTextHash, sha256, together);
      for (const row of some) hasher.add(JSON.stringify(rowRecord(row)));
      expect(hasher.hex()).toBe(rowsHash(some, sha256, together));
    }
  }
  // Longer than what is hashed at once.
  const long: Row[] = rows.map((row, at) => ({ ...row, text: "真 fine 😀".repeat(20_000 + at) }));
  const hasher = rowsHasher(nodeTextHash, sha256);
  for (const row of long) hasher.add(JSON.stringify(rowRecord(row)));
  expect(hasher.hex()).toBe(rowsHash(long, sha256));
});
