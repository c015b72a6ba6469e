/** What docs/training.md says of fields, defaults and ranges is what the schemas say. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { HeadConfig } from "../../src/classify/table.ts";
import { FaceEncoderConfig, SpeechEncoderConfig, TextEncoderConfig } from "../../src/encode/table.ts";
import { FusionConfig } from "../../src/fuse/table.ts";
import { TrainConfig } from "../../src/train/config.ts";
import { FaceFeatures } from "../../src/train/tasks/face-config.ts";
import { FusionFeatures, FusionNetwork } from "../../src/train/tasks/fusion-config.ts";
import { MultimodalFeatures, MultimodalNetwork } from "../../src/train/tasks/multimodal-config.ts";
import { SpeechFeatures } from "../../src/train/tasks/speech-config.ts";
import { TextFeatures } from "../../src/train/tasks/text-config.ts";
import { type Field, fieldsOf, kindsOf } from "./field-table.ts";
import { ROOT } from "./tree.ts";

const page = readFileSync(`${ROOT}docs/training.md`, "utf8");

/** The rows of the first table below a marker, without its head. */
function tableBelow(marker: string): string[][] {
  const from = page.indexOf(`<!-- ${marker} -->`);
  expect(from, `docs/training.md has <!-- ${marker} -->`).toBeGreaterThan(0);
  const lines = page.slice(from).split("\n").slice(2);
  const table = lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith("|")),
  );
  return table.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
}

/** Those of one modality, which the text above the table names. */
const alone = (fields: readonly Field[]) =>
  fields.filter(({ path }) => !/^(text|face|speech)\./u.test(path) || path === "text.tokenizer");

describe("fields of a configuration", () => {
  test.each([
    ["config", fieldsOf(TrainConfig)],
    ["text", fieldsOf(TextFeatures)],
    ["face", fieldsOf(FaceFeatures)],
    ["speech", fieldsOf(SpeechFeatures)],
    ["fusion", fieldsOf(FusionFeatures)],
    ["fusion-network", fieldsOf(FusionNetwork)],
    ["multimodal", alone(fieldsOf(MultimodalFeatures))],
    ["multimodal-network", fieldsOf(MultimodalNetwork)],
  ])("%s: every field with its default, range and meaning", (name, fields) => {
    const rows = tableBelow(`fields: ${name}`);
    const told = rows.map(([path, standard, range]) => [path, standard, range]);
    expect(told).toEqual(fields.map((field) => [`\`${field.path}\``, field.default, field.range]));
    for (const row of rows) expect(row[3], `${row[0]} has a meaning`).toBeTruthy();
  });
});

/** What the preprocessing or the labels decide. */
const DECIDED = new Set(["vocabulary", "buckets", "labels"]);

describe("kinds of networks", () => {
  test.each([
    ["encoders", [TextEncoderConfig, FaceEncoderConfig, SpeechEncoderConfig].flatMap(kindsOf)],
    ["heads", kindsOf(HeadConfig)],
    ["fusions", kindsOf(FusionConfig)],
  ])("%s: every kind with its options, and their defaults as in its file", (name, kinds) => {
    const rows = tableBelow(`kinds: ${name}`);
    expect(rows.map(([kind]) => /`(.+?)`/u.exec(kind ?? "")?.[1])).toEqual(kinds.map(([kind]) => kind));
    for (const [at, [kind, fields]] of kinds.entries()) {
      const [, , options = "", link = ""] = rows[at] ?? [];
      const code = readFileSync(`${ROOT}docs/${/\((.+)\)/u.exec(link)?.[1]}`, "utf8");
      const told = [...options.matchAll(/`(\w+)` (?:(required)|= (.+?))(?=, `|$)/gu)];
      const names = fields.map(({ path }) => path).filter((path) => !DECIDED.has(path));
      expect(new Set(told.map(([, option]) => option)), kind).toEqual(new Set(names));
      for (const [, option, required, value] of told) {
        // "reads" is the table's own: the encoder is handed what it reads.
        if (required !== undefined || option === "reads") continue;
        const defaults = [`${option} = ${value}`, `${option}: share = ${value}`, `${option}: excite = ${value}`];
        const found = [...defaults, `${option}: normalize = ${value}`].some((text) => code.includes(text));
        expect(found, `${kind}: ${option} = ${value}`).toBe(true);
      }
    }
  });
});
