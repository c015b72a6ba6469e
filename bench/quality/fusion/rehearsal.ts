/**
 * The leak of the release, rebuilt where it can be measured: in place of its features stand regressions on halves of the
 * words, fitted on the very films that a network then trains on. So they give the labels of those films away, and on
 * films held out they do not, as the features do on training and on test films.
 */

import { random } from "../../../src/core/random.ts";
import type { Manifest } from "../../../src/data/manifest.ts";
import type { Row } from "../../../src/data/row.ts";
import type { TrainConfig } from "../../../src/train/config.ts";
import { withFold } from "../../../src/train/validation-split.ts";
import { npyBytes } from "../../../test/support/npy.ts";
import { inMemory } from "./in-memory.ts";
import { logisticRegression } from "./logistic.ts";
import { NETWORKS } from "./networks.ts";
import { terms } from "./opinions.ts";
import { probabilities, trainNetwork, varied } from "./train-network.ts";

const FOLDS = 4;
/** Numbers of an utterance. */
const HALVES = 8;
/** Training transcripts that a word or pair of words must be in. */
const LEAST = 2;
const L2 = 0.0003;
const ITERATIONS = 60;
/** One without and one with a gate stand for the seven. */
const REHEARSED = ["linear, sum", "gated"];

/** Log-odds of `positive` by each half of the words, `[rows, halves]`. */
function givenAway(rows: readonly Row[]): Float32Array {
  const dice = random(1);
  const all = rows.map(({ text = "" }) => terms(text));
  const training = [...rows.keys()].filter((row) => rows[row]?.split === "train");
  const counts = new Map<string, number>();
  for (const row of training) for (const term of all[row] as Set<string>) counts.set(term, (counts.get(term) ?? 0) + 1);
  const known = [...counts].filter(([, count]) => count >= LEAST).map(([term]) => term);
  const truth = Int32Array.from(training, (row) => (rows[row]?.label === "positive" ? 1 : 0));
  const out = new Float32Array(rows.length * HALVES);
  for (let half = 0; half < HALVES; half++) {
    const own = known.filter(() => dice.next() < 0.5);
    const place = new Map(own.map((term, at) => [term, at]));
    const dim = own.length;
    const matrix = (of: readonly number[]): Float64Array => {
      const data = new Float64Array(of.length * dim);
      for (const [at, row] of of.entries()) {
        const columns = [...(all[row] as Set<string>)].flatMap((term) => place.get(term) ?? []);
        for (const column of columns) data[at * dim + column] = 1 / Math.sqrt(columns.length);
      }
      return data;
    };
    const { logits } = logisticRegression(matrix(training), truth, { dim, classes: 2, l2: L2, iterations: ITERATIONS });
    const said = logits(matrix([...rows.keys()]));
    for (let row = 0; row < rows.length; row++) {
      out[row * HALVES + half] = (said[2 * row + 1] as number) - (said[2 * row] as number);
    }
  }
  return out;
}

export interface Rehearsal {
  /** Share of the utterances that was hidden. */
  readonly share: number;
  /** Mean negative log-likelihood on training films held out, in nats. */
  readonly loss: number;
  readonly accuracy: number;
}

/** What hiding a share of the utterances in training does where features give the labels away. */
export async function rehearse(
  config: TrainConfig,
  whole: Manifest,
  shares: readonly number[],
  passes: number,
): Promise<Rehearsal[]> {
  const rows = whole.rows
    .filter(({ split }) => split !== "test")
    .map((row, at) => ({ ...row, features: { text: `leak.npy#row=${at}` } }));
  const manifest = { ...whole, rows, base: "" };
  const sums = shares.map(() => ({ loss: 0, right: 0, rows: 0 }));
  for (let fold = 1; fold <= FOLDS; fold++) {
    const [split = manifest] = withFold([manifest], fold, FOLDS, 1);
    const bytes = npyBytes(givenAway(split.rows), [split.rows.length, HALVES]);
    for (const [at, utteranceDropout] of shares.entries()) {
      for (const name of REHEARSED) {
        const fusion = NETWORKS[name] as (typeof NETWORKS)[string];
        const own = varied(config, { fusion, seed: 1, features: { passes, utteranceDropout } });
        const network = await trainNetwork(
          own,
          split,
          inMemory(async () => bytes),
        );
        const said = probabilities(await network.logits(["text"], "validation"), 2);
        const sum = sums[at] as (typeof sums)[number];
        for (const [row, label] of network.truths.validation.entries()) {
          const likely = said[2 * row + label] as number;
          sum.loss -= Math.log(likely);
          sum.right += likely > 0.5 ? 1 : 0;
          sum.rows++;
        }
        await network.close();
      }
    }
  }
  return sums.map(({ loss, right, rows: count }, at) => ({
    share: shares[at] as number,
    loss: loss / count,
    accuracy: right / count,
  }));
}
