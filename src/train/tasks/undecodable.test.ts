import { describe, expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { TINY_LABELS, tinyPorts, tinyRows } from "../../../test/support/tiny-corpus.ts";
import { AffektError } from "../../core/errors.ts";
import { type RunOptions, runTraining, type TrainingPorts } from "../run.ts";
import type { Undecodable } from "./undecodable.ts";

const COMMON = {
  id: "tiny",
  version: "0.1.0",
  labels: TINY_LABELS,
  data: [{ manifest: "rows.jsonl" }],
  training: { epochs: 1, batch: 4, learningRate: 0.01, threads: 1 },
};
const FACE = {
  ...COMMON,
  modality: "face",
  features: { side: 16, cut: 16, trainSizes: [16], size: 16, cleaned: false },
  network: { channels: [4, 8] },
};
const SPEECH = {
  ...COMMON,
  modality: "speech",
  features: { bands: 16, steps: 12 },
  network: { kind: "mfcc-lstm", hidden: 4 },
};

const fileOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** Ports to which one file of the corpus is damaged. */
function damaged(config: object, name: string) {
  const rows = tinyRows(32).map((row) => JSON.stringify(row));
  const files = temporaryFiles({ "train.json": JSON.stringify(config), "rows.jsonl": rows.join("\n") });
  const whole = tinyPorts(files);
  const error = new AffektError("media", `Cannot decode ${name}: it is cut off.`, "Copy it again.");
  const ports: TrainingPorts = {
    ...whole,
    media: {
      async picture(path) {
        if (fileOf(String(path)) === name) throw error;
        return whole.media.picture(path);
      },
    },
    async *sounds(places) {
      let at = 0;
      for await (const sound of whole.sounds(places))
        yield fileOf(places[at++]?.path ?? "") === name ? { error } : sound;
    },
  };
  const told: Undecodable[] = [];
  let trainingRows = 0;
  const run = (options: Partial<RunOptions> = {}) =>
    runTraining({ config: "train.json", root: ".", out: "run", command: "made here", ...options }, ports, {
      undecodable: (row) => void told.push(row),
      prepared: (task) => void (trainingRows = task.trainingRows),
    });
  return { files, run, told, rowsSeen: () => trainingRows };
}

test("rows of one id in two files are told and counted each", async () => {
  const rows = tinyRows(32);
  const lines = (folder: string) =>
    rows.map(({ image, ...row }) => JSON.stringify({ ...row, image: `${folder}/${image}` })).join("\n");
  const data = [{ manifest: "a.jsonl" }, { manifest: "b.jsonl" }];
  const files = temporaryFiles({
    "train.json": JSON.stringify({ ...FACE, data }),
    "a.jsonl": lines("a"),
    "b.jsonl": lines("b"),
  });
  const whole = tinyPorts(files);
  const told: Undecodable[] = [];
  const media: TrainingPorts["media"] = {
    async picture(path) {
      if (fileOf(String(path)) !== "face-1-3.png") return whole.media.picture(path);
      throw new AffektError("media", `Cannot decode ${String(path)}: it is cut off.`, "Copy it again.");
    },
  };
  const options = { config: "train.json", root: ".", out: "run", command: "made here" };
  const { undecodable } = await runTraining(
    options,
    { ...whole, media },
    { undecodable: (row) => void told.push(row) },
  );
  expect(undecodable).toEqual(
    ["a", "b"].map((folder) => ({
      ...{ id: "r3", code: "media" },
      reason: `Cannot decode ${folder}/face-1-3.png: it is cut off.`,
    })),
  );
  expect(told).toEqual(undecodable);
});

describe.each([
  ["a picture", FACE, "face-1-3.png"],
  [
    "a picture that is decoded anew in every epoch",
    { ...FACE, features: { ...FACE.features, stream: true } },
    "face-1-3.png",
  ],
  ["a sound", SPEECH, "3.wav"],
])("%s that cannot be decoded", (_what, config, name) => {
  const reason = `Cannot decode ${name}: it is cut off.`;

  test("is told once and left out, and the report counts it", async () => {
    const { files, run, told, rowsSeen } = damaged(config, name);
    const { undecodable, model } = await run();
    expect(told).toEqual([{ id: "r3", code: "media", reason }]);
    expect(undecodable).toEqual(told);
    expect(model).toBe("model.onnx");
    // The streamed one is not known to be broken before it is drawn.
    expect(rowsSeen()).toBe("stream" in config.features ? 24 : 23);
    const page = await files.readText("run/report.html");
    expect(page).toContain("0 broken in the manifest, 1 whose media cannot be decoded.");
    expect(page).toContain(`<td>r3</td><td>${reason}</td>`);
  });

  test("ends a strict training with its row", async () => {
    const { run } = damaged(config, name);
    await expect(run({ strict: true })).rejects.toMatchObject({ code: "media", message: `Row r3: ${reason}` });
  });
});

test("a sound that could not be decoded is told again when its features come from the cache", async () => {
  const { run, told } = damaged(SPEECH, "3.wav");
  await run();
  await run({ out: "again" });
  expect(told.map(({ id }) => id)).toEqual(["r3", "r3"]);
  await expect(run({ out: "third", strict: true })).rejects.toMatchObject({ code: "media" });
});

test("where nothing at all can be decoded, the training ends", async () => {
  for (const config of [FACE, SPEECH]) {
    const { files } = damaged(config, "none");
    const ports = tinyPorts(files);
    const error = new AffektError("file", "There is no such file.", "Check the path.");
    const nothing: TrainingPorts = {
      ...ports,
      media: { picture: () => Promise.reject(error) },
      async *sounds(places) {
        for (const _place of places) yield { error };
      },
    };
    const run = runTraining({ config: "train.json", root: ".", out: "run", command: "made here" }, nothing);
    await expect(run).rejects.toThrow(/^None of 24 (pictures|sounds) can be decoded\.$/u);
  }
});

test("without a decoder nothing is left out: the training ends", async () => {
  const { files } = damaged(SPEECH, "none");
  const ports = tinyPorts(files);
  const error = new AffektError("missing-tool", "There is no ffmpeg.", "Install it.");
  const none: TrainingPorts = {
    ...ports,
    async *sounds(places) {
      for (const _place of places) yield { error };
    },
  };
  const run = { config: "train.json", root: ".", out: "run", command: "made here" };
  await expect(runTraining(run, none)).rejects.toMatchObject({ code: "missing-tool" });
});
