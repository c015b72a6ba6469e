/**
 * What each word of a text adds to a label, found by reading the text again without it.
 *
 * A word that is taken away leaves no hole: its neighbours move together, so that a text without a word is a text that
 * somebody could have written. Exact Shapley values up to nine words or so; sampled ones for a paragraph; beyond that the
 * words (of a long text: runs of them) are left out one at a time.
 */
import { AffektError } from "../core/errors.ts";
import type { ExplainMethod, TextExplanation } from "../core/explanation.ts";
import { random } from "../core/random.ts";
import { excerpt } from "../preprocess/text/windows.ts";
import type { AnswerLabel } from "../recognize/answer.ts";
import { throwIfAborted } from "../recognize/face-evidence.ts";
import { scriptLanguage } from "../recognize/route-by-language.ts";
import type { TextOpinions } from "../recognize/text-expert.ts";
import { priorOf, probabilityOf } from "./probability.ts";
import { type Coalition, exactShapley, type Game, leaveOneOut, MOST_EXACT, sampledShapley } from "./shapley.ts";
import { type Cut, cutWords, inRuns } from "./words.ts";

export interface ExplainTextOptions {
  /** Variants of the text that may be read, at least 8; a long text gets fewer. Default 512. */
  readonly calls?: number;
  /** Of the sampled orders. Default 1. */
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
}

export const DEFAULT_CALLS = 512;
/** Characters that all variants together may have: a long text is read in windows, each of which costs as much. */
const MOST_CHARACTERS = 200_000;
/** Even of a long text so many variants are read. */
const FEWEST_CALLS = 32;
/** Fewer orders than this say too little. */
const FEWEST_ORDERS = 4;
/** Variants asked about together. */
const BATCH = 64;

/** How the calls are spent. */
export function planText(
  words: number,
  characters: number,
  calls: number,
): { method: ExplainMethod; parts: number; orders: number } {
  const affordable = Math.min(calls, Math.max(FEWEST_CALLS, Math.floor(MOST_CHARACTERS / Math.max(1, characters))));
  if (words <= MOST_EXACT && 2 ** words <= affordable) return { method: "shapley", parts: words, orders: 0 };
  const orders = Math.floor((affordable - 2) / Math.max(1, words - 1));
  if (orders >= FEWEST_ORDERS) return { method: "shapley-sampled", parts: words, orders };
  return { method: "occlusion", parts: Math.min(words, affordable - 2), orders: 0 };
}

/**
 * @param label of the answer, as `rename` makes it
 * @throws AffektError `input` if the text is empty, `aborted`; whatever the expert throws
 */
export async function explainText(
  text: string,
  label: string,
  expert: TextOpinions,
  rename: AnswerLabel,
  options: ExplainTextOptions = {},
): Promise<TextExplanation> {
  const { calls = DEFAULT_CALLS, seed = 1, signal } = options;
  // Of a very long text no more is read than this.
  const windows = excerpt(text);
  const gaps = windows.flatMap(({ start }, index) => (index > 0 && windows[index - 1]?.end !== start ? [start] : []));
  const words = windows.flatMap((window) =>
    cutWords(window.text).map(({ start, end }) => ({ start: start + window.start, end: end + window.start })),
  );
  const language = scriptLanguage(text);
  const [whole] = await expert.opinions([text], language);
  if (words.length === 0 || whole === undefined || whole === null) {
    throw new AffektError("input", "The text is empty.", "Give at least one word or symbol.");
  }
  const base = priorOf(whole.contract, label, rename);
  const read = words.reduce((sum, { start, end }) => sum + end - start, 0);
  const { method, parts, orders } = planText(words.length, read, calls);
  const cuts = inRuns(words, parts, gaps);

  const variant = (coalition: Coalition): string => {
    let kept = "";
    let at = (cuts[0] as Cut).start;
    for (const [index, { start, end }] of cuts.entries()) {
      // Between windows of a very long text lies what nobody reads.
      const between = text.slice(at, start);
      kept += between.trim() === "" ? between : "\n";
      if (coalition[index] === 1) kept += text.slice(start, end);
      at = end;
    }
    return kept;
  };
  const game: Game = async (coalitions) => {
    const values: number[] = [];
    for (let from = 0; from < coalitions.length; from += BATCH) {
      throwIfAborted(signal);
      const opinions = await expert.opinions(coalitions.slice(from, from + BATCH).map(variant), language);
      values.push(...opinions.map((one) => (one === null ? base : probabilityOf(one, label, rename))));
    }
    return values;
  };
  const shares =
    method === "shapley"
      ? await exactShapley(cuts.length, game)
      : method === "shapley-sampled"
        ? await sampledShapley(cuts.length, game, orders, random(seed))
        : await leaveOneOut(cuts.length, game);
  return {
    method,
    score: shares.score,
    base: shares.base,
    calls: shares.calls,
    parts: cuts.map(({ start, end }, index) => ({
      text: text.slice(start, end),
      start,
      end,
      points: shares.points[index] as number,
    })),
  };
}
