import { expect, test } from "vitest";
import { faceApiInput } from "../../bench/quality/peers/face-api.ts";
import { humanInput } from "../../bench/quality/peers/human.ts";
import { calibrationOf } from "../../bench/quality/run.ts";
import { writeTables } from "../../bench/quality/tables.ts";

const README = "# a\n<!-- generated:accuracy -->\nstale-cell\n<!-- /generated:accuracy -->\nkept\n";

function files(json: Readonly<Record<string, unknown>>) {
  const texts = new Map<string, string>([
    ["README.md", README],
    ["README.zh.md", README],
    ...Object.entries(json).map(([path, value]) => [path, JSON.stringify(value)] as const),
  ]);
  return {
    texts,
    readFile: async (path: string) => {
      const text = texts.get(path);
      if (text === undefined) throw new Error(`no ${path}`);
      return text;
    },
    writeFile: async (path: string, text: string) => void texts.set(path, text),
  };
}

test("the READMEs' tables are made anew of what was measured, with the peers' own figures first", async () => {
  const share = { rows: 3589, share: 0.6662, low: 0.65, high: 0.68 };
  const given = files({
    "docs/benchmarks/quality.json": [
      {
        id: "fer2013",
        metric: "accuracy",
        value: 0.7,
        low: 0.68,
        high: 0.72,
        range: "95 % interval",
        rows: 3589,
        macroF1: 0.6,
        models: [{ path: "models/face/model.onnx", bytes: 1_500_000 }],
      },
    ],
    "docs/benchmarks/peers.json": [{ ...share, row: "fer2013", name: "peer 1.0", metric: "accuracy", bytes: 1 }],
  });
  await writeTables([], given);
  for (const path of ["README.md", "README.zh.md"]) {
    const text = given.texts.get(path) ?? "";
    expect(text).toContain("**.700** (.680–.720) | 1.5 MB | peer 1.0 .666 (measured here); ");
    expect(text).not.toContain("stale-cell");
    expect(text).toContain("kept");
  }
  expect(given.texts.get("docs/benchmarks/quality.md")).toContain("peer 1.0 .666 (measured here)");
});

test("a README says which models do not ship", async () => {
  const line = (id: string, path: string) => ({
    ...{ id, metric: "accuracy", value: 0.7, low: 0.6, high: 0.8, range: "95 % interval", rows: 10, macroF1: 0.6 },
    models: [{ path, bytes: 1 }],
  });
  const given = files({
    "docs/benchmarks/quality.json": [
      line("fer2013", "models/face/model.onnx"),
      line("ferplus", "bench/quality/face/ferplus.onnx"),
    ],
  });
  await writeTables([], given);
  const text = given.texts.get("README.md") ?? "";
  expect(text).toContain("7 classes | accuracy");
  expect(text).toContain("8 classes † | accuracy");
  expect(text).toContain("†: not shipped");
  expect(given.texts.get("README.zh.md")).toContain("†：");
});

test("with several labels a row, calibration is of each label of each row", () => {
  const scores = { joy: 1, fear: 0 };
  const rows = [["joy"], ["fear"]].map((truth, at) => ({
    id: `${at}`,
    truth,
    label: "joy",
    confidence: 1,
    right: true,
    scores,
  }));
  // Said surely and half right: joy of 1, fear of 0
  expect(calibrationOf("multi", rows)).toEqual({ ece: 0.5, eceByChance: 0 });
  expect(calibrationOf("single", rows)).toEqual({ ece: 0, eceByChance: 0 });
});

test("a peer gets what its own preprocessing would make of a grey crop", () => {
  const data = Uint8Array.from({ length: 48 * 48 }, (_, at) => (at % 48) * 5);
  const input = humanInput({ data, width: 48, height: 48, channels: 1 });
  expect(input).toHaveLength(64 * 64);
  // Output column 2 stands at 2 · 48 / 64 = 1.5 of the input: halfway between 5 and 10
  expect(input[2]).toBeCloseTo(((0.9999 * 7.5) / 255 - 0.5) * 2, 5);
  expect(input[0]).toBe(-1);
  const colours = faceApiInput({ data, width: 48, height: 48, channels: 1 });
  expect(colours).toHaveLength(3 * 112 * 112);
  // Output column 7 stands at 7 · 48 / 112 = 3 of the input: 15, of which each colour's mean is taken away
  expect(colours[7]).toBeCloseTo((15 - 122.782) / 255, 5);
  expect(colours[2 * 112 * 112 + 7]).toBeCloseTo((15 - 104.298) / 255, 5);
});
