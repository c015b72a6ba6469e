import { describe, expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { TINY_MULTIMODAL } from "../../../test/support/tiny-multimodal.ts";
import { tinyConfig } from "../../../test/support/train-config.ts";
import { AffektError } from "../../core/errors.ts";
import type { WritableFiles } from "../../core/ports.ts";
import type { EpochReport } from "../epoch-report.ts";
import type { Outcome } from "./journal.ts";
import { leaderboard } from "./leaderboard.ts";
import { type TuneOptions, type TunePorts, tune } from "./tune.ts";

const CONFIG = tinyConfig({
  data: [{ manifest: "data/rows.jsonl" }],
  training: { epochs: 9, batch: 8, learningRate: 0.1 },
});
const SPACE = { "training.learningRate": { log: [1e-4, 1] }, "training.weightDecay": { choice: [0, 0.1] } };
const OPTIONS: TuneOptions = { config: "models/train.json", space: "space.json", trials: 9, out: "search" };

const inputs = () =>
  temporaryFiles({ "models/train.json": JSON.stringify(CONFIG), "space.json": JSON.stringify(SPACE) });

function report(epoch: number, score: number): EpochReport {
  return { epoch, score, metrics: { accuracy: score }, loss: 1, learningRate: 1, best: true, seconds: 1 };
}

/** The score is highest at a rate of 0.01 and rises with the epochs. */
function ports(files: WritableFiles, calls: string[] = [], stopAfter = Number.POSITIVE_INFINITY): TunePorts {
  return {
    files,
    sha256: (text) => `${text.length} ${text.slice(0, 400)}`,
    now: () => 0,
    async train({ config, out, until }) {
      if (calls.length === stopAfter) throw new AffektError("aborted", "Stopped.", "");
      calls.push(`${out} ${until}`);
      const { training, data } = JSON.parse(await files.readText(config));
      expect(data).toEqual([{ manifest: "../../models/data/rows.jsonl" }]);
      if (training.learningRate > 0.3) throw new AffektError("diverged", "The training diverged.", "");
      // Like a training, it goes on from the epochs that its folder has, and never back.
      const checkpoint = `${out}/checkpoint`;
      const had = (await files.exists(checkpoint)) ? Number(await files.readText(checkpoint)) : 0;
      const epochs = Math.max(had, until);
      await files.write(checkpoint, String(epochs));
      const score = 1 - Math.abs(Math.log10(training.learningRate) + 2) / 4;
      const history = Array.from({ length: epochs }, (_, i) => report(i + 1, score + (i + 1) / 1000));
      return { best: history.at(-1) as EpochReport, history };
    },
  };
}

describe("a search", () => {
  test("halves the field, takes a failed training for the worst, and writes the best configuration", async () => {
    const files = inputs();
    const calls: string[] = [];
    const result = await tune(OPTIONS, ports(files, calls));
    expect(calls.filter((call) => call.endsWith(" 1"))).toHaveLength(9);
    expect(calls.filter((call) => call.endsWith(" 3"))).toHaveLength(3);
    expect(calls.filter((call) => call.endsWith(" 9"))).toHaveLength(1);
    const [first, second] = result.leaderboard;
    expect(result.leaderboard).toHaveLength(9);
    expect([first?.until, second?.until]).toEqual([9, 3]);
    expect(calls.at(-1)).toBe(`search/trial-00${first?.trial} 9`);
    const rates = result.leaderboard.map(({ settings }) => settings["training.learningRate"] as number);
    const distance = (rate: number) => Math.abs(Math.log10(rate) + 2);
    expect(distance(rates[0] as number)).toBe(Math.min(...rates.map(distance)));
    const best = JSON.parse(await files.readText(result.best));
    expect(best.training).toMatchObject({ epochs: 9, batch: 8, learningRate: rates[0] });
    expect(best.data).toEqual([{ manifest: "../models/data/rows.jsonl" }]);
    expect(JSON.parse(await files.readText("search/leaderboard.json"))).toEqual(result.leaderboard);
  });

  test("is refused in a folder where another one is at work", async () => {
    const files = inputs();
    const own = ports(files);
    let second: Promise<unknown> | undefined;
    const train: TunePorts["train"] = async (trial) => {
      second ??= tune(OPTIONS, ports(files)).catch((error: unknown) => error);
      await second;
      return own.train(trial);
    };
    expect((await tune(OPTIONS, { ...own, train })).leaderboard).toHaveLength(9);
    expect(await second).toMatchObject({
      code: "conflict",
      message: expect.stringContaining("search: process") as string,
    });
  });

  test("names the weights to start from as they are seen from the folder of each trial", async () => {
    const starts = ["start.onnx", { text: "text.onnx", face: "../face.safetensors" }];
    const seen: unknown[] = [];
    for (const start of starts) {
      const files = temporaryFiles({
        "models/train.json": JSON.stringify({ ...CONFIG, training: { ...CONFIG.training, start } }),
        "space.json": JSON.stringify(SPACE),
      });
      const { best } = await tune({ ...OPTIONS, trials: 1 }, ports(files));
      seen.push(JSON.parse(await files.readText(best)).training.start);
    }
    expect(seen).toEqual(["../models/start.onnx", { text: "../models/text.onnx", face: "../face.safetensors" }]);
  });

  test("goes on where it was interrupted, with the same outcome", async () => {
    const [whole, broken] = [inputs(), inputs()];
    const alone = await tune(OPTIONS, ports(whole));
    const calls: string[] = [];
    await expect(tune(OPTIONS, ports(broken, calls, 7))).rejects.toMatchObject({ code: "aborted" });
    expect(calls).toHaveLength(7);
    const rest: string[] = [];
    const resumed = await tune(OPTIONS, ports(broken, rest));
    expect(resumed.leaderboard).toEqual(alone.leaderboard);
    expect(rest.some((call) => calls.includes(call))).toBe(false);
    // Once more: nothing is left to do.
    const none: string[] = [];
    await tune(OPTIONS, ports(broken, none));
    expect(none).toEqual([]);
  });

  test("writes the leaderboard and the best configuration after every trial", async () => {
    const files = inputs();
    const read = async (name: string) => JSON.parse(await files.readText(`search/${name}`));
    for (let trials = 1; trials <= 13; trials++) {
      const stopped = tune(OPTIONS, ports(files, [], 1));
      // Nine trials, then three, then one.
      if (trials < 13) await expect(stopped).rejects.toMatchObject({ code: "aborted" });
      else await stopped;
      const board = await read("leaderboard.json");
      const trained = board.filter(({ score }: Outcome) => score !== null);
      expect(board).toHaveLength(Math.min(trials, 9));
      expect(trained.every(({ until, score }: Outcome) => until < board[0].until || score! <= board[0].score)).toBe(
        true,
      );
      expect((await read("best.json")).training.learningRate).toBe(board[0].settings["training.learningRate"]);
    }
  });

  test("writes what an interruption kept from being written beside the journal", async () => {
    const files = inputs();
    await expect(tune(OPTIONS, ports(files, [], 5))).rejects.toMatchObject({ code: "aborted" });
    const best = await files.readText("search/best.json");
    await files.write("search/best.json", "{}");
    await expect(tune(OPTIONS, ports(files, [], 0))).rejects.toMatchObject({ code: "aborted" });
    expect(await files.readText("search/best.json")).toBe(best);
  });

  test("takes more trials than it was begun with, each compared by what it had after the same epochs", async () => {
    const [whole, grown] = [inputs(), inputs()];
    const alone = await tune(OPTIONS, ports(whole));
    await tune({ ...OPTIONS, trials: 6 }, ports(grown));
    // Six trials were trained for 3 epochs at first; nine begin with 1.
    const calls: string[] = [];
    const result = await tune(OPTIONS, ports(grown, calls));
    expect(result.leaderboard).toHaveLength(9);
    const winner = alone.leaderboard[0];
    expect(result.leaderboard[0]).toEqual(winner);
    const journal = (await grown.readText("search/journal.jsonl")).trim().split("\n").slice(1);
    const first = journal
      .map((line) => JSON.parse(line))
      .find(({ trial, until }) => trial === winner?.trial && until === 1);
    expect(first).toMatchObject({ epoch: 1, epochs: 1 });
    // Whoever stood in the field already is not trained anew for the 3 epochs that it has.
    expect(calls.filter((call) => call.endsWith(" 9"))).toEqual([]);
  });

  test("names a mistyped path before anything is trained", async () => {
    const mistyped = { ...SPACE, "training.lr": { log: [1e-4, 1] } };
    const files = temporaryFiles({
      "models/train.json": JSON.stringify(CONFIG),
      "space.json": JSON.stringify(mistyped),
    });
    const calls: string[] = [];
    await expect(tune(OPTIONS, ports(files, calls))).rejects.toThrow(/space\.json \(training\.lr\): .*"lr"/u);
    const inside = { "features.maxToken": { integer: [8, 16] }, "network.hidden": { integer: [8, 16] } };
    const more = temporaryFiles({ "models/train.json": JSON.stringify(CONFIG), "space.json": JSON.stringify(inside) });
    await expect(tune(OPTIONS, ports(more, calls))).rejects.toThrow(
      /space\.json \(features\.maxToken\): .*"maxToken"/u,
    );
    expect(calls).toEqual([]);
  });

  test("draws mixup and the head of several tasks of one network from text, face and voice", async () => {
    const { data, training } = CONFIG;
    const network = { ...TINY_MULTIMODAL.network, head: { kind: "multi-task" } };
    const searched = async (space: object) => {
      const files = temporaryFiles({
        "models/train.json": JSON.stringify({ ...TINY_MULTIMODAL, data, training, network }),
        "space.json": JSON.stringify(space),
      });
      const { best } = await tune({ ...OPTIONS, trials: 1 }, ports(files));
      return JSON.parse(await files.readText(best));
    };
    const { features, network: found } = await searched({
      "features.mixup": { uniform: [0.1, 0.4] },
      "features.numbers": { choice: [["valence", "arousal"]] },
      "network.head.hidden": { integer: [4, 8] },
    });
    expect(features.mixup).toBeGreaterThanOrEqual(0.1);
    expect(features.numbers).toEqual(["valence", "arousal"]);
    expect(found.head.hidden).toBeGreaterThanOrEqual(4);
    await expect(searched({ "network.head.hiden": { integer: [4, 8] } })).rejects.toThrow(
      /space\.json \(network\.head\.hiden\): .*"hiden"/u,
    );
  });

  test("names the file of a configuration whose features are wrong, before anything is trained", async () => {
    const config = { ...CONFIG, features: { ...CONFIG.features, maxToken: 8 } };
    const files = temporaryFiles({ "models/train.json": JSON.stringify(config), "space.json": JSON.stringify(SPACE) });
    const calls: string[] = [];
    await expect(tune(OPTIONS, ports(files, calls))).rejects.toMatchObject({
      code: "config",
      message: expect.stringMatching(/^models\/train\.json: The configuration is wrong: .*"maxToken"/u) as string,
    });
    expect(calls).toEqual([]);
  });

  test("lets the next best go on where the best fails on a later rung", async () => {
    const files = inputs();
    const calls: string[] = [];
    const all = ports(files, calls);
    let failed = "";
    const { leaderboard: board } = await tune(OPTIONS, {
      ...all,
      async train(trial) {
        if (trial.until < 9 || failed !== "") return all.train(trial);
        failed = trial.out;
        throw new AffektError("diverged", "The training diverged.", "");
      },
    });
    expect(board[0]).toMatchObject({ until: 9 });
    expect(calls.at(-1)).toBe(`search/trial-00${board[0]?.trial} 9`);
    expect(failed).toBe(`search/trial-00${board.find(({ until, score }) => until === 9 && score === null)?.trial}`);
  });

  test("refuses the journal of another search", async () => {
    const files = inputs();
    await tune({ ...OPTIONS, trials: 1 }, ports(files));
    await expect(tune({ ...OPTIONS, seed: 2 }, ports(files))).rejects.toMatchObject({ code: "checkpoint" });
  });

  test("names the rung that no trial comes to", async () => {
    const all = ports(inputs());
    const failing: TunePorts = {
      ...all,
      async train(trial) {
        if (trial.until < 9) return all.train(trial);
        throw new AffektError("diverged", "The training diverged.", "");
      },
    };
    const told = "No trial came to 9 epochs, on rung 3 of 3: The training diverged.";
    await expect(tune(OPTIONS, failing)).rejects.toThrow(told);
  });

  test("fails if no trial can be trained, and at once on what is no setting's fault", async () => {
    const space = JSON.stringify({ "training.learningRate": { uniform: [0.5, 1] } });
    const files = temporaryFiles({ "models/train.json": JSON.stringify(CONFIG), "space.json": space });
    await expect(tune(OPTIONS, ports(files))).rejects.toThrow("No trial could be trained: The training diverged.");
    const missing: TunePorts = {
      ...ports(inputs()),
      train: async () => {
        throw new AffektError("file", "Could not read rows.jsonl.", "");
      },
    };
    await expect(tune(OPTIONS, missing)).rejects.toMatchObject({ code: "file" });
  });
});

test("a trial that failed is last, however far it came", () => {
  const common = { epochs: 3, epoch: 3, metrics: {}, settings: {}, seconds: 0 };
  const board = leaderboard([
    { ...common, trial: 1, until: 3, score: 0.5 },
    { ...common, trial: 1, until: 9, score: null },
    { ...common, trial: 2, until: 3, score: 0.4 },
  ]);
  expect(board.map(({ trial }) => trial)).toEqual([2, 1]);
});

test("of trials with equal scores the one with the lower validation loss is first", () => {
  const outcome = (trial: number, score: number | null, validationLoss?: number): Outcome => ({
    ...{ trial, until: 9, epochs: 9, score, epoch: 9, metrics: {}, settings: {}, seconds: 0 },
    ...(validationLoss === undefined ? {} : { validationLoss }),
  });
  const board = leaderboard([
    outcome(1, null),
    outcome(2, 1),
    outcome(3, 1, 0.4),
    outcome(4, 1, 0.2),
    outcome(5, 0.9, 0),
  ]);
  expect(board.map(({ trial }) => trial)).toEqual([4, 3, 2, 5, 1]);
});
