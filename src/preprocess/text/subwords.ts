/** Text to subword ids and back, with a vocabulary of `trainSubwords`. */
import { normalizeText } from "./normalize.ts";
import { MARKERS, type Marker, pretokenize } from "./pretokens.ts";
import { piecesOf, type SubwordModel, WORD_START } from "./subword-model.ts";

export type { SubwordModel } from "./subword-model.ts";
export { type SubwordTrainer, type SubwordTraining, subwordTrainer, trainSubwords } from "./subword-training.ts";

export interface SubwordTokenizer {
  /** Number of ids. */
  readonly size: number;
  readonly padId: 0;
  readonly unknownId: 1;
  readonly maskId: number;
  readonly startId: number;
  readonly endId: number;
  /** Id of any marker (`<caps>`, `<long>`, `<rep>`, `<user>`, …). */
  markerId(marker: Marker): number;
  /**
   * Ids of a text, without start, end or padding; never `padId`.
   *
   * @param text raw: it is normalized here
   * @param limit most ids; what lies beyond is not even read
   */
  encode(text: string, limit?: number): number[];
  /**
   * A text that encodes to the same ids: lower case (upper behind `<caps>`), one space before a word, `!!!` for a
   * repeated symbol. Padding, start and end give nothing; other markers and unknown ids give their name.
   */
  decode(ids: Iterable<number>): string;
  /** The text of one id; `▁` marks the start of a word. Undefined outside the vocabulary. */
  piece(id: number): string | undefined;
}

/** Words kept with their ids; the oldest half goes when full. */
const CACHE_SIZE = 32_768;
/** Characters read for every id asked for: far more than ordinary text needs, far less than a million. */
const CHARACTERS_PER_ID = 64;

/** Ids that leave nothing in decoded text: padding, start, end and the mark of a drawn-out word. */
const SILENT = new Set(
  MARKERS.flatMap((name, id) => (["<pad>", "<start>", "<end>", "<long>"].includes(name) ? [id] : [])),
);

/** @throws AffektError `contract` if the model is damaged or of another version */
export function subwordTokenizer(model: SubwordModel): SubwordTokenizer {
  const pieces = piecesOf(model);
  const size = pieces.length;
  const markerIds = new Map<string, number>(MARKERS.map((name, id) => [name, id]));
  const symbolIds = new Map(model.symbols.map((symbol, index) => [symbol, MARKERS.length + index]));
  const firstCharacter = MARKERS.length + model.symbols.length;
  const characterIds = new Map(model.characters.map((character, index) => [character, firstCharacter + index]));
  const firstMerge = firstCharacter + model.characters.length;
  const mergedIds = new Map<number, number>();
  for (let at = 0; at < model.merges.length; at += 2) {
    mergedIds.set(model.merges[at]! * size + model.merges[at + 1]!, firstMerge + at / 2);
  }
  const markerId = (name: Marker): number => markerIds.get(name)!;
  const unknownId = 1;
  const numberId = markerId("<number>");
  let cache = new Map<string, readonly number[]>();

  function merge(word: string): number[] {
    const ids: number[] = [];
    for (const character of word) {
      const id = characterIds.get(character) ?? unknownId;
      if (id !== unknownId || ids.at(-1) !== unknownId) ids.push(id);
    }
    // Merges are numbered by rank: the smallest id is the merge learnt first.
    while (ids.length > 1) {
      let best = size;
      let where = -1;
      for (let at = 0; at + 1 < ids.length; at++) {
        const id = mergedIds.get(ids[at]! * size + ids[at + 1]!);
        if (id !== undefined && id < best) {
          best = id;
          where = at;
        }
      }
      if (where < 0) break;
      ids[where] = best;
      ids.splice(where + 1, 1);
    }
    return ids;
  }
  function wordIds(word: string): readonly number[] {
    const held = cache.get(word);
    if (held) return held;
    const ids = merge(word);
    if (cache.size >= CACHE_SIZE) cache = new Map([...cache].slice(CACHE_SIZE / 2));
    cache.set(word, ids);
    return ids;
  }
  /** The spelling of a drawn-out word that needs fewer pieces; the more frequent (earlier) piece among equals. */
  function plainer(double: readonly number[], single: readonly number[]): readonly number[] {
    if (double.includes(unknownId) !== single.includes(unknownId)) return double.includes(unknownId) ? single : double;
    if (double.length !== single.length) return double.length < single.length ? double : single;
    return Math.max(...double) < Math.max(...single) ? double : single;
  }
  /** An emoji sequence that is not known whole may be known by its parts: 👩‍💻 as 👩 and 💻. */
  function symbolId(symbol: string): readonly number[] {
    const id = symbolIds.get(symbol);
    if (id !== undefined) return [id];
    if (/^\p{Nd}/u.test(symbol)) return [numberId];
    if (symbol.includes("\u200D")) {
      const parts = symbol.split("\u200D").flatMap((part) => symbolIds.get(part) ?? []);
      if (parts.length > 0) return parts;
    }
    if (symbol.length > 2 && symbol.startsWith("[") && symbol.endsWith("]")) {
      return pretokenize(symbol.slice(1, -1)).flatMap((token) =>
        token.kind === "han"
          ? wordIds(token.text)
          : token.kind === "word"
            ? wordIds(WORD_START + token.text)
            : (markerIds.get(token.text) ?? symbolIds.get(token.text) ?? unknownId),
      );
    }
    return [unknownId];
  }

  return {
    size,
    padId: 0,
    unknownId,
    maskId: markerId("<mask>"),
    startId: markerId("<start>"),
    endId: markerId("<end>"),
    markerId,
    piece: (id) => pieces[id],
    encode(text, limit = Number.POSITIVE_INFINITY) {
      const read = limit * CHARACTERS_PER_ID;
      const ids: number[] = [];
      for (const token of pretokenize(normalizeText(text.length > read ? text.slice(0, read) : text), limit)) {
        if (token.kind === "marker") ids.push(markerIds.get(token.text)!);
        else if (token.kind === "symbol") ids.push(...symbolId(token.text));
        else if (token.kind === "han") ids.push(...wordIds(token.text));
        else if (token.single === undefined) ids.push(...wordIds(WORD_START + token.text));
        else ids.push(...plainer(wordIds(WORD_START + token.text), wordIds(WORD_START + token.single)));
      }
      return ids.length > limit ? ids.slice(0, limit) : ids;
    },
    decode(ids) {
      let text = "";
      let capsNext = false;
      let upper = false;
      let lastSymbol = "";
      for (const id of ids) {
        if (SILENT.has(id)) continue;
        const piece = pieces[id] ?? pieces[unknownId]!;
        if (piece === "<caps>") capsNext = true;
        else if (piece === "<rep>") text += lastSymbol + lastSymbol;
        else if (id < MARKERS.length) text += ` ${piece} `;
        else if (id < firstCharacter) text += lastSymbol = piece;
        else {
          if (piece.startsWith(WORD_START)) [upper, capsNext] = [capsNext, false];
          const plain = piece.replace(WORD_START, " ");
          text += upper ? plain.toUpperCase() : plain;
        }
      }
      return text.replace(/ {2,}/g, " ").trim();
    },
  };
}
