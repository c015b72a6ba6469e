/** MOSI in the release of bc-LSTM: 62 films to train on, 31 to test on, and each utterance among its neighbours. */
import type { Modality } from "../../../src/core/modality.ts";
import type { Manifest } from "../../../src/data/manifest.ts";
import { prepareDataset } from "../../../src/data/prepare.ts";
import type { FusionConfig } from "../../../src/fuse/table.ts";
import { nodeFiles } from "../../../src/platform/node/files.ts";
import { withFold } from "../../../src/train/validation-split.ts";
import { filmShares } from "./film-shares-rehearsal.ts";
import { mosiProtocol } from "./mosi-protocol.ts";
import { NETWORKS } from "./networks.ts";
import { FOLDS, ON_OPINIONS, toldOf, tryOpinions } from "./opinions-network.ts";
import { rehearse } from "./rehearsal.ts";
import { trainSentiment } from "./sentiment.ts";
import { subsetsOf } from "./subsets.ts";
import type { ProblemResult } from "./tables.ts";
import { meanOf, tally } from "./tally.ts";
import {
  allForTraining,
  probabilities,
  readConfig,
  sizeOf,
  type TrainedNetwork,
  trainNetwork,
  varied,
} from "./train-network.ts";
import { baselines } from "./unimodal.ts";

const CONFIG = "bench/quality/fusion/mosi.json";
const L2 = 0.1;
/** Shares of the utterances to hide, to choose from. */
const HIDDEN = [0, 0.3, 0.5, 0.7];
const BOTH = "mean of the seven and the network on opinions";
const SHARES = "shares of the test films estimated without labels";

/** Training films alone, a part of which stands in for the test films: to try the code without asking those. */
function withoutTestFilms(manifest: Manifest): Manifest {
  const training = { ...manifest, rows: manifest.rows.filter(({ split }) => split !== "test") };
  const [split = training] = withFold([training], 1, FOLDS, 1);
  const rows = split.rows.map((row) => (row.split === "validation" ? { ...row, split: "test" as const } : row));
  return { ...split, rows };
}

/** Logits of the test rows over the size that they have on the training rows. */
async function evened(network: TrainedNetwork, given: readonly Modality[]): Promise<Float32Array> {
  const size = sizeOf(await network.logits(given, "train"));
  return (await network.logits(given)).map((value) => value / size);
}

function meanLogits(all: readonly Float32Array[]): Float32Array {
  return (all[0] as Float32Array).map((_, at) => all.reduce((sum, own) => sum + (own[at] as number), 0) / all.length);
}

/** Two-class logits with the odds of the second class changed. */
function moved(logits: Float32Array, logOdds: number): Float32Array {
  return logits.map((value, at) => value + (at % 2) * logOdds);
}

/** @param standIn leaves the test films out, whose place training films take */
export async function measureMosi(root: string, seeds: number, standIn = false): Promise<ProblemResult> {
  const config = await readConfig(CONFIG);
  const { manifest: whole } = await prepareDataset("mosi_bclstm", nodeFiles(), { root });
  const given = standIn ? withoutTestFilms(whole) : whole;
  const manifest = allForTraining(given);
  const counted = tally(config.labels.length);
  const subsets = subsetsOf(["text", "face", "speech"]);

  const plain = { ...config, features: {}, network: { fusion: { kind: "linear", dim: 2 } } };
  const peers = await baselines(plain, manifest, L2);
  for (const subset of subsets) {
    counted.add(
      "logistic regression, one per subset, no context",
      subset,
      0,
      await peers.logistic(subset),
      peers.truth,
    );
    counted.add("log-linear pool of calibrated heads, no context", subset, 0, peers.pool(subset), peers.truth);
  }

  const tried = await tryOpinions(config, given, root, await trainSentiment(root));
  const { on: opinions, models, passes } = tried.reduce((best, own) => (own.loss < best.loss ? own : best));
  for (const own of tried) process.stderr.write(`mosi: ${toldOf(own)}\n`);

  const shares = await filmShares(config, opinions, passes);
  process.stderr.write(`mosi: shares ${JSON.stringify(shares)}\n`);
  const rehearsals = await rehearse(config, given, HIDDEN, passes);
  const hidden = rehearsals.reduce((best, own) => (own.loss < best.loss ? own : best)).share;
  process.stderr.write(`mosi: rehearsals ${JSON.stringify(rehearsals)}\n`);
  const together = new Map(subsets.map((subset) => [subset, [] as Float32Array[]]));

  for (let seed = 1; seed <= seeds; seed++) {
    const settings = (fusion: FusionConfig, utteranceDropout: number) =>
      varied(config, { fusion, seed, features: { passes, utteranceDropout } });
    // Opinions do not give a label away: no utterance needs to be hidden.
    const reader = await trainNetwork(settings(ON_OPINIONS, 0), allForTraining(opinions.manifest), opinions.files);
    const read = await evened(reader, ["text"]);
    const answers = new Map(subsets.map((subset) => [subset, [] as Float64Array[]]));
    const logits = new Map(subsets.map((subset) => [subset, [] as Float32Array[]]));
    for (const [name, fusion] of Object.entries(NETWORKS)) {
      const network = await trainNetwork(settings(fusion, hidden), manifest);
      for (const subset of subsets) {
        const said = await network.answer(subset);
        counted.add(name, subset, seed, said, network.truth);
        answers.get(subset)?.push(said);
        logits.get(subset)?.push(await evened(network, subset));
      }
      await network.close();
    }
    for (const subset of subsets) {
      const said = meanOf(answers.get(subset) as Float64Array[]);
      counted.add("mean of the seven networks", subset, seed, said, peers.truth);
    }
    counted.add("a network on opinions of the transcript", ["text"], seed, await reader.answer(["text"]), reader.truth);
    for (const subset of subsets.filter((own) => own.includes("text"))) {
      const said = meanLogits([meanLogits(logits.get(subset) as Float32Array[]), read]);
      counted.add(BOTH, subset, seed, probabilities(said, 2), peers.truth);
      const shifted = probabilities(moved(said, shares.correction), 2);
      counted.add(`the same, ${SHARES}`, subset, seed, shifted, peers.truth);
      together.get(subset)?.push(said);
    }
    await reader.close();
    process.stderr.write(`mosi: seed ${seed} of ${seeds}\n`);
  }
  for (const [subset, said] of together) {
    if (said.length === 0) continue;
    const mean = meanLogits(said);
    const shifted = probabilities(moved(mean, shares.correction), 2);
    counted.add(`${BOTH}, ${seeds} seeds together`, subset, 0, probabilities(mean, 2), peers.truth);
    counted.add(`the same, ${SHARES}, ${seeds} seeds together`, subset, 0, shifted, peers.truth);
  }
  return {
    title: "MOSI, negative or positive, features of the bc-LSTM release",
    protocol: mosiProtocol({ tried, models, passes, shares, rehearsals, hidden, config: CONFIG, seeds }),
    rows: peers.truth.length,
    peers:
      "text alone without context 75.5; MMMU-BA selected on training films 79.65, BiGRU + concatenation 79.0 (re-run); published bc-LSTM 80.3, MMMU-BA 82.31 (epoch chosen on the test films).",
    lines: counted.lines(),
  };
}
