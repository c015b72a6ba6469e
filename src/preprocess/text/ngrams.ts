/**
 * Hashed n-grams of words and characters: the input of a wide, linear part of a text model.
 *
 * Source: hashing trick of Weinberger et al. (2009); bags of n-grams as in fastText (Joulin et al. 2017).
 */
import { AffektError } from "../../core/errors.ts";
import { fnv1a, mix32 } from "./hash.ts";
import { normalizeText } from "./normalize.ts";
import { pretokenize } from "./pretokens.ts";

export interface NgramOptions {
  /** Size of the table. Ids are 1 to `buckets - 1`; 0 is padding. */
  readonly buckets: number;
  /** Lengths of n-grams of words. Default [1, 2]. */
  readonly wordOrders?: readonly number[];
  /** Lengths of n-grams of characters inside a word, `<` and `>` standing at its ends. Default [3, 4]. */
  readonly characterOrders?: readonly number[];
  /** Lengths of n-grams of characters inside a run of Chinese, without end marks. Default [1, 2, 3]. */
  readonly hanOrders?: readonly number[];
  /**
   * Most ids. Past it, ids are dropped evenly over the whole text, so that a long text keeps its end. Default 512.
   */
  readonly limit?: number;
  /** Keep an id each time it occurs, not once. Default false. */
  readonly repeats?: boolean;
}

export interface NgramUnits {
  /** In order: words, symbols, markers, and the words of Chinese if a segmenter gave them. */
  readonly words: readonly string[];
  /** Words whose characters count, end marks not included. */
  readonly spelled: readonly string[];
  /** Runs of Chinese characters. */
  readonly han: readonly string[];
}

/** Most words that are looked at: a text of a million characters must not make a million n-grams first. */
const READ_LIMIT = 20_000;

/**
 * The words and runs of a text that n-grams are made of.
 *
 * @param text raw; normalized here, read up to 20,000 words
 * @param segment cuts a run of Chinese characters into words; without it Chinese gives character n-grams only
 */
export function ngramUnits(text: string, segment?: (han: string) => readonly string[]): NgramUnits {
  const words: string[] = [];
  const spelled: string[] = [];
  const han: string[] = [];
  let open = false;
  for (const token of pretokenize(normalizeText(text.slice(0, READ_LIMIT * 16)), READ_LIMIT)) {
    if (token.kind === "han") {
      // The pretokenizer cuts long runs; join them again where nothing stood between.
      if (open) han[han.length - 1] += token.text;
      else han.push(token.text);
      open = true;
      continue;
    }
    if (open && segment) words.push(...segment(han.at(-1)!));
    open = false;
    words.push(token.text);
    if (token.kind === "word") spelled.push(token.text);
  }
  if (open && segment) words.push(...segment(han.at(-1)!));
  return { words, spelled, han };
}

/**
 * Bucket ids of the n-grams of a text: word n-grams, then characters of words, then Chinese characters.
 *
 * Each id is `1 + mix32(fnv1a(kind + order + NUL + n-gram, words joined by NUL)) mod (buckets - 1)`, with kind `w`, `c`
 * or `h`, so that a word and the same letters as a character n-gram are different features.
 *
 * @throws AffektError `config` if `buckets` is not an integer of 2 to 2^31
 */
export function hashedNgrams(units: NgramUnits, options: NgramOptions): Int32Array {
  const { buckets, wordOrders = [1, 2], characterOrders = [3, 4], hanOrders = [1, 2, 3] } = options;
  if (!Number.isInteger(buckets) || buckets < 2 || buckets > 2 ** 31) {
    throw new AffektError("config", `Hashed n-grams need 2 to 2^31 buckets; received ${buckets}.`, "Try 65536.");
  }
  const ids: number[] = [];
  const bucket = (hash: number): number => 1 + (mix32(hash) % (buckets - 1));

  for (const order of wordOrders) {
    const prefix = fnv1a(`w${order}`);
    for (let start = 0; start + order <= units.words.length; start++) {
      let hash = prefix;
      for (let at = start; at < start + order; at++) hash = fnv1a(units.words[at]!, fnv1a("\0", hash));
      ids.push(bucket(hash));
    }
  }
  function characterNgrams(kind: string, text: string, order: number): void {
    const prefix = fnv1a(`${kind}${order}\0`);
    const characters = Array.from(text);
    for (let start = 0; start + order <= characters.length; start++) {
      let hash = prefix;
      for (let at = start; at < start + order; at++) hash = fnv1a(characters[at]!, hash);
      ids.push(bucket(hash));
    }
  }
  for (const order of characterOrders) for (const word of units.spelled) characterNgrams("c", `<${word}>`, order);
  for (const order of hanOrders) for (const run of units.han) characterNgrams("h", run, order);

  const kept = options.repeats ? ids : [...new Set(ids)];
  return Int32Array.from(thin(kept, options.limit ?? 512));
}

function thin(ids: readonly number[], limit: number): readonly number[] {
  if (ids.length <= limit) return ids;
  return Array.from({ length: limit }, (_, index) => ids[Math.floor((index * ids.length) / limit)]!);
}

/** `hashedNgrams` of a raw text. */
export function textNgrams(
  text: string,
  options: NgramOptions & { readonly segment?: (han: string) => readonly string[] },
): Int32Array {
  return hashedNgrams(ngramUnits(text, options.segment), options);
}
