/** Trains one subword vocabulary on lines of several languages together. */
import { AffektError } from "../../core/errors.ts";
import { learnMerges } from "./merges.ts";
import { normalizeText } from "./normalize.ts";
import { MARKERS, pretokenize } from "./pretokens.ts";
import { type SubwordModel, WORD_START } from "./subword-model.ts";

export interface SubwordTraining {
  /** Number of ids, markers included. */
  readonly vocabularySize: number;
  /** Symbols, characters and merges that stand fewer times are left out (characters become `<unk>`). Default 4. */
  readonly minCount?: number;
}

/** Longest piece, in characters (`WORD_START` included), and longest piece of Chinese characters. */
const LONGEST_PIECE = 16;
const LONGEST_HAN_PIECE = 4;
const HAN = /\p{Script=Han}/u;

interface Counts {
  readonly words: Map<string, number>;
  readonly symbols: Map<string, number>;
}

function count(counts: Map<string, number>, key: string, amount = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + amount);
}

/** Counts what stands in lines that nobody holds: they pass by once. */
function pretokenCounter(): { add(line: string): void; finish(): Counts } {
  const words = new Map<string, number>();
  const symbols = new Map<string, number>();
  const drawnOut = new Map<string, { double: string; single: string; count: number }>();
  function add(line: string): void {
    for (const token of pretokenize(normalizeText(line))) {
      if (token.kind === "symbol") count(symbols, token.text);
      else if (token.kind === "han") count(words, token.text);
      else if (token.kind === "word") {
        if (token.single === undefined) {
          count(words, WORD_START + token.text);
          continue;
        }
        const held = drawnOut.get(token.text);
        if (held) held.count++;
        else drawnOut.set(token.text, { double: token.text, single: token.single, count: 1 });
      }
    }
  }
  function finish(): Counts {
    // A drawn-out word counts as whichever plain spelling the rest of the text uses more: "cooool" as "cool", not "col".
    for (const { double, single, count: amount } of drawnOut.values()) {
      const asDouble = words.get(WORD_START + double) ?? 0;
      const asSingle = words.get(WORD_START + single) ?? 0;
      count(words, WORD_START + (asDouble > asSingle ? double : single), amount);
    }
    return { words, symbols };
  }
  return { add, finish };
}

/** Keys that stand at least `minCount` times, most frequent first, equals in order of code points. */
function frequent(counts: ReadonlyMap<string, number>, minCount: number, limit: number): string[] {
  return [...counts]
    .filter(([, amount]) => amount >= minCount)
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .slice(0, Math.max(0, limit))
    .map(([key]) => key);
}

export interface SubwordTrainer {
  /** @param line raw text; normalized here */
  add(line: string): void;
  /** @returns a model whose size is at most `vocabularySize`, less if the text has too few frequent pairs */
  finish(): SubwordModel;
}

/**
 * Trains a subword vocabulary. The same lines give the same model.
 *
 * @param lines raw text; normalized here
 * @throws AffektError `config` if the size is not an integer that holds the markers, or above 65,536
 */
export function trainSubwords(lines: Iterable<string>, training: SubwordTraining): SubwordModel {
  const trainer = subwordTrainer(training);
  for (const line of lines) trainer.add(line);
  return trainer.finish();
}

/** As `trainSubwords`, on lines that nobody holds. @throws AffektError as there */
export function subwordTrainer(training: SubwordTraining): SubwordTrainer {
  const { vocabularySize, minCount = 4 } = training;
  const smallest = MARKERS.length + 2;
  if (!Number.isInteger(vocabularySize) || vocabularySize < smallest || vocabularySize > 65_536) {
    throw new AffektError(
      "config",
      `A subword vocabulary has ${smallest} to 65536 entries; received ${vocabularySize}.`,
      "Choose a vocabularySize such as 16000.",
    );
  }
  const counter = pretokenCounter();
  return { add: counter.add, finish: () => modelOf(counter.finish(), vocabularySize, minCount) };
}

function modelOf(counts: Counts, vocabularySize: number, minCount: number): SubwordModel {
  const room = vocabularySize - MARKERS.length;
  // Symbols may take a tenth and characters half, so that most of a small vocabulary is still learnt merges.
  const symbols = frequent(counts.symbols, minCount, Math.ceil(room / 10));
  const characterCounts = new Map<string, number>();
  for (const [word, amount] of counts.words) for (const character of word) count(characterCounts, character, amount);
  characterCounts.delete(WORD_START);
  const characters = [WORD_START, ...frequent(characterCounts, minCount, Math.ceil(room / 2) - 1)];

  const firstCharacter = MARKERS.length + symbols.length;
  const idOf = new Map(characters.map((character, index) => [character, firstCharacter + index]));
  const words: number[][] = [];
  const amounts: number[] = [];
  for (const [word, amount] of counts.words) {
    const ids = Array.from(word, (character) => idOf.get(character) ?? -1);
    if (ids.length < 2) continue;
    words.push(ids);
    amounts.push(amount);
  }

  const lengths: number[] = [];
  const isHan: boolean[] = [];
  characters.forEach((character, index) => {
    lengths[firstCharacter + index] = 1;
    isHan[firstCharacter + index] = HAN.test(character);
  });
  const firstId = firstCharacter + characters.length;
  const merges = learnMerges(words, amounts, {
    firstId,
    limit: Math.max(0, vocabularySize - firstId),
    minCount: Math.max(2, minCount),
    allows: (left, right) => lengths[left]! + lengths[right]! <= (isHan[left] ? LONGEST_HAN_PIECE : LONGEST_PIECE),
    joined(left, right, id) {
      lengths[id] = lengths[left]! + lengths[right]!;
      isHan[id] = isHan[left]!;
    },
  });
  return { format: "affekt-subwords", version: 1, symbols, characters, merges };
}
