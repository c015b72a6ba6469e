/** Training that leaves the numbers: noticed at the step, and traced to what went first. */
import { AffektError } from "../core/errors.ts";
import { floats } from "../core/tensor.ts";
import type { ParameterStore } from "../graph/optimize/store.ts";
import type { EpochReport } from "./epoch-report.ts";
import type { Feeds } from "./task.ts";

/** A loss so many times the loss at the start has exploded, even if it is still a number. */
const EXPLODED = 20;
/** Batches over which the loss is averaged, so that one odd batch stops nothing. */
const WINDOW = 5;

function firstNotFinite(values: ArrayLike<number | bigint>): number {
  for (let at = 0; at < values.length; at++) if (!Number.isFinite(Number(values[at]))) return at;
  return -1;
}

export interface Blame {
  readonly text: string;
  readonly hint: string;
}

const SLOWER = "Lower the learning rate, lengthen the warm-up (warmUp) or clip the gradient (clipNorm).";

function normOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += (values[at] as number) ** 2;
  return Math.sqrt(sum);
}

/** Length of each parameter that is trained, by name. */
function norms(store: ParameterStore): ReadonlyMap<string, number> {
  const trained = store.names.filter(store.trains);
  return new Map(trained.map((name) => [name, normOf(floats(store.tensor(name)))]));
}

/** So many times as long as before is grown. */
const GROWN = 2;

/** The parameter that became longer by most, if it at least doubled. */
function grownMost(store: ParameterStore, before: ReadonlyMap<string, number>): string | undefined {
  let [most, text]: [number, string | undefined] = [0, undefined];
  for (const [name, now] of norms(store)) {
    const then = before.get(name) ?? 0;
    if (now - then <= most || now < GROWN * then) continue;
    most = now - then;
    text = `${name} grew most since the epoch began, from a norm of ${then.toPrecision(3)} to ${now.toPrecision(3)}`;
  }
  return text;
}

/**
 * What is not finite, nearest to the cause: an input, a weight, or the gradient closest to the loss, from which the
 * others inherit it. If everything is finite, the parameter that grew most; if none did, the one with the longest
 * gradient.
 *
 * @param before length of each parameter when the epoch began
 */
export function blame(store: ParameterStore, feeds: Feeds, before: ReadonlyMap<string, number>): Blame {
  for (const [name, { data, dims }] of Object.entries(feeds)) {
    const at = firstNotFinite(data);
    if (at < 0) continue;
    const row = Math.floor(at / Math.max(1, data.length / (dims[0] ?? 1)));
    return {
      text: `the input ${name} is ${String(data[at])} in row ${row} of the batch`,
      hint: "Check the data and the preprocessing: affekt data check finds broken media.",
    };
  }
  const weight = store.names.find((name) => firstNotFinite(floats(store.tensor(name))) >= 0);
  if (weight !== undefined) return { text: `the weight ${weight} is not finite`, hint: SLOWER };
  const trained = store.names.filter(store.trains);
  const gradients = trained.filter((name) => firstNotFinite(floats(store.gradient(name))) >= 0);
  const nearest = gradients.at(-1);
  if (nearest !== undefined) {
    return {
      text: `the gradient of ${nearest} is not finite${gradients.length > 1 ? `, and of ${gradients.length - 1} more` : ""}`,
      hint: SLOWER,
    };
  }
  const grown = grownMost(store, before);
  if (grown !== undefined) return { text: grown, hint: SLOWER };
  let [longest, name] = [-1, ""];
  for (const candidate of trained) {
    const norm = normOf(floats(store.gradient(candidate)));
    if (norm > longest) [longest, name] = [norm, candidate];
  }
  return { text: `the longest gradient is that of ${name} (${longest.toPrecision(3)})`, hint: SLOWER };
}

export interface DivergenceGuard {
  /** @throws AffektError `diverged` */
  check(loss: number, gradientNorm: number, step: number, feeds: Feeds): void;
}

/**
 * @param past epochs before this one, whose first sets the scale of the loss, so that a resumed run judges alike; in the
 *   first epoch its first batch does
 */
export function divergenceGuard(store: ParameterStore, epoch: number, past: readonly EpochReport[]): DivergenceGuard {
  const recent: number[] = [];
  const before = norms(store);
  let usual = past[0]?.loss;
  const diverged = (step: number, what: string, feeds: Feeds): AffektError => {
    const { text, hint } = blame(store, feeds, before);
    return new AffektError(
      "diverged",
      `The training diverged in epoch ${epoch}, step ${step}: ${what}; ${text}.`,
      hint,
    );
  };
  return {
    check(loss, gradientNorm, step, feeds) {
      if (!Number.isFinite(loss)) throw diverged(step, `the loss is ${loss}`, feeds);
      if (!Number.isFinite(gradientNorm)) {
        throw diverged(step, `the loss is ${loss.toPrecision(4)}, the gradient's norm ${gradientNorm}`, feeds);
      }
      usual ??= loss;
      recent.push(loss);
      if (recent.length < WINDOW) return;
      const mean = recent.reduce((sum, value) => sum + value, 0) / WINDOW;
      recent.shift();
      // A loss may be tiny or negative at the start; the logarithm of two keeps the scale sane.
      const limit = EXPLODED * Math.max(Math.abs(usual), Math.LN2);
      if (mean > limit) {
        throw diverged(step, `the loss rose from ${usual.toPrecision(4)} to ${mean.toPrecision(4)}`, feeds);
      }
    },
  };
}
