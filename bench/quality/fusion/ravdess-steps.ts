/**
 * RAVDESS, 360 audio-visual clips, EmoBox's six folds of unseen actors: the voice as a sequence of cepstra over time, which
 * know no labels, beside the vector of the face. The cross-modal transformer relates the steps; the other networks take
 * the means over them.
 */

import { prepareDataset } from "../../../src/data/prepare.ts";
import { npyBytes } from "../../../src/data/write-npy.ts";
import { nodeFiles } from "../../../src/platform/node/files.ts";
import { decodeSounds } from "../../../src/platform/node/sound-batch.ts";
import { inSteps } from "../../../src/recognize/sequence.ts";
import { networkFeatures, spectrumExtractor } from "../../../src/recognize/speech-features.ts";
import type { FeaturePorts } from "../../../src/train/tasks/fusion-config.ts";
import { inMemory } from "./in-memory.ts";
import { NETWORKS } from "./networks.ts";
import { CONFIG, FOLDS, L2, UPDATES } from "./ravdess.ts";
import { subsetsOf } from "./subsets.ts";
import type { ProblemResult } from "./tables.ts";
import { tally } from "./tally.ts";
import { allForTraining, readConfig, trainNetwork, varied } from "./train-network.ts";
import { baselines } from "./unimodal.ts";

const STEPS = 16;
const SPECTRUM = {
  sampleRate: 16_000,
  bands: 40,
  lowHz: 50,
  highHz: 7600,
  windowMs: 25,
  hopMs: 10,
  floor: 1e-6,
  averageFrames: 4,
  trimDb: 40,
} as const;
const CEPSTRA = { coefficients: 13, deltas: true } as const;
const DIM = 2 * CEPSTRA.coefficients;
/** Matrices that are nowhere on disk, by their names in the rows. */
const [SEQUENCES, MEANS] = ["steps-of-the-voice.npy", "means-of-the-voice.npy"] as const;

const NAMES = ["linear, sum", "concatenation + MLP", "cross-modal transformer"] as const;

/** The row of each take in the matrices, and a reader that knows them. */
async function voices(root: string): Promise<{ rowOf: ReadonlyMap<string, number>; npy: FeaturePorts["files"] }> {
  const files = nodeFiles();
  const { manifest } = await prepareDataset("ravdess", files, { root, fold: 1 });
  const features = spectrumExtractor(SPECTRUM, false);
  const rows = manifest.rows;
  const sequences = new Float32Array(rows.length * STEPS * DIM);
  const means = new Float32Array(rows.length * DIM);
  const paths = rows.map(({ audio }) => `${manifest.base}/${audio}`);
  for await (const decoded of decodeSounds(paths)) {
    if ("error" in decoded) throw decoded.error;
    const { data } = networkFeatures(features(decoded.sound), { cepstra: CEPSTRA });
    sequences.set(inSteps(data, DIM, STEPS), decoded.index * STEPS * DIM);
    means.set(inSteps(data, DIM, 1), decoded.index * DIM);
  }
  const made = new Map([
    [SEQUENCES, npyBytes(sequences, [rows.length, STEPS, DIM])],
    [MEANS, npyBytes(means, [rows.length, DIM])],
  ]);
  return {
    rowOf: new Map(rows.map(({ extra }, row) => [String(extra["take"]), row])),
    npy: inMemory(async (path) => [...made].find(([name]) => path.endsWith(name))?.[1] ?? files.readBytes(path)),
  };
}

export async function measureRavdessSteps(root: string, seeds: number): Promise<ProblemResult> {
  const config = await readConfig(CONFIG);
  const { labels } = config;
  const { rowOf, npy } = await voices(root);
  const counted = tally(labels.length);
  const subsets = subsetsOf(["face", "speech"]);
  let rows = 0;
  for (let fold = 1; fold <= FOLDS; fold++) {
    const { manifest: whole } = await prepareDataset("ravdess_openwillis", nodeFiles(), { root, fold });
    const plain = allForTraining(whole);
    const heard = (matrix: string): typeof plain => ({
      ...plain,
      rows: plain.rows.map((row) => {
        const at = rowOf.get(String(row.extra["take"]));
        if (at === undefined) throw new Error(`no sound of the take of ${row.id}`);
        return { ...row, features: { ...row.features, speech: `${matrix}#row=${at}` } };
      }),
    });
    const training = plain.rows.filter(({ split }) => split === "train").length;
    const passes = Math.round(UPDATES / Math.floor(training / config.training.batch));
    const settings = (fusion: (typeof NETWORKS)[string], seed: number) =>
      varied(config, { fusion, seed, features: { normalization: "subject", passes } });
    const peers = await baselines(settings({ kind: "linear", dim: 2 }, 1), heard(MEANS), L2, npy);
    rows += peers.truth.length;
    for (const subset of subsets) {
      const said = await peers.logistic(subset);
      counted.add("logistic regression, one per subset, means over steps", subset, 0, said, peers.truth);
    }
    const kinds = [
      ...NAMES.map((name) => [name, "means over steps", MEANS] as const),
      ["cross-modal transformer", `${STEPS} steps`, SEQUENCES] as const,
    ];
    for (let seed = 1; seed <= seeds; seed++) {
      for (const [name, what, matrix] of kinds) {
        const fusion = NETWORKS[name] as (typeof NETWORKS)[string];
        const network = await trainNetwork(settings(fusion, seed), heard(matrix), npy);
        for (const subset of subsets) {
          counted.add(`${name}, ${what}`, subset, seed, await network.answer(subset), network.truth);
        }
        await network.close();
      }
    }
    process.stderr.write(`ravdess in steps: fold ${fold} of ${FOLDS}\n`);
  }
  return {
    title: `RAVDESS audio-visual, 8 classes, the voice in ${STEPS} steps, features standardized per actor`,
    steps: STEPS,
    protocol: [
      "EmoBox's six folds of unseen actors, rows of all folds counted together; 20 actors train, 4 are tested.",
      `The voice: ${CEPSTRA.coefficients} cepstral coefficients and their slopes from the recordings themselves, in place of the summaries of the other problems, in ${STEPS} equal stretches of the utterance; silent ends are cut. No network made them, so they know no label. The face: one vector a clip, as in the other problems.`,
      `The lines of means see the mean over all steps of the utterance as one vector; the last line sees the ${STEPS} steps.`,
      "Each feature has mean 0 and deviation 1 over the clips of each actor, test actors included; no label is used for it.",
      `Steps, coefficients and networks were fixed before the first run, and nothing was chosen by it; the settings of the training are those of the other problems (\`${CONFIG}\`), about ${UPDATES} updates on all training rows. The test rows were asked once with these features.`,
      `${seeds} seeds.`,
    ],
    rows,
    peers: "none with these features.",
    lines: counted.lines(),
  };
}
