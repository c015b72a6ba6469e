import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { modelCard } from "../../bench/quality/cards/card.ts";
import type { CardFacts } from "../../bench/quality/cards/facts.ts";
import { SHIPPED, shippedPath } from "../../bench/quality/model-file.ts";
import { contractFromModel } from "../../src/recognize/contract-file.ts";
import { ROOT } from "../house/tree.ts";
import { tinyFace } from "../support/tiny-models.ts";

const facts = (change: Parameters<typeof tinyFace>[0] = {}): CardFacts => ({
  contract: contractFromModel(tinyFace(change)),
  file: "models/face-tiny/model.onnx",
  bytes: 1_234_567,
  sha256: "a".repeat(64),
  quality: [],
});

describe("a model's card", () => {
  test("says what the file is, what it is for, and what it must not be used for", () => {
    const card = modelCard(facts());
    expect(card).toContain("# face-tiny 0.1.0");
    expect(card).toContain("1.23 MB");
    expect(card).toContain("a".repeat(64));
    expect(card).toContain("## Intended use");
    expect(card).toContain("AI Act");
  });

  test("names each source with its terms, and whether the permissive flag keeps the model", () => {
    const sources = [
      { name: "one", terms: "CC0-1.0", commercial: true, rows: 10 },
      { name: "two", terms: "research", commercial: false },
    ];
    const card = modelCard(facts({ sources, licence: { terms: "CC0-1.0; research", commercial: false } }));
    expect(card).toContain("| one | 10 | CC0-1.0 | allowed |");
    expect(card).toContain("| two | – | research | not allowed, or not granted |");
    expect(card).toContain("leaves this model out");
  });

  test("says what the training cost, or that it is not known", () => {
    expect(modelCard(facts())).toContain("not recorded");
    expect(modelCard({ ...facts(), configuredEpochs: [20, 13] })).toContain("asks for 20 + 13 epochs, 2 trainings");
    const trained = { date: "2026-01-31", command: "affekt train a.json", seed: 3, epochs: 4, minutes: 2.5 };
    expect(modelCard(facts({ trained }))).toContain("4 epochs in 2.5 minutes");
  });

  test("says how often the whole recognizer named no label for what the model was shown", () => {
    const set = { rows: 40, share: 0.25, low: 0.142, high: 0.402, confidence: 0.5, inDomain: false };
    const sets = [
      { ...set, model: "face-tiny", title: "noise" },
      { ...set, model: "recognizer", title: "picture: noise", rows: 20, share: 1, low: 0.84, high: 1 },
      { ...set, model: "recognizer", title: "sound: noise", rows: 10 },
    ];
    const card = modelCard({ ...facts(), trust: { models: {}, sets } });
    expect(card).toContain("| noise | 40 | 25 % (14 %–40 %) | 100 % (84 %–100 %) | 20 |");
  });

  test("gives recall by class with its interval, and says where other bytes were measured", () => {
    const card = modelCard({
      ...facts(),
      quality: [
        {
          row: {
            id: "made",
            title: { en: "Made rows", zh: "" },
            dataset: "made",
            models: ["models/face-tiny/model.onnx"],
            metric: "uar",
            peers: "none",
            protocol: "by hand",
          },
          result: {
            id: "made",
            metric: "uar",
            value: 0.5,
            low: 0.4,
            high: 0.6,
            range: "95 % interval",
            rows: 100,
            macroF1: 0.5,
            models: [{ path: "models/face-tiny/model.onnx", bytes: 1, sha256: "b".repeat(64) }],
            perClass: { joy: { recall: 0.5, low: 0.366, high: 0.634, precision: 0.25, f1: 0.333, rows: 50 } },
          },
        },
      ],
    });
    expect(card).toContain("| Made rows | 100 | UAR .500 (.400–.600) | – | by hand |");
    expect(card).toContain("| joy | 50 | .500 (.366–.634) | .250 | .333 |");
    expect(card).toContain("Measured on an earlier file of this model.");
  });
});

test.each(SHIPPED)("the card of %s is that of the committed file", (id) => {
  const sha256 = createHash("sha256")
    .update(readFileSync(ROOT + shippedPath(id)))
    .digest("hex");
  const card = readFileSync(`${ROOT}docs/models/${id}.md`, "utf8");
  // A new model needs a new card: npm run bench -- cards --write
  expect(card).toContain(sha256);
});
