import { expect, test } from "vitest";
import { temporaryFiles } from "../../test/support/temp-files.ts";
import { TINY_LABELS, tinyPorts, tinyRows, voice } from "../../test/support/tiny-corpus.ts";
import { contractFromModel } from "../recognize/contract-file.ts";
import { runTraining } from "./run.ts";

const TRAINED = {
  text: {
    features: { languages: ["en"], maxTokens: 6, vocabularySize: 300 },
    network: { kind: "bag-of-words", tokenDim: 4, hidden: 4 },
  },
  face: {
    features: { side: 16, cut: 16, trainSizes: [16], size: 16, cleaned: false },
    network: { channels: [4, 8] },
  },
  speech: { features: { bands: 16, steps: 12 }, network: { kind: "mfcc-lstm", hidden: 4 } },
};

test.each(Object.entries(TRAINED))(
  "a %s model trains on rows of one file and selects on those of another",
  async (modality, parts) => {
    const rows = tinyRows(32);
    const lines = (split: string) =>
      rows
        .filter((row) => row.split === split)
        .map((row) => JSON.stringify(row))
        .join("\n");
    const files = temporaryFiles({
      "here/train.jsonl": lines("train"),
      "there/validation.jsonl": lines("validation"),
      "train.json": JSON.stringify({
        id: "tiny",
        version: "0.1.0",
        modality,
        labels: TINY_LABELS,
        data: [{ manifest: "here/train.jsonl" }, { manifest: "there/validation.jsonl" }],
        ...parts,
        training: { epochs: 1, batch: 4, learningRate: 0.01, threads: 1 },
      }),
    });
    const ports = tinyPorts(files);
    const seen: string[] = [];
    const media = {
      picture: (path: Parameters<typeof ports.media.picture>[0]) => {
        seen.push(String(path));
        return ports.media.picture(path);
      },
    };
    const options = { config: "train.json", root: ".", out: "run", command: "made here" };
    const { model = "" } = await runTraining(options, { ...ports, media });
    const { sources } = contractFromModel(await files.readBytes(model));
    // Rows that only choose the epoch are none that the weights were trained on.
    expect(sources.map(({ name, rows: count }) => [name, count])).toEqual([
      ["train", 24],
      ["validation", 0],
    ]);
    if (modality !== "face") return;
    expect(seen).toContain("here/face-0-0.png");
    expect(seen).toContain("there/face-1-31.png");
  },
);

test("a training whose checkpoint or model cannot be written ends before it begins", async () => {
  const config = {
    id: "tiny",
    version: "0.1.0",
    modality: "text",
    labels: TINY_LABELS,
    data: [{ manifest: "rows.jsonl" }],
    ...TRAINED.text,
    training: { epochs: 1, batch: 4, learningRate: 0.01, threads: 1 },
  };
  const rows = tinyRows(32).map((row) => JSON.stringify(row));
  const files = temporaryFiles({
    "train.json": JSON.stringify(config),
    "rows.jsonl": rows.join("\n"),
    "folder/inside.txt": "here",
  });
  let prepared = 0;
  const run = (places: { out: string; model?: string }) =>
    runTraining({ config: "train.json", root: ".", command: "made here", ...places }, tinyPorts(files), {
      prepared: () => void prepared++,
    });
  await expect(run({ out: "rows.jsonl" })).rejects.toThrow("a part of its path is not a folder");
  await expect(run({ out: "run", model: "folder" })).rejects.toThrow(/Could not write .*folder: it is a folder/u);
  expect(prepared).toBe(0);
});

test.each([{}, { folds: 2 }])(
  "a second training in a folder where one is at work is refused, with %o",
  async (more) => {
    const files = temporaryFiles({
      "rows.jsonl": tinyRows(32)
        .map((row) => JSON.stringify(row))
        .join("\n"),
      "train.json": JSON.stringify({
        id: "tiny",
        version: "0.1.0",
        modality: "text",
        labels: TINY_LABELS,
        data: [{ manifest: "rows.jsonl" }],
        ...TRAINED.text,
        ...more,
        training: { epochs: 1, batch: 4, learningRate: 0.01, threads: 1 },
      }),
    });
    const run = (prepared?: () => void) =>
      runTraining(
        { config: "train.json", root: ".", out: "run", command: "made here" },
        tinyPorts(files),
        prepared ? { prepared } : {},
      );
    let second: Promise<unknown> | undefined;
    const first = run(() => void (second ??= run().catch((error: unknown) => error)));
    expect((await first).finished).toBe(true);
    expect(await second).toMatchObject({ code: "conflict", message: expect.stringContaining("at work in") as string });
    // Neither the one that ended nor the one that was refused holds it any more.
    expect((await run()).finished).toBe(true);
  },
);

test("texts that are all in languages that the model is not for are refused", async () => {
  const run = (...languages: (string | undefined)[]) => {
    const rows = tinyRows(32).map((row, at) => JSON.stringify({ ...row, language: languages[at % languages.length] }));
    const files = temporaryFiles({
      "rows.jsonl": rows.join("\n"),
      "train.json": JSON.stringify({
        id: "tiny",
        version: "0.1.0",
        modality: "text",
        labels: TINY_LABELS,
        data: [{ manifest: "rows.jsonl" }],
        ...TRAINED.text,
        training: { epochs: 1, batch: 4, learningRate: 0.01, threads: 1 },
      }),
    });
    return runTraining({ config: "train.json", root: ".", out: "run", command: "made here" }, tinyPorts(files));
  };
  await expect(run("zh-Hant", "pl")).rejects.toMatchObject({
    code: "config",
    message: "No training row is in a language of features.languages, en; the rows are in pl, zh.",
  });
  expect((await run("zh", "en-US")).finished).toBe(true);
  // What says nothing of its language may be in this one.
  expect((await run("zh", undefined)).finished).toBe(true);
});

test.each(Object.entries(TRAINED))("rows whose %s is the same everywhere are refused", async (modality, parts) => {
  const run = (differing: boolean) => {
    const rows = tinyRows(32).map((row, at) => {
      const own = differing && at === 20 ? at : 0;
      return JSON.stringify({ ...row, text: own ? "sunny" : "...", image: `face-${own ? 1 : 0}-0.png` });
    });
    const files = temporaryFiles({
      "rows.jsonl": rows.join("\n"),
      "train.json": JSON.stringify({
        id: "tiny",
        version: "0.1.0",
        modality,
        labels: TINY_LABELS,
        data: [{ manifest: "rows.jsonl" }],
        ...parts,
        training: { epochs: 1, batch: 4, learningRate: 0.01, threads: 1 },
      }),
    });
    const ports = tinyPorts(files);
    async function* sounds(places: Parameters<typeof ports.sounds>[0]) {
      for (const { path } of places) {
        const at = Number(/(\d+)\.wav$/u.exec(path)?.[1]);
        const quiet = { samples: new Float32Array(8000 + 160 * at), sampleRate: 16_000 };
        yield { value: differing && at === 20 ? voice(at) : quiet };
      }
    }
    return runTraining({ config: "train.json", root: ".", out: "run", command: "made here" }, { ...ports, sounds });
  };
  await expect(run(false)).rejects.toMatchObject({
    code: "data",
    message: expect.stringMatching(/^All 24 training (texts|pictures|sounds) look the same to the network/u) as string,
  });
  expect((await run(true)).finished).toBe(true);
});
