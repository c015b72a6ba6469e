/**
 * What an estimated share of positive utterances is worth on training films held out: on films drawn as they come, and
 * on films drawn so that they have another share.
 */
import { type Random, random } from "../../../src/core/random.ts";
import { fitTemperature } from "../../../src/recognize/calibrate.ts";
import type { TrainConfig } from "../../../src/train/config.ts";
import { withFold } from "../../../src/train/validation-split.ts";
import { filmsOf, placesOf, type Shift, shiftOf, singleOdds } from "./film-shares.ts";
import { FOLDS, heldOut, judge, type OnOpinions } from "./opinions-network.ts";

/** Of the folds and the networks. */
const SEEDS = [1, 2, 3, 4, 5];
/** Of positive utterances in the films drawn; null: as it comes. */
const SHARES = [null, 0.35, 0.45, 0.55, 0.65];
/** Films drawn at a time, and how near their share has to come. */
const FILMS = 24;
const NEAR = 0.015;
/** Draws for each share and seed. */
const DRAWS = 20;
/** How much of the estimated shift the networks get, to choose from: reading neighbours they know a part of it. */
const STRENGTHS = [0, 0.25, 0.5, 0.75, 1];

const twoLogits = (odds: Float64Array): number[] => [...odds].flatMap((value) => [0, value]);
const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const valuesAt = (of: ArrayLike<number>, rows: readonly number[]): Float64Array =>
  Float64Array.from(rows, (row) => of[row] as number);

/** Rows of some of the films, whose share of positive ones is about the one wanted. */
function drawFilms(truth: Int32Array, films: Int32Array, wanted: number | null, dice: Random): number[] {
  const sizes: number[] = [];
  const positive: number[] = [];
  for (const [row, film] of films.entries()) {
    sizes[film] = (sizes[film] ?? 0) + 1;
    positive[film] = (positive[film] ?? 0) + (truth[row] as number);
  }
  for (;;) {
    // Films of many positive utterances are preferred, or avoided, now more, now less.
    const lean = wanted === null ? 0 : 4 * dice.normal();
    const ranks = sizes.map((size, film) => {
      const chance = -Math.log(-Math.log(dice.uniform(1e-12, 1)));
      return (lean * (positive[film] as number)) / size + chance;
    });
    const drawn = new Set(
      [...ranks.keys()].sort((a, b) => (ranks[b] as number) - (ranks[a] as number)).slice(0, FILMS),
    );
    const rows = [...films.keys()].filter((row) => drawn.has(films[row] as number));
    const share = sumOf(rows.map((row) => truth[row] as number)) / rows.length;
    if (wanted === null || Math.abs(share - wanted) < NEAR) return rows;
  }
}

export interface Rehearsed {
  /** Share of positive utterances in the films; null: as it comes. */
  readonly wanted: number | null;
  readonly strength: number;
  /** Mean negative log-likelihood, in nats. */
  readonly loss: number;
  readonly accuracy: number;
}

/** The strength of least loss over all shares, among those that cost films drawn as they come nothing. */
export function chooseStrength(rehearsed: readonly Rehearsed[]): number {
  const loss = (strength: number, asTheyCome = false): number =>
    sumOf(
      rehearsed
        .filter((own) => own.strength === strength && (!asTheyCome || own.wanted === null))
        .map((own) => own.loss),
    );
  const harmless = STRENGTHS.filter((strength) => loss(strength, true) <= loss(0, true));
  return harmless.reduce((best, own) => (loss(own) < loss(best) ? own : best));
}

export interface FilmShares {
  readonly rehearsed: readonly Rehearsed[];
  /** Chosen. */
  readonly strength: number;
  /** Share of positive utterances in the training films. */
  readonly before: number;
  /** Of the test films. */
  readonly estimated: Shift;
  /** For the evened log-odds of networks on the test rows. */
  readonly correction: number;
}

/** Chooses on training films held out; then reads all test films, without their labels. */
export async function filmShares(config: TrainConfig, on: OnOpinions, passes: number): Promise<FilmShares> {
  const training = placesOf(on.manifest, "train", "validation");
  const runs = [];
  for (const seed of SEEDS) {
    const held = await heldOut(config, on, passes, seed);
    const single = new Float64Array(on.manifest.rows.length);
    for (let fold = 1; fold <= FOLDS; fold++) {
      const [split = on.manifest] = withFold([on.manifest], fold, FOLDS, seed);
      const to = placesOf(split, "validation");
      const odds = singleOdds(on, placesOf(split, "train"), to);
      for (const [at, row] of to.entries()) single[row] = odds[at] as number;
    }
    runs.push({ ...held, single: valuesAt(single, training) });
  }
  const truths = runs.flatMap(({ truth }) => [...truth]);
  const temperature = fitTemperature(
    runs.flatMap(({ evened }) => twoLogits(evened)),
    truths,
  );
  const ofSingle = fitTemperature(
    runs.flatMap(({ single }) => twoLogits(single)),
    truths,
  );
  const before = sumOf(truths) / truths.length;

  const films = filmsOf(on.manifest, training);
  const dice = random(1);
  const rehearsed: Rehearsed[] = [];
  for (const wanted of SHARES) {
    const judged = runs.flatMap(({ truth, evened, single }) =>
      Array.from({ length: DRAWS }, () => {
        const rows = drawFilms(truth, films, wanted, dice);
        const alone = valuesAt(single, rows).map((value) => value / ofSingle);
        const { shift } = shiftOf(alone, Int32Array.from(valuesAt(films, rows)), before);
        const odds = valuesAt(evened, rows).map((value) => value / temperature);
        const right = Int32Array.from(valuesAt(truth, rows));
        return STRENGTHS.map((strength) =>
          judge(
            odds.map((value) => value + strength * shift),
            right,
          ),
        );
      }),
    );
    for (const [at, strength] of STRENGTHS.entries()) {
      const mean = (of: "loss" | "accuracy"): number => sumOf(judged.map((own) => own[at]?.[of] ?? 0)) / judged.length;
      rehearsed.push({ wanted, strength, loss: mean("loss"), accuracy: mean("accuracy") });
    }
  }
  const strength = chooseStrength(rehearsed);
  const test = placesOf(on.manifest, "test");
  const ofTest = singleOdds(on, training, test).map((value) => value / ofSingle);
  const estimated = shiftOf(ofTest, filmsOf(on.manifest, test), before);
  return { rehearsed, strength, before, estimated, correction: strength * estimated.shift * temperature };
}

/** `35 %: loss 0.469 to 0.461, accuracy 78.0 to 78.6`, at the strength that was chosen. */
export function toldShares({ rehearsed, strength: chosen }: FilmShares): string {
  return SHARES.map((wanted) => {
    const at = (strength: number) => rehearsed.find((own) => own.wanted === wanted && own.strength === strength);
    const change = (of: "loss" | "accuracy", scale: number, digits: number): string =>
      [at(0), at(chosen)].map((own) => (scale * (own?.[of] ?? Number.NaN)).toFixed(digits)).join(" to ");
    const name = wanted === null ? "as they come" : `${Math.round(100 * wanted)} %`;
    return `${name}: loss ${change("loss", 1, 4)}, accuracy ${change("accuracy", 100, 1)}`;
  }).join("; ");
}
