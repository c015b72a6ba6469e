/** Tools for commands in tests: a terminal that remembers, files of this machine, a recognizer that is given. */

import type { OpenRecognizer, Tools } from "../../src/cli/tools.ts";
import type { Modality } from "../../src/core/modality.ts";
import type { Inputs, Prediction } from "../../src/core/prediction.ts";
import type { Manifest } from "../../src/data/manifest.ts";
import type { Row } from "../../src/data/row.ts";
import type { Asked, AskOptions } from "../../src/evaluate/ask.ts";
import { nodeFiles } from "../../src/platform/node/files.ts";
import { loadScenarios } from "../../src/platform/node/scenario-files.ts";

export interface FakeOptions {
  readonly argv?: readonly string[];
  /** Root of the files. */
  readonly root?: string;
  readonly interactive?: boolean;
  readonly stdin?: string | Uint8Array;
  readonly modelFolder?: string;
  readonly recognize?: (inputs: Inputs) => Promise<Prediction>;
  readonly train?: Tools["train"];
  readonly serve?: Tools["serve"];
  readonly openKeys?: Tools["openKeys"];
  readonly work?: Tools["work"];
  readonly openJobs?: Tools["openJobs"];
  readonly backup?: Tools["backup"];
  readonly restore?: Tools["restore"];
  readonly untilStopped?: Tools["untilStopped"];
  readonly explain?: OpenRecognizer["explain"];
  readonly heatPng?: Tools["heatPng"];
  readonly askModel?: Tools["askModel"];
  /** Asked about one subset after the other. */
  readonly askAll?: (
    recognizer: Parameters<Tools["askAll"]>[0],
    rows: readonly Row[],
    manifest: Manifest,
    options: AskOptions & { readonly modalities: readonly Modality[] },
  ) => Promise<Asked<Prediction>>;
}

export interface FakeTools extends Tools {
  readonly out: string[];
  readonly err: string[];
  /** How many recognizers are open. */
  readonly open: () => number;
}

export const PREDICTION: Prediction = {
  label: "joy",
  confidence: 0.9,
  scores: [
    { label: "joy", score: 0.9 },
    { label: "neutral", score: 0.1 },
  ],
  modalities: {},
};

function unexpected(): never {
  throw new Error("a command used a tool that its test did not give");
}

export function fakeTools(options: FakeOptions = {}): FakeTools {
  const [out, err]: [string[], string[]] = [[], []];
  let open = 0;
  let clock = 0;
  return {
    argv: options.argv ?? [],
    version: "1.2.3",
    out,
    err,
    open: () => open,
    files: nodeFiles(options.root),
    loadScenarios,
    dataFolder: "no-such-folder",
    modelFolder: options.modelFolder ?? "no-such-folder",
    terminal: {
      interactive: options.interactive ?? false,
      live: false,
      columns: 80,
      paint: (_style, text) => text,
      print: (text) => void out.push(text),
      note: (text) => void err.push(text),
      stdin: async () => new Uint8Array(Buffer.from(options.stdin ?? "")),
      stdinLines: async function* () {
        yield* Buffer.from(options.stdin ?? "")
          .toString()
          .split("\n");
      },
      now: () => clock++,
    },
    openRecognizer: async () => {
      open++;
      const recognize = options.recognize ?? (async () => PREDICTION);
      return {
        recognize,
        recognizeSettled: (batch) => Promise.allSettled(batch.map((inputs) => recognize(inputs))),
        explain: options.explain ?? unexpected,
        close: async () => void open--,
      };
    },
    train: options.train ?? unexpected,
    serve: options.serve ?? unexpected,
    openKeys: options.openKeys ?? unexpected,
    work: options.work ?? unexpected,
    openJobs: options.openJobs ?? unexpected,
    backup: options.backup ?? unexpected,
    restore: options.restore ?? unexpected,
    onReload: () => () => {},
    untilStopped: options.untilStopped ?? unexpected,
    heatPng: options.heatPng ?? unexpected,
    askModel: options.askModel ?? unexpected,
    askModelSubsets: async (model, rows, manifest, subsets, own) => {
      const ask = options.askModel ?? unexpected;
      return Promise.all(subsets.map((modalities) => ask(model, rows, manifest, { ...own, modalities })));
    },
    askAll: async (recognizer, rows, manifest, subsets, own) => {
      const ask = options.askAll ?? unexpected;
      return Promise.all(subsets.map((modalities) => ask(recognizer, rows, manifest, { ...own, modalities })));
    },
  };
}
